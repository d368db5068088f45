"""Drafts and orders through the API."""

from base64 import b64encode

import pytest

from tests.nodepool.test_rules import T, a_body
from webapp.approvals.models import PoolRequest
from webapp.wizard.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)
DRAFTS, SUBMISSIONS = "/api/v1/drafts", "/api/v1/submissions"


@pytest.fixture
def cluster_id(anna):
    from webapp.cloud.client import Cloud

    ids = {one["metadata"]["name"]: one["metadata"]["uid"] for one in Cloud(anna).clusters()}
    return ids["prod-standard"]


@pytest.fixture
def order(call, anna, cluster_id):
    def ordered(body, key="one", **more):
        headers = {"X-Cloud-Token": anna.token, "Idempotency-Key": key}
        return call(SUBMISSIONS, {"cluster_id": cluster_id, "body": body, **more}, **headers)

    return ordered


def test_a_draft_is_made_read_replaced_and_deleted(call, ask):
    made = call(DRAFTS, {"body": a_body()})
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    at = f"{DRAFTS}/{made.json()['id']}"
    assert ask("get", at).json()["body"] == a_body()
    changed = a_body(**{"/spec/initialNodeCount": 5})
    done = ask("put", at, {"body": changed}, **{"If-Match": '"1"'})
    assert (done.status_code, done.json()["version"], done.json()["body"]) == (200, 2, changed)
    assert ask("put", at, {"body": {}, "cluster_id": "/"}, **{"If-Match": "2"}).status_code == 400
    assert ask("delete", at).status_code == 204
    assert ask("get", at).status_code == 404


def test_a_change_is_based_on_the_version_that_was_read(call, ask):
    at = f"{DRAFTS}/{call(DRAFTS, {'body': a_body()}).json()['id']}"
    assert ask("put", at, {"body": {}}).status_code == 428
    for wrong, status in (('"7"', 412), ("x", 400), ('"' + "9" * 30 + '"', 400), ("*", 400)):
        assert ask("put", at, {"body": {"a": 1}}, **{"If-Match": wrong}).status_code == status
    assert Draft.objects.get().body == a_body()


def test_drafts_come_in_pages(call, ask, robot):
    Draft.objects.bulk_create(Draft(owner=robot, body={}) for _ in range(60))
    first = ask("get", DRAFTS).json()
    assert len(first["results"]) == 50
    rest = ask("get", first["next"]).json()
    assert len(rest["results"]) == 10
    assert ask("get", f"{DRAFTS}?cursor=nonsense").status_code == 404


@pytest.mark.parametrize("position", ["p=", "p=x", "p=%00", "p=2026", "o=99999999999999999999", "r=x", "p=x&r=1"])
@pytest.mark.parametrize("path", ["drafts", "requests", "submissions", "presets"])
def test_a_cursor_that_was_not_made_here_leads_to_no_page_or_an_empty_one(ask, path, position):
    assert ask("get", f"/api/v1/{path}?cursor={b64encode(position.encode()).decode()}").status_code in (200, 404)


def test_a_draft_keeps_nul_which_is_said_and_shown(call, ask, client, robot):
    body = {"metadata": {"name": "a\0b"}, "spec": {"\0": "\0"}}
    made = call(DRAFTS, {"body": body})
    assert (made.status_code, made.json()["body"]) == (201, body)
    client.force_login(robot)
    draft = Draft.objects.get()
    for url in ("/drafts", draft.url_of("basics"), draft.url_of("review"), f"/pools/new/{draft.pk}/decisions"):
        assert client.get(url).status_code == 200
    assert client.get(f"/pools/new/{draft.pk}/export/json").status_code == 200


@pytest.mark.parametrize("body", [{"metadata": {"name": "\ud800"}}, {"metadata": {"\udfffx": 1}}, {"\ud800": {}}])
def test_half_a_character_is_refused_in_a_draft_whose_pages_could_not_show_it(call, ask, body):
    assert call(DRAFTS, {"body": body}).status_code == 422
    at = f"{DRAFTS}/{call(DRAFTS, {'body': {}}).json()['id']}"
    answer = ask("put", at, {"body": body}, **{"If-Match": "1"})
    (place,) = answer.json()["errors"]
    assert (answer.status_code, place["pointer"].startswith("/body/"), "half" in place["message"]) == (422, True, True)


def test_a_list_costs_the_same_for_one_and_for_many(call, ask, robot, django_assert_num_queries):
    Draft.objects.bulk_create(Draft(owner=robot, body={}) for _ in range(40))
    ask("get", DRAFTS)
    with django_assert_num_queries(3):
        ask("get", DRAFTS)


def test_an_order_is_sent_once_for_its_key(order, local_cloud):
    first, second = order(a_body()), order(a_body())
    assert (first.status_code, first.json()["state"]) == (201, "provisioning")
    assert first.json()["pool_id"]
    assert second.json()["id"] == first.json()["id"]
    assert [one["body"] for one in local_cloud.log("POST", "nodepools")] == [a_body()]
    other = order(a_body(**{"/metadata/name": "other"}))
    assert other.status_code == 422
    assert "used for another request" in other.json()["errors"][0]["message"]


def test_an_order_with_problems_sends_nothing(order, local_cloud):
    answer = order(a_body(**{f"{T}/login/sshKey": "nobodys"}))
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"/body{T}/login/sshKey"]
    assert local_cloud.log("POST", "nodepools") == []
    assert not PoolRequest.objects.exists()


def test_a_lost_answer_is_told_as_under_way(order, local_cloud):
    local_cloud.fault(kind="accept_then_504", method="POST", path="/nodepools")
    assert order(a_body()).json()["state"] in ("launching", "provisioning")
    assert len(local_cloud.log("POST", "nodepools")) == 1


def test_an_order_needs_a_key_and_a_cloud_token(call, anna, cluster_id):
    wanted = {"cluster_id": cluster_id, "body": a_body()}
    assert call(SUBMISSIONS, wanted, **{"X-Cloud-Token": anna.token}).status_code == 400
    assert call(SUBMISSIONS, wanted, **{"Idempotency-Key": "k"}).status_code == 403
    for odd in ("", "two words", "k" * 201, "\x7f"):
        headers = {"X-Cloud-Token": anna.token, "Idempotency-Key": odd}
        assert call(SUBMISSIONS, wanted, **headers).status_code == 400


def test_clusters_pools_and_nodes_come_as_the_cloud_answers_them(ask, order, anna, cluster_id):
    pool = order(a_body()).json()["pool_id"]
    token = {"X-Cloud-Token": anna.token}
    at = f"/api/v1/clusters/{cluster_id}/node-pools"
    assert cluster_id in [one["metadata"]["uid"] for one in ask("get", "/api/v1/clusters", **token).json()["items"]]
    assert [one["metadata"]["uid"] for one in ask("get", at, **token).json()["items"]] == [pool]
    assert ask("get", f"{at}/{pool}", **token).json()["metadata"]["name"] == "pool-1"
    assert ask("get", f"{at}/{pool}/nodes", **token).status_code == 200
    assert ask("get", f"{at}/no-such-pool/nodes", **token).status_code == 404
    assert ask("get", at).status_code == 403
