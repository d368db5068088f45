"""Whoever launches is killed between any two steps: others go on, and nothing is sent twice."""

from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.utils import timezone

from tests.approvals.steps import AGAIN, LAUNCH
from webapp.approvals import launching, tasks
from webapp.approvals.following import follow
from webapp.approvals.holding import is_broken_off
from webapp.approvals.launching import launch, resume
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import NotPossible, State
from webapp.audit.models import AuditLine
from webapp.cloud.client import Cloud
from webapp.pools import actions as creations
from webapp.pools import changes
from webapp.pools.models import Creation

pytestmark = pytest.mark.django_db
MADE = (State.PROVISIONING, State.ACTIVE)  # the second one where the machine is slow: the local cloud is quick


class Killed(BaseException):
    """What a process that is killed does: nothing more."""


@contextmanager
def killed_at(holder, name, after):
    """Let whoever comes to a step die there, before it or after it."""
    real = getattr(holder, name)

    def step(*args, **kwargs):
        if after:
            real(*args, **kwargs)
        raise Killed

    with pytest.raises(Killed), mock.patch.object(holder, name, step):
        yield


def sweep_for_a_while(found, until=10):
    """Let the sweeps come round for some minutes after the lease."""
    for minutes in range(2, until + 2, 2):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            tasks.launch_due()
            tasks.follow_due()
    found.refresh_from_db()


def accepted(local_cloud):
    return [one for one in local_cloud.log("POST", "nodepools") if one["status"] == 201]


def queued_again(found, session, local_cloud):
    """Launch a request whose order the cloud is too busy to take."""
    local_cloud.fault(kind="status", status=429, retry_after=60, method="POST", path="nodepools$", times=1)
    launch(found, session)
    assert found.launch.state == "queued"
    return found


@pytest.mark.parametrize("step", LAUNCH, ids=str)
def test_a_launch_that_is_killed_at_a_step_is_finished_by_a_sweep(asked, anna, browser, local_cloud, step):
    found = asked(browser=browser)
    with killed_at(*step):
        launch(found, anna)
    sweep_for_a_while(found)
    is_lost = step == (creations, "post", False)  # nobody can know that nothing followed
    assert found.state in ((State.FAILED,) if is_lost else MADE)
    assert len(accepted(local_cloud)) == (0 if is_lost else 1)
    assert not Creation.objects.filter(state__in=("queued", "sending", "unknown")).exists()
    if is_lost:
        assert found.problem["code"] == "never-arrived"
        launch(found, anna)
        assert (found.state in MADE, len(accepted(local_cloud))) == (True, 1)
    assert "cloud.pool_created" in AuditLine.objects.values_list("act", flat=True)


@pytest.mark.parametrize("step", AGAIN, ids=str)
def test_an_order_that_was_queued_again_survives_its_senders(asked, anna, browser, local_cloud, step):
    found = queued_again(asked(browser=browser), anna, local_cloud)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)), killed_at(*step):
        resume(found, anna)
    sweep_for_a_while(found, until=14)
    is_lost = step[1] == "_goes_out"
    assert found.state in ((State.FAILED,) if is_lost else MADE)
    assert len(accepted(local_cloud)) == (0 if is_lost else 1)
    assert not Creation.objects.filter(state__in=("queued", "sending", "unknown")).exists()


def test_a_retry_sends_the_order_that_was_queued_when_the_launch_had_failed(asked, anna, author, local_cloud):
    found = queued_again(asked(), anna, local_cloud)
    PoolRequest.objects.filter(pk=found.pk).update(state=State.FAILED)
    found.refresh_from_db()
    launch(found, anna, by=author)
    assert (found.state in MADE, Creation.objects.count(), len(accepted(local_cloud))) == (True, 1, 1)


def test_a_request_whose_web_process_died_after_the_submission_is_launched_by_a_sweep(asked, browser, local_cloud):
    found = asked(browser=browser)
    sweep_for_a_while(found)
    assert (found.state in MADE, len(accepted(local_cloud))) == (True, 1)


@pytest.mark.parametrize("after", [False, True])
def test_a_deletion_that_is_killed_is_repeated(asked, anna, browser, after):
    made = asked()
    launch(made, anna)
    found = asked("delete", made.body, made.pool_id, browser=browser)
    with killed_at(changes, "delete", after):
        launch(found, anna)
    sweep_for_a_while(found)
    assert found.state in MADE, found.problem
    pools = Cloud(anna).node_pools(found.cluster_id)
    assert [one["status"]["phase"] for one in pools] in ([], ["Deleting"])


