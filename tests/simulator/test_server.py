# ruff: noqa: E501 - rows of a table
"""The local cloud over HTTP, as any client sees it."""

import json

import pytest
import requests

from tests.conftest import ANNA, EXAMPLES
from tests.nodepool.test_rules import a_body
from tests.simulator.conftest import PROJECT, pools_of


def test_the_catalogue_points_to_the_local_cloud_itself(cce, local_cloud):
    urls = {service["type"]: service["endpoints"][0]["url"] for service in cce.catalogue}
    assert urls["ccev2.0"] == local_cloud.url
    assert urls["ecs"] == f"{local_cloud.url}/v1/{PROJECT}"


def test_a_wrong_password_is_refused_in_the_form_of_iam(local_cloud):
    user = {"name": "anna", "password": "wrong", "domain": {"name": ANNA["domain"]}}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}}}
    answer = requests.post(f"{local_cloud.url}/v3/auth/tokens", json={"auth": auth}, timeout=5)
    assert (answer.status_code, answer.json()["error"]["title"]) == (401, "Unauthorized")


def test_without_a_token_nothing_is_shown(cce):
    assert requests.get(f"{cce.base}/clusters", timeout=5).status_code == 401


def test_a_token_of_another_project_is_refused(cce):
    other = cce.base.replace(PROJECT, "1f0e2d3c4b5a49688776655443322110")
    assert cce.get(f"{other}/clusters").status_code == 403


def test_nodes_are_made_one_by_one_until_the_pool_is_ready(cce, local_cloud):
    created = cce.post(pools_of(cce), json=a_body())
    assert created.status_code == 201
    pool = f"{pools_of(cce)}/{created.json()['metadata']['uid']}"
    first = cce.get(pool).json()["status"]
    assert (first["phase"], first["currentNode"], first["creatingNode"]) == ("Synchronizing", 0, 2)
    local_cloud.advance(3600)
    last = cce.get(pool).json()["status"]
    assert (last["phase"], last["currentNode"], last["creatingNode"]) == ("", 2, 0)
    nodes = cce.get(f"{cce.base}/clusters/{cce.clusters['prod-standard']}/nodes").json()["items"]
    assert [one["status"]["phase"] for one in nodes] == ["Active", "Active"]
    assert all(one["metadata"]["name"].startswith("pool-1-") for one in nodes)


def test_a_deleted_pool_goes_through_deleting_to_404_and_frees_its_name(cce, local_cloud):
    pool = f"{pools_of(cce)}/{cce.post(pools_of(cce), json=a_body()).json()['metadata']['uid']}"
    gone = cce.delete(pool)
    assert (gone.status_code, gone.json()["status"]["phase"]) == (200, "Deleting")
    assert gone.json()["status"]["jobId"]
    assert cce.put(pool, json=a_body()).status_code == 409
    local_cloud.advance(3600)
    assert cce.get(pool).status_code == 404
    assert cce.post(pools_of(cce), json=a_body()).status_code == 201


@pytest.mark.parametrize(("name", "cluster"), [("cce", "legacy-standard"), ("cce-turbo", "turbo")])
def test_the_published_requests_give_the_published_responses(cce, name, cluster):
    answer = cce.post(pools_of(cce, cluster), json=json.loads((EXAMPLES / f"request-{name}.json").read_text()))
    expected = json.loads((EXAMPLES / f"response-{name}.json").read_text())
    template, shown = expected["spec"]["nodeTemplate"], answer.json()["spec"]["nodeTemplate"]
    for key in set(template) - {"extendParam", "storage"}:
        assert {key: template[key]} == {key: _as_far_as(shown[key], template[key])}
    assert answer.json()["status"]["phase"] == ""
    assert template["extendParam"].keys() <= shown["extendParam"].keys()


def _as_far_as(value, wanted):
    """The example of the Turbo response leaves out what the other one shows."""
    return {key: value[key] for key in wanted} if isinstance(wanted, dict) else value


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"/metadata/name": "Bad"}, 400, "CCE.01400001"),
        ({"/spec/nodeTemplate/os": "EulerOS 2.5"}, 400, "CCE.01400018"),
        ({"/spec/initialNodeCount": 500}, 400, "CCE.01400014"),
        ({"/spec/nodeTemplate/flavor": "p2s.8xlarge.8"}, 400, "CCE.01400021"),
        ({"/spec/nodeTemplate/login/sshKey": "nobody"}, 400, "CCE.01400001"),
        ({"/spec/nodeTemplate/dataVolumes/0/volumetype": "ESSD", "/spec/nodeTemplate/az": "eu-de-03"}, 400, "CCE.01400022"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_answered_with_the_documented_code(cce, change, status, code):
    answer = cce.post(pools_of(cce), json=a_body(**change))
    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)
    assert answer.json()["message"].startswith("/")
    assert answer.headers["X-Request-Id"]


