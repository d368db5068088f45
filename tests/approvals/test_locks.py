"""Transactions that meet at the same rows wait for each other, and never in a circle."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.side_by_side import together
from webapp.approvals import outcomes
from webapp.approvals.holding import keep
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import State
from webapp.notices import webhooks
from webapp.notices.events import Event
from webapp.pools import actions as creations
from webapp.pools.models import Creation

pytestmark = pytest.mark.django_db(transaction=True)
A_WHILE_S = 0.5


@pytest.fixture
def launching(asked):
    if not connection.features.has_select_for_update:
        pytest.skip("this database has one lock")
    found = asked()
    PoolRequest.objects.filter(pk=found.pk).update(state=State.LAUNCHING, held_at=timezone.now())
    found.refresh_from_db()
    return found


def test_an_answer_that_comes_while_its_order_is_made_the_requests_is_written_down(launching, anna, author):
    place = {"cluster": launching.cluster, "session": anna}
    creation, _ = creations.begin(body=launching.body, by=author, key="request:1:1:0", **place)
    is_held = threading.Event()

    def go_on():
        with transaction.atomic():
            keep(PoolRequest.objects.get(pk=launching.pk), launch=creation)
            is_held.set()
            time.sleep(A_WHILE_S)

    def answer():
        is_held.wait()
        found = PoolRequest.objects.get(pk=launching.pk)
        found.launch = Creation.objects.get(pk=creation.pk)
        document = {"metadata": {"uid": "a-pool", "name": creation.name}}
        creations._accept(found.launch, (Creation.State.SENDING,), document, lambda: outcomes.settle(found))

    together([go_on, answer])
    launching.refresh_from_db()
    assert (launching.state, launching.pool_id) == (State.PROVISIONING, "a-pool")


def test_a_webhook_can_be_changed_while_it_is_told_of_a_failure(launching, author, monkeypatch):
    wish = {"name": "all", "url": "https://tools.example.com/", "events": list(Event), "secret": "s" * 40}
    webhook = webhooks.create_webhook(by=author, **wish)
    is_locked, is_told = threading.Event(), threading.Event()

    def save(*_):
        is_locked.set()
        is_told.wait()

    monkeypatch.setattr(webhooks, "_save", save)

    def tell():
        is_locked.wait()
        with transaction.atomic():
            outcomes.fail(launching, {"message": "No."})
            is_told.set()
            time.sleep(A_WHILE_S)

    together([tell, lambda: webhooks.change_webhook(webhook, by=author, name="some")])
    launching.refresh_from_db()
    assert launching.state == State.FAILED