def test_as_long_as_the_launcher_may_live_nobody_goes_on(asked, anna):
    found = asked()
    with killed_at(launching, "problems_now", False):
        launch(found, anna)
    assert not is_broken_off(found)
    with time_machine.travel(timezone.now() + creations.lease() + timedelta(seconds=1)):
        assert is_broken_off(found)


def test_a_launcher_that_comes_back_after_it_was_replaced_does_nothing_more(asked, anna, local_cloud, monkeypatch):
    found = asked()
    real = launching.problems_now

    def slow(one, session):
        monkeypatch.setattr(launching, "problems_now", real)
        with time_machine.travel(timezone.now() + timedelta(minutes=5)):
            other = type(one).objects.get(pk=one.pk)
            resume(other, session)
        return real(one, session)

    monkeypatch.setattr(launching, "problems_now", slow)
    with pytest.raises(NotPossible):
        launch(found, anna)
    found.refresh_from_db()
    assert (found.state in MADE, len(accepted(local_cloud))) == (True, 1)


def test_a_sender_that_comes_back_after_it_was_replaced_sends_nothing(asked, anna, local_cloud, monkeypatch):
    found = queued_again(asked(), anna, local_cloud)
    real = creations._is_wanted

    def slow(creation, cloud):
        monkeypatch.setattr(creations, "_is_wanted", real)
        with time_machine.travel(timezone.now() + timedelta(minutes=5)):
            other = Creation.objects.get(pk=creation.pk)
            creations.look(other, anna)  # gives it back: nothing went out
            creations.send(other, anna)
        return True

    monkeypatch.setattr(creations, "_is_wanted", slow)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        resume(found, anna)
    assert (found.state in MADE, len(accepted(local_cloud))) == (True, 1)


def test_a_pool_that_comes_late_is_recognised_by_a_retry(asked, anna, author, local_cloud):
    local_cloud.fault(kind="drop", method="POST", path="nodepools$", times=1)
    found = asked(browser="")
    launch(found, anna, by=author)
    for minutes in (11, 12, 13):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            follow(found, anna)
    assert (found.state, found.problem["code"]) == (State.FAILED, "never-arrived")
    pool = Cloud(anna).create_node_pool(found.cluster_id, found.body)  # what was on its way for so long
    launch(found, anna, by=author)
    assert (found.state in MADE, found.pool_id) == (True, pool["metadata"]["uid"])


def test_a_pool_that_another_request_has_is_not_recognised(asked, anna, author, local_cloud):
    first, second = asked(), asked()
    local_cloud.fault(kind="drop", method="POST", path="nodepools$", times=1)
    launch(second, anna, by=author)
    launch(first, anna, by=author)
    follow(second, anna)
    assert (first.state in MADE, second.state) == (True, State.FAILED)
    assert second.problem["code"] == "NP-NAME-04"


def test_an_answer_that_comes_when_its_request_was_sent_back_is_kept_with_the_order(asked, anna, monkeypatch):
    found = asked()
    real = Cloud.create_node_pool

    def late(cloud, cluster_id, body):
        PoolRequest.objects.filter(pk=found.pk).update(state=State.CHANGES, launch=None)
        return real(cloud, cluster_id, body)

    monkeypatch.setattr(Cloud, "create_node_pool", late)
    launch(found, anna)
    assert (found.state, Creation.objects.get().state) == (State.CHANGES, "accepted")


def test_a_name_that_another_order_has_taken_since_it_was_looked_up_is_looked_up_again(
    asked, anna, local_cloud, monkeypatch
):
    first, second = asked(), asked()
    real = launching.problems_now

    def overtaken(one, session):
        said = real(one, session)
        monkeypatch.setattr(launching, "problems_now", real)
        launch(first, session)
        return said

    monkeypatch.setattr(launching, "problems_now", overtaken)
    launch(second, anna)
    assert (second.state, second.problem["code"]) == (State.FAILED, "NP-NAME-04")
    assert (first.state in MADE, len(local_cloud.log("POST", "nodepools"))) == (True, 1)
