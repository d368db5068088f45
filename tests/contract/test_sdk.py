"""The official SDK, unmodified, against the local cloud."""

from types import SimpleNamespace

import pytest
import yaml

from tests.conftest import ANNA
from tests.nodepool.test_formats import lost
from tests.nodepool.test_rules import S, T, a_body, storage
from tests.wizard.bodies import KEY, script
from webapp.nodepool.formats import FORMATS, Target
from webapp.simulator import seed

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def connection(local_cloud):
    import openstack
    from otcextensions import sdk

    connected = openstack.connect(
        auth={
            "auth_url": f"{local_cloud.url}/v3",
            "username": ANNA["user"],
            "password": ANNA["password"],
            "user_domain_name": ANNA["domain"],
            "project_name": ANNA["project"],
            "project_domain_name": ANNA["domain"],
        },
        region_name="eu-de",
        identity_api_version="3",
        interface="public",
        load_yaml_config=False,
        load_envvars=False,
    )
    sdk.register_otc_extensions(connected)
    yield connected
    connected.close()


def test_the_sdk_creates_finds_waits_for_and_deletes_a_node_pool(connection, local_cloud):
    clusters = {one.name: one for one in connection.cce.clusters()}
    assert {"prod-standard", "legacy-standard", "turbo", "upgrading"} <= set(clusters)
    cluster = clusters["prod-standard"]
    created = connection.cce.create_node_pool(cluster, **a_body())
    found = connection.cce.find_node_pool(cluster, "pool-1")
    assert found.id == created.id
    local_cloud.advance(3600)
    read = connection.cce.get_node_pool(cluster, created.id)
    assert (read.status.status, read.status.current_node) == ("", 2)
    connection.cce.delete_node_pool(cluster, created.id)
    local_cloud.advance(3600)
    assert list(connection.cce.node_pools(cluster)) == []


def test_the_sdk_lists_what_the_pick_lists_show(connection):
    assert "id_rsa" in {one.name for one in connection.compute.keypairs()}
    assert "vpc-clusters" in {one.name for one in connection.vpc.vpcs()}


# What Ansible hands to the module where a task says nothing.
DEFAULTS = {
    "availability_zone": "random",
    "autoscaling_enabled": False,
    "data_volumes": [{"volumetype": "SATA", "size": 100, "encrypted": False, "cmk_id": ""}],
    "initial_node_count": 0,
    "root_volume_size": 40,
    "root_volume_type": "SATA",
}
SUBNET = {f"{T}/nodeNicSpec/primaryNic/subnetId": seed.SUBNET}
AUTOSCALING = {"enable": True, "minNodeCount": 1, "maxNodeCount": 4, "scaleDownCooldownTime": 10, "priority": 2}
FOR_ANSIBLE = {
    "small": a_body(**SUBNET),
    "wide": a_body(
        **{
            **SUBNET,
            f"{T}/dataVolumes": [
                {"volumetype": "SSD", "size": 150},
                {
                    "volumetype": "SAS",
                    "size": 100,
                    "metadata": {"__system__encrypted": "1", "__system__cmkid": KEY},
                },
            ],
            f"{T}/extendParam": {
                "maxPods": 50,
                "alpha.cce/preInstall": script("echo before"),
                "alpha.cce/postInstall": script("echo after"),
            },
            f"{T}/userTags": [{"key": "team", "value": "blue"}],
            f"{T}/k8sTags": {"team": "blue"},
            f"{T}/taints": [{"key": "team", "value": "blue", "effect": "NoExecute"}],
            "/spec/autoscaling": AUTOSCALING,
            "/spec/nodeManagement": {"serverGroupReference": seed.SERVER_GROUP},
        }
    ),
    "more than it can": a_body(
        **{
            **SUBNET,
            S: storage(),
            f"{T}/rootVolume/hw:passthrough": True,
            f"{T}/extendParam": {"DockerLVMConfigOverride": "diskType=evs", "agency_name": "node-monitoring"},
            "/spec/autoscaling": {**AUTOSCALING, "enable": False},
            "/spec/customSecurityGroups": [],
        }
    ),
}


@pytest.mark.parametrize("body", FOR_ANSIBLE.values(), ids=FOR_ANSIBLE)
def test_an_exported_task_makes_the_pool_but_for_what_was_named(connection, local_cloud, monkeypatch, body):
    """The module hands its arguments to this function; the local cloud does not know Neutron, which it asks first."""
    monkeypatch.setattr(connection.network, "find_network", lambda found, **_: SimpleNamespace(id=found))
    cluster = connection.cce.find_cluster("prod-standard")
    made = FORMATS["ansible"].write(body, Target(cluster.id))
    (task,) = yaml.safe_load(made.text)
    arguments = {**DEFAULTS, **task["opentelekomcloud.cloud.cce_node_pool"]}
    assert arguments.pop("state") == "present"
    connection.create_cce_node_pool(**arguments)
    (sent,) = [one["body"] for one in local_cloud.log("POST", "nodepools")]
    assert lost(body, sent) <= {note.pointer for note in made.left_out} | {"/spec/type"}
    assert not lost(sent, body) - {f"{T}/nodeNicSpec/primaryNic/subnet_id"}


def test_a_value_that_the_module_refuses_stops_the_task(connection):
    for change in (
        {f"{T}/rootVolume/volumetype": "GPSSD"},
        {f"{T}/taints": [{"key": "a", "value": "b", "effect": "PreferNoSchedule"}]},
        {f"{T}/taints": [{"key": "a", "value": "", "effect": "NoExecute"}]},
    ):
        made = FORMATS["ansible"].write(a_body(**SUBNET, **change), Target("cluster-1"))
        assert "The module stops at this value." in [note.message for note in made.left_out]
        (task,) = yaml.safe_load(made.text)
        with pytest.raises((ValueError, TypeError)):
            connection.create_cce_node_pool(**{**DEFAULTS, **task["opentelekomcloud.cloud.cce_node_pool"]})


def test_the_sdk_waits_for_the_job_of_a_deletion(connection, local_cloud):
    cluster = next(one for one in connection.cce.clusters() if one.name == "prod-standard")
    created = connection.cce.create_node_pool(cluster, **a_body())
    path = f"/clusters/{cluster.id}/nodepools/{created.id}"
    job_id = connection.cce.delete(path).json()["status"]["jobId"]
    local_cloud.advance(3600)
    job = connection.cce.get_job(job_id)
    assert connection.cce.wait_for_job(job, interval=0, wait=5).status.status == "Success"


def test_the_sdk_finds_key_pairs_networks_and_groups_in_the_words_of_openstack(connection):
    assert connection.compute.find_keypair("id_rsa").name == "id_rsa"
    assert connection.network.find_network("subnet-nodes").status == "ACTIVE"
    assert connection.network.find_security_group("web-nodes").name == "web-nodes"
    assert "c7n.xlarge.2" in {one.name for one in connection.compute.flavors()}
    assert "SAS" in {one.name for one in connection.block_storage.types()}
