"""Requests through the API: who sees them, and how they are changed."""

import pytest
import rest_framework.views  # noqa: F401 - what it reads of ours must be read by it first

from tests.api.test_drafts import cluster_id  # noqa: F401 - a fixture
from tests.approvals.building import a_failure, a_policy
from tests.conftest import ANNA
from tests.nodepool.test_rules import a_body
from tests.people import a_person
from webapp.accounts.actions import make_api_token
from webapp.accounts.models import User
from webapp.accounts.roles import Role
from webapp.api import ordering
from webapp.approvals.launching import launch
from webapp.approvals.models import PoolRequest
from webapp.cloud.iam import sign_in
from webapp.nodepool import pointers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(call, anna, cluster_id):  # noqa: F811
    a_policy()
    headers = {"X-Cloud-Token": anna.token, "Idempotency-Key": "one"}
    call("/api/v1/requests", {"kind": "create", "cluster_id": cluster_id, "body": a_body()}, **headers)
    return PoolRequest.objects.get()


def test_a_colleague_reads_it_with_a_token_for_the_project(client, waiting, anna):
    token = make_api_token(a_person("colleague", Role.REQUESTER), "x", 1)
    headers = {"Authorization": f"Token {token}"}
    url = f"/api/v1/requests/{waiting.reference}"
    for path in (url, f"{url}/timeline"):
        assert client.get(path, headers=headers).status_code == 404
        assert client.get(path, headers=headers | {"X-Cloud-Token": anna.token}).status_code == 200
    listed = [
        client.get("/api/v1/requests", headers=headers | more).json()["results"]
        for more in ({}, {"X-Cloud-Token": anna.token})
    ]
    assert [len(one) for one in listed] == [0, 1]
    answer = client.post(
        f"{url}/withdraw", "{}", content_type="application/json", headers=headers | {"X-Cloud-Token": anna.token}
    )
    assert answer.status_code == 403


def test_nobody_asks_with_the_cloud_token_of_somebody_else(call, robot, anna, cluster_id):  # noqa: F811
    headers = {"X-Cloud-Token": anna.token, "Idempotency-Key": "one"}
    wish = {"kind": "create", "cluster_id": cluster_id, "body": a_body()}
    User.objects.filter(pk=robot.pk).update(iam_user_id="of-ben", iam_domain_id=anna.domain_id)
    answer = call("/api/v1/requests", wish, **headers)
    assert (answer.status_code, "belongs to somebody else" in answer.json()["detail"]) == (403, True)
    assert not PoolRequest.objects.exists()
    User.objects.filter(pk=robot.pk).update(iam_user_id=anna.user_id)
    assert call("/api/v1/requests", wish, **headers).json()["state"] == "provisioning"


def test_a_request_that_a_worker_launches_at_this_moment_is_answered_as_it_stands(call, anna, cluster_id, monkeypatch):  # noqa: F811

    def late(found, session, by):
        launch(PoolRequest.objects.get(pk=found.pk), session, by=by)
        launch(found, session, by=by)

    monkeypatch.setattr(ordering, "launch", late)
    headers = {"X-Cloud-Token": anna.token, "Idempotency-Key": "one"}
    answer = call("/api/v1/requests", {"kind": "create", "cluster_id": cluster_id, "body": a_body()}, **headers)
    assert (answer.status_code, answer.json()["state"]) == (201, "provisioning")


def test_calls_with_one_key_at_the_same_time_are_one_request_though_its_pool_is_there(
    call,
    anna,
    cluster_id,  # noqa: F811
    local_cloud,
    monkeypatch,
):
    wish = {"kind": "create", "cluster_id": cluster_id, "body": a_body()}
    headers = {"X-Cloud-Token": anna.token, "Idempotency-Key": "one"}
    real, answers = ordering.demand_good, []

    def overtaken(session, order):
        monkeypatch.setattr(ordering, "demand_good", real)
        answers.append(call("/api/v1/requests", wish, **headers))
        return real(session, order)

    monkeypatch.setattr(ordering, "demand_good", overtaken)
    answers.append(call("/api/v1/requests", wish, **headers))
    assert [one.status_code for one in answers] == [201, 201]
    assert len({one.json()["id"] for one in answers}) == len(local_cloud.log("POST", "nodepools")) == 1


def test_an_edit_keeps_what_it_is_compared_with(ask, waiting, anna):
    PoolRequest.objects.update(baseline={"spec": {}}, baseline_name="the preset “Worker”", draft_url="/pools/new/x")
    body = a_body(**{"/spec/initialNodeCount": 1})
    answer = ask("put", f"/api/v1/requests/{waiting.reference}", {"body": body}, **{"X-Cloud-Token": anna.token})
    assert answer.status_code == 200, answer.content
    waiting.refresh_from_db()
    assert (waiting.revision, pointers.get(waiting.body, "/spec/initialNodeCount")) == (2, 1)
    assert (waiting.baseline, waiting.baseline_name) == ({"spec": {}}, "the preset “Worker”")
    assert waiting.draft_url == ""  # what the draft says is not what is asked for any more


def test_a_change_that_the_api_asked_for_is_changed_at_the_pools_page(call, anna, cluster_id, local_cloud):  # noqa: F811
    headers = {"X-Cloud-Token": anna.token, "Idempotency-Key": "one"}
    call("/api/v1/requests", {"kind": "create", "cluster_id": cluster_id, "body": a_body()}, **headers)
    pool_id = PoolRequest.objects.get().pool_id
    a_policy()
    wish = {"kind": "scale", "cluster_id": cluster_id, "pool_id": pool_id, "body": {"spec": {"initialNodeCount": 3}}}
    call("/api/v1/requests", wish, **headers | {"Idempotency-Key": "two"})
    assert PoolRequest.objects.get(kind="scale").draft_url == f"/clusters/{cluster_id}/pools/{pool_id}/scale"


def test_a_retry_that_cannot_help_is_refused_and_says_what_would(call, waiting, anna):
    a_failure("CCE.01400014", remedy="Enter fewer nodes.")
    PoolRequest.objects.update(state="failed", problem={"code": "CCE.01400014", "message": "No."})
    url = f"/api/v1/requests/{waiting.reference}"
    answer = call(f"{url}/retry", {}, **{"X-Cloud-Token": anna.token})
    assert (answer.status_code, "Enter fewer nodes." in answer.json()["detail"]) == (409, True)


def test_with_the_token_of_another_project_it_is_said_which_one_is_needed(ask, waiting):
    elsewhere = sign_in(**ANNA | {"project": "eu-de_team"})
    headers = {"X-Cloud-Token": elsewhere.token}
    answer = ask("put", f"/api/v1/requests/{waiting.reference}", {"body": a_body()}, **headers)
    assert (answer.status_code, "Sign in for eu-de_sandbox" in answer.json()["detail"]) == (409, True)
