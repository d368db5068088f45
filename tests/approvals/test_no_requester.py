"""People who may not ask for pools are not offered it, are told why, and are refused where they try."""

import json
import uuid

import pytest
from django.test import Client

from tests.api.test_drafts import cluster_id  # noqa: F401 - a fixture
from tests.nodepool.test_rules import a_body
from tests.wizard.test_views import walked
from webapp.accounts.actions import make_api_token
from webapp.accounts.granting import grant, revoke
from webapp.accounts.models import User
from webapp.accounts.roles import Role
from webapp.approvals.models import PoolRequest
from webapp.cloud.client import Cloud
from webapp.wizard.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "Requests are made by requesters. Ask an admin for this role"
PAGES = ("/", "/drafts", "/requests", "/requests?words=nothing", "/clusters")


@pytest.fixture(params=[Role.APPROVER, Role.AUDITOR, Role.ADMIN])
def person(request, settings):
    """Somebody who is signed in to the cloud, with a role that is not the requester's."""
    settings.DEFAULT_ROLES = [request.param]
    request.getfixturevalue("anna_client")
    return User.objects.get()


@pytest.fixture(params=[Role.APPROVER, Role.AUDITOR])
def reader(request, settings):
    """Somebody who is signed in to the cloud, and neither asks for pools nor keeps presets."""
    settings.DEFAULT_ROLES = [request.param]
    request.getfixturevalue("anna_client")
    return User.objects.get()


def told(client, path):
    return client.get(path).content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_leads_to_a_new_pool(person, anna_client, path):
    page = told(anna_client, path)
    assert "New node pool" not in page
    assert "Ask for a node pool" not in page


@pytest.mark.parametrize("path", PAGES)
def test_requesters_are_led_there_by_each_page(anna_client, path):
    assert "New node pool" in told(anna_client, path)


def test_the_review_says_why_there_is_no_button_and_sending_is_refused(person, anna_client, local_cloud):
    grant(person, Role.REQUESTER, by=None)
    draft = walked(anna_client, a_body(), "prod-standard")
    revoke(person, Role.REQUESTER, by=None)
    page = told(anna_client, draft.url_of("review"))
    assert WHY in page
    assert not [word for word in ("Create node pool now", "Send for approval", "Start at once") if word in page]
    answer = anna_client.post(draft.url_of("review"), {"_asks": "1"})
    assert (answer.status_code, WHY in answer.content.decode()) == (409, True)
    assert not PoolRequest.objects.exists()
    assert local_cloud.log("POST", "nodepools") == []


def test_whom_a_draft_is_of_no_use_makes_none_and_is_told_why(reader, anna_client):
    ways = {"/pools/new": {}, "/pools/new/import": {"text": json.dumps(a_body())}}
    answers = [anna_client.get("/pools/new"), *(anna_client.post(path, form) for path, form in ways.items())]
    assert {one.status_code for one in answers} == {403}
    assert all(WHY in one.content.decode() for one in answers)
    headers = {"Authorization": f"Token {make_api_token(reader, 'x', 1)}"}
    answer = Client().post("/api/v1/drafts", {"body": a_body()}, "application/json", headers=headers)
    assert (answer.status_code, WHY in answer.json()["detail"]) == (403, True)
    assert not Draft.objects.exists()


def test_what_policy_would_say_is_open_to_all(person, anna, cluster_id):  # noqa: F811
    headers = {"Authorization": f"Token {make_api_token(person, 'x', 1)}", "X-Cloud-Token": anna.token}
    call = {"kind": "create", "cluster_id": cluster_id, "body": a_body()}
    answer = Client().post("/api/v1/requests/verdict", call, "application/json", headers=headers)
    assert (answer.status_code, answer.json()["sentence"]) == (200, "No approval is needed.")


def test_the_api_refuses_to_ask(person, anna, cluster_id):  # noqa: F811
    headers = {"Authorization": f"Token {make_api_token(person, 'x', 1)}", "X-Cloud-Token": anna.token}
    call = {"kind": "create", "cluster_id": cluster_id, "body": a_body()}
    for path in ("requests", "submissions"):
        more = {"Idempotency-Key": uuid.uuid4().hex}
        answer = Client().post(f"/api/v1/{path}", call, "application/json", headers=headers | more)
        assert (answer.status_code, WHY in answer.json()["detail"]) == (403, True), path
    assert not PoolRequest.objects.exists()


@pytest.mark.parametrize("act", ["scale", "change", "delete"])
def test_a_pool_is_looked_at_and_not_changed(person, anna_client, anna, cluster_id, local_cloud, act):  # noqa: F811, PLR0917
    pool = Cloud(anna).create_node_pool(cluster_id, a_body())["metadata"]["uid"]
    at = f"/clusters/{cluster_id}/pools/{pool}"
    assert f"{at}/{act}" not in told(anna_client, at)
    form = {"name": "pool-1", "/metadata/name": "pool-1", "/spec/initialNodeCount": "5"}
    page = (
        told(anna_client, f"{at}/delete") if act == "delete" else anna_client.post(f"{at}/{act}", form).content.decode()
    )
    assert WHY in page
    assert 'name="_confirmed"' not in page
    assert "btn-danger" not in page
    anna_client.post(f"{at}/{act}", form | {"_confirmed": "1"})
    assert not PoolRequest.objects.exists()
    assert local_cloud.log("PUT") == local_cloud.log("DELETE") == []
