"""A creation whose answer was lost, and that was looked for in vain often enough, is sent again by its author alone."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.people import a_person
from webapp.accounts.actions import make_api_token
from webapp.accounts.roles import Role
from webapp.approvals import pressing
from webapp.approvals.following import follow
from webapp.approvals.launching import launch
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import State
from webapp.cloud import breaker
from webapp.cloud.client import Cloud
from webapp.pools.actions import LOOKS_BEFORE_GIVING_UP
from webapp.pools.models import Creation

pytestmark = pytest.mark.django_db(transaction=True)
BUTTON = "Send again</button>"


@pytest.fixture
def lost(asked, anna, author, local_cloud):
    """A request whose answer was lost, and that did not arrive."""
    found = asked()
    local_cloud.fault(kind="drop", method="POST", path="nodepools$", times=1)
    launch(found, anna, by=author)
    local_cloud.no_faults()
    breaker.forget()
    assert (found.state, found.launch.state) == (State.LAUNCHING, "unknown")
    return found


def looked_for(found, looks=LOOKS_BEFORE_GIVING_UP):
    Creation.objects.filter(pk=found.launch_id).update(looks=looks)
    found.launch.refresh_from_db()


def by_page(client, found):
    return client.post(f"{found.get_absolute_url()}/send-again").status_code


def by_api(person, found, anna):
    headers = {"Authorization": f"Token {make_api_token(person, uuid.uuid4().hex[:9], 1)}", "X-Cloud-Token": anna.token}
    url = f"/api/v1/requests/{found.reference}/send-again"
    return Client().post(url, {}, content_type="application/json", headers=headers).status_code


def made(local_cloud):
    return [one["status"] for one in local_cloud.log("POST", "nodepools") if one["status"] == 201]


def test_the_author_sends_it_again_at_the_button(lost, anna_client, local_cloud):
    looked_for(lost)
    assert BUTTON in anna_client.get(lost.get_absolute_url()).content.decode()
    assert by_page(anna_client, lost) == 302
    lost.refresh_from_db()
    assert (lost.state, made(local_cloud)) == (State.PROVISIONING, [201])
    assert by_page(anna_client, lost) == 409
    assert made(local_cloud) == [201]


def test_the_author_sends_it_again_by_the_api(lost, author, anna, local_cloud):
    looked_for(lost)
    assert [by_api(author, lost, anna) for _ in range(2)] == [200, 409]
    lost.refresh_from_db()
    assert (lost.state, made(local_cloud)) == (State.PROVISIONING, [201])


def test_a_pool_that_came_after_all_is_found_and_not_made_twice(lost, anna_client, anna, local_cloud):
    looked_for(lost)
    Cloud(anna).create_node_pool(lost.cluster_id, lost.body)
    by_page(anna_client, lost)
    lost.refresh_from_db()
    assert (lost.state, made(local_cloud)) == (State.PROVISIONING, [201])


def test_a_pool_that_others_deleted_before_it_was_looked_for_is_not_said_never_to_have_been_made(
    asked, anna, author, anna_client, local_cloud
):
    found = asked()
    local_cloud.fault(kind="accept_then_504", method="POST", path="nodepools$", times=1)
    launch(found, anna, by=author)
    cloud = Cloud(anna)
    cloud.delete_node_pool(found.cluster_id, cloud.find_pool(found.cluster_id, found.name)["metadata"]["uid"])
    local_cloud.advance(3600)
    looked_for(found)
    assert "did not arrive, or the pool was deleted again" in anna_client.get(found.get_absolute_url()).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        follow(found, anna)
    assert "it was not made, or deleted again" in anna_client.get(found.get_absolute_url()).content.decode()


def test_a_cloud_that_takes_its_time_keeps_the_page_waiting_for_a_moment_only(
    lost, anna_client, local_cloud, monkeypatch
):
    looked_for(lost)
    monkeypatch.setattr(pressing, "_PATIENCE_S", 0.05)
    soon, runs = pressing.resend_soon, []
    monkeypatch.setattr(pressing, "resend_soon", lambda *args, **more: runs.append(soon(*args, **more)) or runs[0])
    local_cloud.fault(kind="latency", seconds=0.6, method="POST", path="nodepools$", times=1)
    assert by_page(anna_client, lost) == 302
    assert not runs[0].done()
    assert runs[0].result(timeout=10) is None
    lost.refresh_from_db()
    assert (lost.state, made(local_cloud)) == (State.PROVISIONING, [201])


def test_a_cloud_that_refuses_at_once_is_told(lost, anna_client, local_cloud):
    looked_for(lost)
    local_cloud.fault(kind="status", status=403, path="nodepools$")
    answer = anna_client.post(f"{lost.get_absolute_url()}/send-again")
    assert (answer.status_code, "The cloud does not allow this" in answer.content.decode()) == (502, True)
    assert made(local_cloud) == []


def test_a_token_that_the_cloud_rejects_at_once_leads_to_the_sign_in(lost, anna_client, local_cloud):
    looked_for(lost)
    local_cloud.fault(kind="status", status=401, path="nodepools$")
    answer = anna_client.post(f"{lost.get_absolute_url()}/send-again")
    assert answer["Location"].startswith("/sign-in?")
    assert "cloud" not in anna_client.session


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMIN, Role.REQUESTER])
def test_nobody_else_does(lost, anna, local_cloud, role):
    looked_for(lost)
    other = a_person("other", role)
    client = Client()
    client.force_login(other)
    assert by_page(client, lost) in ((404,) if role == Role.REQUESTER else (403,))
    assert by_api(other, lost, anna) == 403
    assert BUTTON not in client.get(lost.get_absolute_url()).content.decode()
    assert made(local_cloud) == []


def test_as_long_as_it_is_looked_for_it_is_not_sent_again(lost, author, anna_client, anna, local_cloud):
    looked_for(lost, LOOKS_BEFORE_GIVING_UP - 1)
    local_cloud.fault(kind="drop", method="GET", path="nodepools")
    assert by_page(anna_client, lost) == 409
    assert by_api(author, lost, anna) == 409
    local_cloud.no_faults()
    assert made(local_cloud) == []


@pytest.mark.parametrize("state", [State.APPROVED, State.FAILED, State.ACTIVE])
def test_what_was_not_lost_is_not_sent_again(  # noqa: PLR0917
    asked, author, anna_client, anna, local_cloud, state
):
    found = asked()
    PoolRequest.objects.update(state=state)
    assert by_page(anna_client, found) == 409
    assert by_api(author, found, anna) == 409
    assert local_cloud.log("POST", "nodepools") == []


def test_what_is_being_launched_is_not_sent_again(asked, author, anna_client, anna, local_cloud):
    found = asked()
    launch(found, anna, by=author)
    PoolRequest.objects.update(state=State.LAUNCHING)
    assert by_page(anna_client, found) == 409
    assert by_api(author, found, anna) == 409
    assert made(local_cloud) == [201]
