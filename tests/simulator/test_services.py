# ruff: noqa: E501 - rows of a table
"""The services around CCE, as curl sees them: every documented call, status and error body."""

import pytest
import requests

from tests.conftest import ANNA
from tests.nodepool.test_rules import a_body
from tests.simulator.conftest import PROJECT, pools_of
from webapp.simulator import seed

SUBNET = seed.SUBNET
GROUP = seed.security_groups()[0]["id"]
KEY = seed.kms_keys()[0]["key_id"]


def token_of(local_cloud, user="anna", scope=None, **more):
    who = {"name": user, "password": f"{user}-demo-1", "domain": {"name": ANNA["domain"]}}
    identity = {"methods": ["password"], "password": {"user": who}, **more}
    auth = {"identity": identity} | ({"scope": scope} if scope else {})
    return requests.post(f"{local_cloud.url}/v3/auth/tokens", json={"auth": auth}, timeout=5)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"/v2.1/{PROJECT}/os-keypairs/id_rsa", "keypair"),
        (f"/v2.1/{PROJECT}/flavors/detail", "flavors"),
        (f"/v2.1/{PROJECT}/os-server-groups", "server_groups"),
        (f"/v2.1/{PROJECT}/os-availability-zone", "availabilityZoneInfo"),
        (f"/v1/{PROJECT}/vpcs/{seed.VPC}", "vpc"),
        (f"/v1/{PROJECT}/subnets/{SUBNET}", "subnet"),
        (f"/v1/{PROJECT}/publicips/{seed.eips()[0]['id']}", "publicip"),
        ("/v2.0/networks", "networks"),
        ("/v2.0/subnets", "subnets"),
        ("/v2.0/security-groups", "security_groups"),
        (f"/v2.0/network-ip-availabilities/{SUBNET}", "network_ip_availability"),
        (f"/v3/{PROJECT}/vpc/security-groups", "page_info"),
        (f"/v3/{PROJECT}/types", "volume_types"),
        ("/v2/cloudimages", "images"),
        (f"/v1/{PROJECT}/quotas", "quotas"),
        ("/v3/auth/catalog", "catalog"),
        ("/v3/auth/projects", "projects"),
        ("/v3/regions", "regions"),
    ],
)
def test_a_documented_call_is_answered(cce, local_cloud, path, name):
    answer = cce.get(local_cloud.url + path)
    assert (answer.status_code, bool(answer.json()[name])) == (200, True)


@pytest.mark.parametrize(
    ("path", "where"),
    [
        (f"/v2.1/{PROJECT}/os-keypairs/nobodys", ("itemNotFound", "message")),
        (f"/v1/{PROJECT}/subnets/none", ("message",)),
        (f"/v1/{PROJECT}/vpcs/none", ("message",)),
        ("/v2.0/network-ip-availabilities/none", ("NeutronError", "message")),
        ("/v9/nothing", ("error_msg",)),
    ],
)
def test_each_service_says_in_its_own_form_that_something_is_not_there(cce, local_cloud, path, where):
    answer = cce.get(local_cloud.url + path)
    said = answer.json()
    for step in where:
        said = said[step]
    assert answer.status_code == 404
    assert said


@pytest.mark.parametrize("name", ["vpcs", "subnets", "security-groups", "publicips"])
def test_lists_go_on_after_a_marker(cce, local_cloud, name):
    url, key = f"{local_cloud.url}/v1/{PROJECT}/{name}", name.replace("-", "_")
    whole = [one["id"] for one in cce.get(url).json()[key]]
    first = cce.get(url, params={"limit": 1}).json()[key]
    rest = cce.get(url, params={"limit": 2000, "marker": first[0]["id"]}).json()[key]
    assert [one["id"] for one in first + rest] == whole


def test_a_key_is_described_with_its_kind(cce, local_cloud):
    url = f"{local_cloud.url}/v1.0/{PROJECT}/kms/describe-key"
    assert cce.post(url, json={"key_id": KEY}).json()["key_info"]["key_spec"] == "AES_256"
    assert cce.post(url, json={"key_id": "none"}).json()["error"]["error_code"].startswith("KMS.")


def test_images_are_filtered(cce, local_cloud):
    found = cce.get(f"{local_cloud.url}/v2/cloudimages", params={"virtual_env_type": "Ironic"}).json()["images"]
    assert [one["id"] for one in found] == [seed.IMAGES[1]]


