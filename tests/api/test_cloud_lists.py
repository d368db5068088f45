"""What is at the cloud: pick lists, a pool's state in words and its events."""

import pytest

from tests.nodepool.test_rules import a_body
from webapp.cloud.client import Cloud
from webapp.cloud.picklists import NAMES
from webapp.pools.models import PoolStatus

pytestmark = pytest.mark.django_db(transaction=True)
LISTS = "/api/v1/pick-lists"


@pytest.fixture
def cluster_id(anna):
    return {one["metadata"]["name"]: one["metadata"]["uid"] for one in Cloud(anna).clusters()}["prod-standard"]


@pytest.fixture
def pool_at(anna, cluster_id):
    made = Cloud(anna).create_node_pool(cluster_id, a_body())
    return f"/api/v1/clusters/{cluster_id}/node-pools/{made['metadata']['uid']}"


@pytest.fixture
def seen(ask, anna):
    """Read with Anna's cloud token."""

    def read(path):
        return ask("get", path, **{"X-Cloud-Token": anna.token})

    return read


@pytest.mark.parametrize("name", [name for name in NAMES if name != "agencies"])
def test_every_pick_list_comes_with_its_age(seen, cluster_id, name):
    answer = seen(f"{LISTS}/{name}?cluster_id={cluster_id}")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["name"], found["error"]) == (name, None)
    assert found["fetched_at"].startswith("20")
    assert found["items"] or name == "pool_names"


def test_the_items_are_what_the_wizard_offers(seen, cluster_id, anna):
    Cloud(anna).create_node_pool(cluster_id, a_body())
    types = {one["name"]: one for one in seen(f"{LISTS}/volume_types").json()["items"]}
    assert isinstance(types["SAS"]["zones"], list | None)
    assert {"name": "pool-1"} in seen(f"{LISTS}/pool_names?cluster_id={cluster_id}").json()["items"]
    keys = [one["name"] for one in seen(f"{LISTS}/key_pairs").json()["items"]]
    assert "id_rsa" in keys
    assert "ben-desk" not in keys


def test_a_list_that_the_person_may_not_see_says_so(seen):
    found = seen(f"{LISTS}/agencies").json()
    assert found["items"] == []
    assert (found["error"]["status"], found["error"]["remedy"]) == (403, "Ask your admin for the right.")


def test_a_list_that_cannot_be_had_now_is_the_copy_of_before_with_its_age(seen, local_cloud, monkeypatch):
    before = seen(f"{LISTS}/key_pairs").json()
    monkeypatch.setattr("webapp.cloud.picklists.FRESH_S", 0)
    local_cloud.fault(kind="status", status=503, path="os-keypairs")
    now = seen(f"{LISTS}/key_pairs").json()
    assert (now["items"], now["fetched_at"]) == (before["items"], before["fetched_at"])
    assert now["error"]["message"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing", 404),
        ("pool_names", 400),
        ("subnets?cluster_id=", 400),
        ("subnets?cluster_id=../x", 400),
        ("subnets?cluster_id=no-such-cluster", 404),
    ],
)
def test_a_list_that_is_none_is_a_problem_document(seen, path, status):
    answer = seen(f"{LISTS}/{path}")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_list_needs_a_cloud_token_that_lives(ask, anna):
    assert ask("get", f"{LISTS}/zones").status_code == 403
    assert ask("get", f"{LISTS}/zones", **{"X-Cloud-Token": "dead"}).status_code == 403


def test_a_pool_tells_its_state_in_words_and_what_happened(seen, pool_at, local_cloud, settings):
    settings.POLL_INTERVAL_S = 0
    before = seen(f"{pool_at}/status").json()
    local_cloud.advance(7200)
    after = seen(f"{pool_at}/status").json()
    assert before["word"] in ("Waiting", "Working", "Ready")
    assert (after["word"], after["is_final"], after["problem"]) == ("Ready", True, None)
    assert after["counts"]["current"] == after["counts"]["wanted"] == a_body()["spec"]["initialNodeCount"]
    events = seen(f"{pool_at}/events").json()
    assert events["results"][0]["text"].startswith("Ready: ")
    assert events["next"] is None


def test_events_of_an_unknown_pool_are_not_there_and_it_is_not_watched(seen, cluster_id):
    for what in ("status", "events"):
        assert seen(f"/api/v1/clusters/{cluster_id}/node-pools/nothing/{what}").status_code == 404
    assert not PoolStatus.objects.exists()
