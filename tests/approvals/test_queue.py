"""What the operator's numbers say about requests that nobody launches."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.accounts.test_service_accounts import an_account
from tests.approvals.building import a_policy
from tests.people import a_person
from tests.telemetry.test_metrics import numbers
from webapp.accounts.roles import Role
from webapp.approvals import deciding, tasks
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import State
from webapp.pools.models import Creation

pytestmark = pytest.mark.django_db
EMPTY = {"queued": 0, "sending": 0, "unknown": 0}


@pytest.fixture
def waiting(asked, browser):
    """A request that a person has approved, to start by itself with a sign-in that lives; nobody is there to do so."""
    a_policy()
    found = asked(browser=browser)
    deciding.approve(found, by=a_person("boss", Role.APPROVER))
    return found


def depths(client):
    return {state: numbers(client, "poolwright_orders_open", state=state) for state in EMPTY}


def test_what_is_approved_and_no_worker_launches_is_in_the_queue_since_its_approval(client, waiting):
    PoolRequest.objects.update(submitted_at=timezone.now() - timedelta(days=1))
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        assert depths(client) == EMPTY | {"queued": 1}
        assert 300 <= numbers(client, "poolwright_oldest_waiting_seconds") < 360


def test_once_a_worker_is_there_the_queue_is_empty(client, waiting):
    tasks.launch_due()
    assert depths(client) == EMPTY
    assert numbers(client, "poolwright_oldest_waiting_seconds") == 0


@pytest.mark.parametrize(
    "change", [{"start_at_once": False}, {"state": State.SUBMITTED}, {"launch_session": "of-nobody"}], ids=str
)
def test_what_waits_for_a_person_is_in_no_queue(client, waiting, change):
    PoolRequest.objects.update(**change)
    assert depths(client) == EMPTY


def test_after_the_sign_out_it_waits_for_a_person_unless_a_service_account_launches(client, waiting):
    Session.objects.all().delete()
    assert depths(client) == EMPTY
    an_account()
    assert depths(client) == EMPTY | {"queued": 1}


def test_a_launch_that_was_broken_off_before_its_order_is_in_the_queue(client, waiting):
    PoolRequest.objects.update(state=State.LAUNCHING, launched_at=timezone.now() - timedelta(minutes=2))
    assert depths(client) == EMPTY | {"queued": 1}
    assert 120 <= numbers(client, "poolwright_oldest_waiting_seconds") < 180


def test_orders_and_what_is_none_yet_are_told_together(client, waiting, author):
    Creation.objects.create(key="k", author=author, name="other", body={})
    Creation.objects.update(created_at=timezone.now() - timedelta(minutes=9))
    assert depths(client) == EMPTY | {"queued": 2}
    assert 540 <= numbers(client, "poolwright_oldest_waiting_seconds") < 600


def test_a_scrape_costs_two_statements(client, waiting, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get("/metrics")
