# ruff: noqa: E501 - rows of a table
"""Updates, jobs, configuration and failures of node pools in the local cloud."""

import pytest

from tests.nodepool.test_rules import a_body
from tests.simulator.conftest import PROJECT, pools_of


@pytest.fixture
def pool(cce):
    """The address of a new pool with two nodes."""
    return f"{pools_of(cce)}/{cce.post(pools_of(cce), json=a_body()).json()['metadata']['uid']}"


def job_of(cce, uid):
    return cce.get(f"{cce.base}/jobs/{uid}").json()


def test_an_update_changes_what_can_be_changed_and_nothing_else(cce, pool):
    update = {
        "metadata": {"name": "renamed"},
        "spec": {
            "type": "vm",
            "initialNodeCount": 3,
            "nodeTemplate": {"k8sTags": {"a": "b"}, "flavor": "s3.large.2", "userTags": []},
            "autoscaling": {"enable": True, "minNodeCount": 1, "maxNodeCount": 5},
        },
    }
    answer = cce.put(pool, json=update)
    shown = answer.json()
    assert (answer.status_code, shown["metadata"]["name"], shown["spec"]["initialNodeCount"]) == (200, "renamed", 3)
    template = shown["spec"]["nodeTemplate"]
    assert (template["k8sTags"]["a"], template["flavor"]) == ("b", "c7n.xlarge.2")
    assert shown["spec"]["autoscaling"]["maxNodeCount"] == 5


def test_tags_that_are_not_sent_stay_and_an_empty_list_removes_them(cce):
    tags = [{"key": "cost", "value": "42"}]
    made = cce.post(pools_of(cce), json=a_body(**{"/spec/nodeTemplate/userTags": tags})).json()
    url, update = f"{pools_of(cce)}/{made['metadata']['uid']}", {"metadata": {}, "spec": {"initialNodeCount": 2}}
    assert cce.put(url, json=update).json()["spec"]["nodeTemplate"]["userTags"] == tags
    update["spec"]["nodeTemplate"] = {"userTags": []}
    assert cce.put(url, json=update).json()["spec"]["nodeTemplate"]["userTags"] == []


def test_what_was_read_can_be_sent_back(cce, pool):
    assert cce.put(pool, json=cce.get(pool).json()).status_code == 200


@pytest.mark.parametrize(
    ("update", "status"),
    [
        ({"spec": {"initialNodeCount": 1}}, 400),
        ({"metadata": {}, "spec": {}}, 400),
        ({"metadata": {}, "spec": {"initialNodeCount": 1, "type": "ElasticBMS"}}, 400),
        ({"metadata": {}, "spec": {"initialNodeCount": 500}}, 400),
        ({"metadata": {"name": "Bad"}, "spec": {"initialNodeCount": 1}}, 400),
        ({"metadata": {}, "spec": {"initialNodeCount": 1, "nodeTemplate": {"taints": [{"key": "a", "effect": "No"}]}}}, 400),
        ({"metadata": {}, "spec": {"initialNodeCount": 1, "nodeTemplate": []}}, 200),
        ({"metadata": {"name": "taken"}, "spec": {"initialNodeCount": 1}}, 409),
        ([], 400),
    ],
)  # fmt: skip
def test_an_update_is_held_to_the_rules(cce, pool, update, status):
    cce.post(pools_of(cce), json=a_body(**{"/metadata/name": "taken"}))
    assert cce.put(pool, json=update).status_code == status


def test_the_job_of_a_deletion_ends_in_success_and_stays_to_be_read(cce, pool, local_cloud):
    uid = cce.delete(pool).json()["status"]["jobId"]
    assert job_of(cce, uid)["status"]["phase"] == "Running"
    local_cloud.advance(3600)
    assert cce.get(pool).status_code == 404
    assert job_of(cce, uid)["status"]["phase"] == "Success"
    old = cce.get(f"{local_cloud.url}/api/v2/projects/{PROJECT}/jobs/{uid}").json()
    assert (old["status"]["status"], "clusteruid" in old["spec"]) == ("Success", True)


def test_the_job_of_a_node_is_nested_and_leads_to_the_node(cce, pool, local_cloud):
    local_cloud.advance(3600)
    node = cce.get(f"{cce.base}/clusters/{cce.clusters['prod-standard']}/nodes").json()["items"][0]
    outer = job_of(cce, node["status"]["jobID"])
    middle = job_of(cce, outer["spec"]["subJobs"][0]["metadata"]["uid"])
    parts = [job_of(cce, one["metadata"]["uid"]) for one in middle["spec"]["subJobs"]]
    assert [one["spec"]["type"] for one in (outer, *parts)] == ["ScaleupCluster", "CreateNodeVM", "InstallNode"]
    assert {one["spec"]["resourceID"] for one in (outer, middle, *parts)} == {node["metadata"]["uid"]}
    assert {one["status"]["phase"] for one in (outer, middle, *parts)} == {"Success"}


def test_nodes_that_fail_leave_the_pool_in_error_and_the_reason_in_the_job(cce, local_cloud):
    local_cloud.fault(kind="node_failure", message="Ecs.0025: KMS is not allowed for EVS.")
    url = f"{pools_of(cce)}/{cce.post(pools_of(cce), json=a_body()).json()['metadata']['uid']}"
    local_cloud.advance(600)
    assert cce.get(url).json()["status"]["phase"] == "Error"
    node = cce.get(f"{cce.base}/clusters/{cce.clusters['prod-standard']}/nodes").json()["items"][0]
    assert node["status"]["phase"] == "Abnormal"
    job = job_of(cce, node["status"]["jobID"])
    assert (job["status"]["phase"], "Ecs.0025" in job["status"]["reason"]) == ("Failed", True)


def test_the_default_pool_shows_only_to_who_asks(cce):
    assert cce.get(pools_of(cce)).json()["items"] == []
    shown = cce.get(pools_of(cce), params={"showDefaultNodePool": "true"}).json()["items"]
    assert [one["metadata"]["name"] for one in shown] == ["DefaultPool"]


def test_the_configuration_of_a_pool_is_kept_and_synchronized(cce, pool, local_cloud):
    assert cce.get(f"{pool}/configuration").json()["spec"]["packages"] == []
    packages = [{"name": "kubelet", "configurations": [{"name": "max-pods", "value": 110}]}]
    assert cce.put(f"{pool}/configuration", json={"spec": {"packages": packages}}).status_code == 200
    assert cce.get(f"{pool}/configuration").json()["spec"]["packages"] == packages
    assert cce.put(f"{pool}/configuration", json={"spec": {}}).status_code == 400
    url = pool.replace("/api/v3/", "/api/v3.1/").replace("/nodepools/", "/nodepool/") + "/sync"
    assert cce.put(url).status_code == 200


def test_empty_shells_of_real_clients_are_not_set(cce):
    shells = {
        "/apiversion": "v3",
        "/spec/nodeTemplate/login/userPassword": {"username": "", "password": ""},
        "/spec/nodeTemplate/publicIP": {"eip": {"bandwidth": {}}},
        "/spec/nodeTemplate/nodeNicSpec": {"primaryNic": {}},
        "/spec/nodeTemplate/extendParam": {},
        "/spec/nodeManagement": {"serverGroupReference": ""},
        "/spec/autoscaling": {"enable": False, "minNodeCount": 0, "maxNodeCount": 0, "scaleDownCooldownTime": 0},
        "/spec/nodeTemplate/count": 1,
        "/spec/nodeTemplate/billingMode": 0,
    }
    body = a_body(**shells)
    del body["apiVersion"]
    assert cce.post(pools_of(cce), json=body).status_code == 201
