"""The official SDK, unmodified, against the local cloud."""

import pytest

from tests.conftest import ANNA
from tests.nodepool.test_rules import a_body

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
