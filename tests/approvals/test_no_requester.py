"""People who may not ask for pools are not offered it, are told why, and are refused where they try."""

import uuid

import pytest
from django.test import Client

from tests.api.test_drafts import cluster_id  # noqa: F401 - a fixture
from tests.nodepool.test_rules import a_body
from tests.wizard.test_views import walked
from webapp.accounts.actions import make_api_token
from webapp.accounts.models import User
from webapp.accounts.roles import Role
from webapp.approvals.models import PoolRequest
from webapp.cloud.client import Cloud

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "Requests are made by requesters. Ask an admin for this role"
PAGES = ("/", "/drafts", "/requests", "/requests?words=nothing", "/clusters")


@pytest.fixture(params=[Role.APPROVER, Role.AUDITOR, Role.ADMIN])
def person(request, settings):
    """Somebody who is signed in to the cloud, with a role that is not the requester's."""
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
    draft = walked(anna_client, a_body(), "prod-standard")
    page = told(anna_client, draft.url_of("review"))
    assert WHY in page
    assert not [word for word in ("Create node pool now", "Send for approval", "Start at once") if word in page]
    answer = anna_client.post(draft.url_of("review"), {"_asks": "1"})
    assert (answer.status_code, WHY in answer.content.decode()) == (409, True)
    assert not PoolRequest.objects.exists()
    assert local_cloud.log("POST", "nodepools") == []


def test_the_api_refuses_to_ask_and_to_judge(person, anna, cluster_id):  # noqa: F811
    headers = {"Authorization": f"Token {make_api_token(person, 'x', 1)}", "X-Cloud-Token": anna.token}
    call = {"kind": "create", "cluster_id": cluster_id, "body": a_body()}
    for path in ("requests", "submissions", "requests/verdict"):
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
