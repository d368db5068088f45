"""A request expires at its time, also where no sweep has come by: nothing leads on from then."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.approvals.building import FACTS, a_policy, a_request, a_session, an_order
from tests.people import a_person
from webapp.accounts.actions import make_api_token
from webapp.accounts.roles import Role
from webapp.approvals import actions, deciding, sweeps, talking
from webapp.approvals.launching import launch, launch_by_itself
from webapp.approvals.models import Comment, PoolRequest
from webapp.approvals.workflow import NotPossible, State

pytestmark = pytest.mark.django_db
EXPIRED = "The request has expired"
EDIT = an_order(**{"/spec/initialNodeCount": 1})
ACTS = {
    "approve": lambda found, approver: deciding.approve(found, by=approver),
    "reject": lambda found, approver: deciding.reject(found, by=approver, comment="No."),
    "ask for changes": lambda found, approver: deciding.ask_changes(found, by=approver, comment="Fewer."),
    "delegate": lambda found, approver: deciding.delegate(found, by=approver, to=a_person("deputy", Role.APPROVER)),
    "edit": lambda found, _: actions.edit(found, EDIT, by=found.author, facts=FACTS),
}


@pytest.fixture
def approver():
    return a_person("approver", Role.APPROVER)


@pytest.fixture
def overdue():
    a_policy()
    found = a_request()
    return late(found)


def late(found, by=timedelta()):
    found.expires_at = timezone.now() - by
    found.save(update_fields=["expires_at"])
    return found


def refused(found, act, *args, **kwargs):
    """Whether an act is refused because of the time, and changes nothing."""
    before = PoolRequest.objects.values().get(pk=found.pk)
    with pytest.raises(NotPossible, match=EXPIRED):
        act(*args, **kwargs)
    return PoolRequest.objects.values().get(pk=found.pk) == before


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_what_is_overdue_is_not_decided_and_not_changed(overdue, approver, act):
    assert refused(overdue, act, overdue, approver)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_until_its_time_it_is(overdue, approver, act):
    act(late(overdue, by=-timedelta(minutes=1)), approver)


def test_an_approval_that_is_overdue_is_launched_by_nobody():
    found = late(a_request())
    assert found.state == State.APPROVED
    assert refused(found, launch, found, a_session(), by=found.author)
    assert refused(found, launch, found, a_session())
    assert not launch_by_itself(found.pk)


def test_what_can_only_be_said_is_said_after_its_time(overdue, approver):
    talking.comment_on(overdue, by=approver, comment="Too late.")
    assert Comment.objects.exists()


def test_page_and_api_say_so_and_offer_nothing_that_leads_on(overdue, approver, client):
    client.force_login(approver)
    page = client.get(overdue.get_absolute_url()).content.decode()
    assert 'id="decide-heading"' not in page
    assert EXPIRED in page
    assert "waits for" not in page
    assert "After the approval" not in page
    assert overdue.reference not in client.get("/requests/waiting").content.decode()
    answer = client.post(f"{overdue.get_absolute_url()}/approve", {"digest": overdue.digest})
    assert (answer.status_code, EXPIRED in answer.content.decode()) == (409, True)
    headers = {"Authorization": f"Token {make_api_token(approver, 'x', 1)}"}
    answer = Client().post(f"/api/v1/requests/{overdue.reference}/approve", {}, "application/json", headers=headers)
    assert (answer.status_code, EXPIRED in answer.json()["detail"]) == (409, True)


def test_the_sweep_that_comes_later_writes_it_down_once(overdue):
    assert (sweeps.expire_due(), sweeps.expire_due()) == (1, 0)
    overdue.refresh_from_db()
    assert overdue.state == State.EXPIRED