def test_a_taken_name_is_a_conflict(cce):
    cce.post(pools_of(cce), json=a_body())
    assert cce.post(pools_of(cce), json=a_body()).json()["errorCode"] == "CCE.01409001"


def test_a_cluster_that_is_not_available_takes_no_pool(cce):
    assert cce.post(pools_of(cce, "upgrading"), json=a_body()).status_code == 403


def test_another_content_type_is_refused(cce):
    answer = cce.post(pools_of(cce), data="{}", headers={"Content-Type": "text/plain"})
    assert answer.json()["errorCode"] == "CCE.01400006"


def test_a_flavor_that_turns_out_sold_out_leaves_the_pool_waiting(cce, local_cloud):
    local_cloud.fault(kind="sold_out", flavor="c7n.xlarge.2")
    pool = f"{pools_of(cce)}/{cce.post(pools_of(cce), json=a_body()).json()['metadata']['uid']}"
    local_cloud.advance(60)
    assert cce.get(pool).json()["status"]["phase"] == "SoldOut"


def test_random_puts_all_nodes_of_one_action_into_one_zone(cce, local_cloud):
    cce.post(pools_of(cce), json=a_body(**{"/spec/nodeTemplate/az": "random"}))
    local_cloud.advance(3600)
    nodes = cce.get(f"{cce.base}/clusters/{cce.clusters['prod-standard']}/nodes").json()["items"]
    assert len({one["spec"]["az"] for one in nodes}) == 1


def test_an_answer_can_be_lost_after_the_pool_was_made(cce, local_cloud):
    local_cloud.fault(kind="accept_then_504", method="POST", path="nodepools$", times=1)
    assert cce.post(pools_of(cce), json=a_body()).status_code == 504
    assert len(cce.get(pools_of(cce)).json()["items"]) == 1


def test_a_connection_stays_open_for_the_next_request_also_after_one_whose_body_nobody_reads(cce, local_cloud):
    local_cloud.fault(kind="status", status=503, method="POST", times=1)
    with requests.Session() as session:
        session.headers.update(cce.headers)
        answers = [
            session.get(f"{cce.base}/clusters"),
            session.post(pools_of(cce), json=a_body()),
            session.get(pools_of(cce)),
        ]
        assert [one.status_code for one in answers] == [200, 503, 200]
        (pool,) = session.get_adapter(cce.base).poolmanager.pools._container.values()
        assert (pool.num_requests, pool.num_connections) == (3, 1)


def test_a_body_in_chunks_is_read_to_its_end(cce):
    chunks = (one.encode() for one in json.dumps(a_body()))
    said = {"Content-Type": "application/json"}
    answers = [cce.post(pools_of(cce), data=chunks, headers=said), cce.get(pools_of(cce))]
    assert [one.status_code for one in answers] == [201, 200]


def test_a_connection_can_be_dropped(cce, local_cloud):
    local_cloud.fault(kind="drop", path="/clusters$", times=1)
    with pytest.raises(requests.ConnectionError):
        cce.get(f"{cce.base}/clusters")


def test_throttling_says_how_long_to_wait(cce, local_cloud):
    local_cloud.fault(kind="status", status=429, retry_after=7, times=1)
    answer = cce.get(f"{cce.base}/clusters")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_an_unknown_fault_is_refused(local_cloud):
    assert requests.put(f"{local_cloud.url}/_faults", json={"kind": "magic"}, timeout=5).status_code == 400


def test_the_log_keeps_no_password(local_cloud, anna):
    assert ANNA["password"] not in json.dumps(local_cloud.log())


def test_a_user_may_ask_for_her_own_groups_alone(cce, local_cloud):
    anna, ben = "0d1e2f30415263748596a7b8c9dae0f1", "11223344556677889900aabbccddeeff"
    groups = cce.get(f"{local_cloud.url}/v3/users/{anna}/groups").json()["groups"]
    assert [one["name"] for one in groups] == ["cce-users"]
    assert cce.get(f"{local_cloud.url}/v3/users/{ben}/groups").status_code == 403