def test_quotas_count_what_pools_use(cce, local_cloud):
    before = cce.get(f"{local_cloud.url}/v1/{PROJECT}/cloudservers/limits").json()["absolute"]
    eip = {"count": 2, "eip": {"iptype": "5_bgp", "bandwidth": {"size": 5, "sharetype": "PER"}}}
    assert cce.post(pools_of(cce), json=a_body(**{"/spec/nodeTemplate/publicIP": eip})).status_code == 201
    after = cce.get(f"{local_cloud.url}/v1/{PROJECT}/cloudservers/limits").json()["absolute"]
    assert after["totalInstancesUsed"] - before["totalInstancesUsed"] == 2
    assert after["totalCoresUsed"] - before["totalCoresUsed"] == 8
    disks = cce.get(f"{local_cloud.url}/v2/{PROJECT}/os-quota-sets/{PROJECT}?usage=True").json()["quota_set"]
    assert disks["gigabytes"]["in_use"] == 2100 + 2 * 150
    eips = cce.get(f"{local_cloud.url}/v1/{PROJECT}/quotas?type=publicIp").json()["quotas"]["resources"]
    assert [one["used"] for one in eips] == [5]
    addresses = cce.get(f"{local_cloud.url}/v2.0/network-ip-availabilities/{SUBNET}").json()["network_ip_availability"]
    assert addresses["used_ips"] == 17 + 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"/spec/initialNodeCount": 198, "/spec/nodeTemplate/flavor": "c4ne.8xlarge.4"}, None),
        ({"/spec/initialNodeCount": 190, "/spec/nodeTemplate/dataVolumes": [{"volumetype": "SAS", "size": 32768}]}, "CCE.01400013"),
        ({"/spec/initialNodeCount": 60, "/spec/nodeTemplate/publicIP": {"count": 60, "eip": {"iptype": "5_bgp", "bandwidth": {"size": 5, "sharetype": "PER"}}}}, "CCE.01400012"),
    ],
    ids=["within", "volumes", "EIPs"],
)  # fmt: skip
def test_a_pool_beyond_a_quota_is_refused_with_its_code(cce, change, code):
    answer = cce.post(pools_of(cce), json=a_body(**change))
    assert (answer.status_code, answer.json().get("errorCode")) == ((400, code) if code else (201, None))


def test_cpu_quota_counts_all_clusters_of_the_project(cce):
    big = {"/spec/initialNodeCount": 190, "/spec/nodeTemplate/flavor": "c7n.8xlarge.2"}
    assert cce.post(pools_of(cce), json=a_body(**big)).status_code == 201
    other = a_body(**{**big, "/spec/initialNodeCount": 70})
    answer = cce.post(pools_of(cce, "turbo"), json=other)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "CCE.01400009")


def test_a_token_of_the_whole_account_lists_agencies_for_who_may(local_cloud):
    url = f"{local_cloud.url}/v3.0/OS-AGENCY/agencies?domain_id={seed.DOMAIN['id']}"
    answers = []
    for user, scope in (
        ("anna", {"domain": {"name": ANNA["domain"]}}),
        ("ben", {"domain": {"id": seed.DOMAIN["id"]}}),
        ("anna", {"project": {"name": ANNA["project"]}, "domain": {"id": seed.DOMAIN["id"]}}),
    ):
        token = token_of(local_cloud, user, scope).headers["X-Subject-Token"]
        answers.append(requests.get(url, headers={"X-Auth-Token": token}, timeout=5))
    assert [one.status_code for one in answers] == [200, 403, 403]
    assert "node-monitoring" in {one["name"] for one in answers[0].json()["agencies"]}
    assert answers[1].json()["error"]["title"] == "Forbidden"


def test_a_token_can_be_looked_at_by_head_and_ended(local_cloud):
    token = token_of(local_cloud).headers["X-Subject-Token"]
    url, headers = f"{local_cloud.url}/v3/auth/tokens", {"X-Auth-Token": token, "X-Subject-Token": token}
    looked = requests.head(url, headers=headers, timeout=5)
    assert (looked.status_code, looked.text, looked.headers["X-Subject-Token"]) == (200, "", token)
    assert requests.get(url, headers={**headers, "X-Subject-Token": "none"}, timeout=5).status_code == 404
    assert requests.delete(url, headers=headers, timeout=5).status_code == 204
    assert requests.get(url, headers=headers, timeout=5).json()["error"]["code"] == 401


@pytest.mark.parametrize(
    ("scope", "more", "status"),
    [
        ({"domain": {"name": "no-such-domain"}}, {}, 404),
        ({"project": {"name": "no-such-project"}}, {}, 404),
        (None, {"methods": ["token"]}, 400),
        (None, {"methods": ["password", "totp"], "totp": {"user": {"passcode": "000000"}}}, 401),
        (None, {"methods": ["password", "totp"], "totp": {"user": {"passcode": seed.PASSCODE}}}, 201),
    ],
)
def test_signing_in_is_answered_as_documented(local_cloud, scope, more, status):
    answer = token_of(local_cloud, scope=scope, **more)
    assert answer.status_code == status
    assert status == 201 or answer.json()["error"]["code"] == status


def test_discovery_finds_iam(local_cloud):
    version = requests.get(f"{local_cloud.url}/v3", timeout=5).json()["version"]
    assert (version["id"].startswith("v3."), version["status"], version["links"][0]["rel"]) == (True, "stable", "self")
