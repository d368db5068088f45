"""The cloud does not answer: what was asked is tried again for a while, settled by looking, and ends truly."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.people import a_person
from webapp.accounts.roles import Role
from webapp.approvals import tasks
from webapp.approvals.following import follow
from webapp.approvals.holding import is_broken_off
from webapp.approvals.launching import launch
from webapp.approvals.workflow import State
from webapp.cloud import breaker
from webapp.cloud.client import Cloud
from webapp.nodepool.changes import update_body

pytestmark = pytest.mark.django_db
MADE = (State.PROVISIONING, State.ACTIVE)  # the second one where the machine is slow: the local cloud is quick
NO_ANSWER = [
    {"kind": "drop", "method": "GET"},
    {"kind": "status", "status": 500, "method": "GET", "path": "/nodes$"},
    {"kind": "status", "status": 429, "retry_after": 60, "path": "cce|clusters"},
    {"kind": "status", "status": 429, "retry_after": 60, "method": "POST", "path": "nodepools$"},
]
CHANGES = {"scale": {"initialNodeCount": 4}, "delete": {}}
METHODS = {"scale": "PUT", "delete": "DELETE"}


def sweep(found, **later):
    """Let the sweeps come round after a while."""
    with time_machine.travel(timezone.now() + timedelta(**later), tick=False):
        tasks.follow_due()
    found.refresh_from_db()


def goes_on(found, session, by):
    """Whether whoever looks after a while goes on with a launch."""
    resumed = []
    with time_machine.travel(timezone.now() + timedelta(seconds=20)), pytest.MonkeyPatch.context() as patch:
        patch.setattr("webapp.approvals.following.in_background", lambda pk, act: resumed.append(pk))
        follow(found, session, by=by)
    return resumed == [found.pk]


@pytest.mark.parametrize("fault", NO_ANSWER, ids=str)
def test_a_launch_that_meets_a_weak_cloud_goes_on_by_itself(asked, anna, browser, local_cloud, fault):
    found = asked(browser=browser)
    local_cloud.fault(**fault)
    launch(found, anna)
    assert (found.state, bool(found.problem["message"])) == (State.LAUNCHING, True)
    assert not is_broken_off(found)  # the cloud is given a pause
    local_cloud.no_faults()
    sweep(found, seconds=20)
    assert found.state in MADE
    assert found.problem is None
    assert [one["status"] for one in local_cloud.log("POST", "nodepools") if one["status"] != 429] == [201]


@pytest.mark.parametrize("fault", NO_ANSWER, ids=str)
def test_a_launch_that_meets_a_weak_cloud_for_long_has_failed(asked, anna, browser, local_cloud, fault):
    found = asked(browser=browser)
    local_cloud.fault(**fault)
    launch(found, anna)
    sweep(found, minutes=5)
    assert found.state == State.LAUNCHING
    sweep(found, minutes=11)
    assert (found.state, bool(found.problem["message"])) == (State.FAILED, True)
    local_cloud.no_faults()
    breaker.forget()
    launch(found, anna)
    assert found.state in MADE


def test_the_author_who_looks_goes_on_with_it_and_nobody_else_does(asked, anna, author, local_cloud):
    found = asked()
    local_cloud.fault(kind="drop", method="GET", path="/nodes$")
    launch(found, anna)
    page = Client()
    page.force_login(author)
    assert "The portal tries again by itself." in page.get(found.get_absolute_url()).content.decode()
    local_cloud.no_faults()
    assert not goes_on(found, anna, by=a_person("approver", Role.APPROVER))
    assert goes_on(found, anna, by=author)


def test_an_author_with_a_portal_account_goes_on_with_the_cloud_token_that_comes_along(asked, anna, local_cloud):
    found = asked()
    local_cloud.fault(kind="drop", method="GET", path="/nodes$")
    launch(found, anna)
    found.author = a_person("program", Role.REQUESTER)
    assert goes_on(found, anna, by=found.author)


@pytest.fixture
def made(asked, anna, browser):
    """A pool that is there, and the means to ask for its change."""
    first = asked()
    launch(first, anna)

    def change(kind):
        body = {**first.body, "spec": {**first.body["spec"], **CHANGES[kind]}}
        return asked(kind, body, first.pool_id, browser=browser)

    return change


def has_worked(anna, found):
    live = Cloud(anna).find_pool(found.cluster_id, found.name)
    if found.kind == "delete":
        return live is None or live["status"]["phase"] == "Deleting"
    return live["spec"]["initialNodeCount"] == 4


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_whose_answer_was_lost_is_settled_by_looking(made, anna, local_cloud, kind):
    found = made(kind)
    local_cloud.fault(kind="accept_then_504", method=METHODS[kind])
    launch(found, anna)
    assert found.state == State.PROVISIONING
    assert len(local_cloud.log(METHODS[kind])) == 1


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_that_got_lost_is_sent_again_by_itself(made, anna, local_cloud, kind):
    found = made(kind)
    local_cloud.fault(kind="drop", method=METHODS[kind])
    launch(found, anna)
    assert (found.state, found.problem["code"]) == (State.LAUNCHING, "answer-lost")
    local_cloud.no_faults()
    sweep(found, seconds=20)
    assert found.state in MADE
    assert (found.problem, has_worked(anna, found)) == (None, True)


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_that_is_lost_again_and_again_has_failed_and_can_be_retried(made, anna, local_cloud, kind):
    found = made(kind)
    local_cloud.fault(kind="status", status=500, method=METHODS[kind])
    launch(found, anna)
    sweep(found, minutes=11)
    assert (found.state, found.problem["code"]) == (State.FAILED, "answer-lost")
    assert not has_worked(anna, found)
    local_cloud.no_faults()
    launch(found, anna)
    assert found.state in MADE
    assert has_worked(anna, found)


def test_a_change_that_works_late_is_seen_before_it_would_count_as_failed(made, anna, local_cloud):
    found = made("scale")
    local_cloud.fault(kind="drop", method="PUT")
    launch(found, anna)
    local_cloud.no_faults()
    Cloud(anna).update_node_pool(found.cluster_id, found.pool_id, update_body(found.body))  # it was on its way for long
    sent = len(local_cloud.log("PUT"))
    sweep(found, minutes=11)
    assert found.state in MADE
    assert len(local_cloud.log("PUT")) == sent


def test_a_lost_change_does_not_count_as_failed_while_the_cloud_lets_nobody_look(made, anna, local_cloud):
    found = made("scale")
    local_cloud.fault(kind="drop", method="PUT")
    launch(found, anna)
    local_cloud.fault(kind="drop", path="nodepools/")
    breaker.forget()
    sweep(found, minutes=11)
    assert (found.state, found.problem["code"]) == (State.LAUNCHING, "answer-lost")
    local_cloud.no_faults()
    breaker.forget()
    sweep(found, minutes=12)
    assert found.state == State.FAILED
    assert not has_worked(anna, found)
