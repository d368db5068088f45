"""Bodies as clients send them, and pools as the cloud answers them, become request bodies."""

import json

import pytest

from tests.conftest import EXAMPLES
from tests.nodepool.test_formats import EXAMPLE, GOOD, TURBO_EXAMPLE, read, written
from tests.nodepool.test_rules import S, T, a_body, storage
from tests.wizard import bodies
from webapp.nodepool import check, pointers
from webapp.nodepool.formats import cleaned, parse

X, NIC = f"{T}/extendParam", f"{T}/nodeNicSpec"


def answer(name):
    return json.loads((EXAMPLES / f"{name}.json").read_text())


# What runs is kept where the cloud chose it: its own choice differs between versions.
CHOSEN = [
    ("response-cce", EXAMPLE, f"{T}/runtime", {"name": "docker"}),
    ("response-cce-turbo", TURBO_EXAMPLE, f"{T}/os", "EulerOS 2.9"),
]


@pytest.mark.parametrize(("name", "request_body", "at", "chosen"), CHOSEN, ids=["cce", "turbo"])
def test_the_published_answers_become_the_published_requests(name, request_body, at, chosen):
    found = cleaned(answer(name)).body
    assert pointers.get(found, at) == chosen
    assert pointers.without(found, at) == request_body


def test_what_the_cloud_wrote_is_listed():
    found = cleaned(answer("response-cce"))
    assert [(note.pointer, note.message) for note in found.left_out] == [
        ("/status", "The cloud writes this itself."),
        ("/metadata/uid", "The cloud writes this itself."),
        (f"{T}/k8sTags/cce.cloud.com~1cce-nodepool", "The cloud writes this itself."),
        (f"{X}/publicKey", "The cloud writes this itself."),
        (S, "This is the layout that the cloud makes itself when none is said."),
    ]


@pytest.mark.parametrize(("cluster", "body"), GOOD, ids=["small", "wide", "bare metal", "turbo example", "old"])
def test_a_pool_that_was_made_can_be_made_again_from_what_the_cloud_answers(anna, cluster, body):
    from webapp.cloud.client import Cloud

    cloud = Cloud(anna)
    cluster_id = next(one["metadata"]["uid"] for one in cloud.clusters() if one["metadata"]["name"] == cluster)
    made = cloud.create_node_pool(cluster_id, body)
    found = cleaned(cloud.node_pool(cluster_id, made["metadata"]["uid"])).body
    for at in (f"{T}/billingMode", f"{T}/os"):  # the cloud's own choice, where the body says nothing
        found = found if pointers.get(body, at) is not None else pointers.without(found, at)
    is_default = pointers.get(body, S) == storage()
    assert found == (pointers.without(body, S) if is_default else body)


OWN = {
    "other parts": {"/storageGroups/0/virtualSpaces/0/size": "80%"},
    "another name": {"/storageSelectors/0/name": "own", "/storageGroups/0/selectorNames/0": "own"},
    "all disks": {"/storageSelectors/0/matchLabels": {"size": "100"}},
    "striped": {"/storageGroups/0/virtualSpaces/0/runtimeConfig": {"lvType": "striped"}},
    "the second disk": {"/storageSelectors/0/matchLabels": {"size": "200", "count": "1"}},
}


@pytest.mark.parametrize("change", OWN.values(), ids=OWN)
def test_a_storage_of_its_own_is_kept(change):
    disks = [{"volumetype": "SAS", "size": 100}, {"volumetype": "SAS", "size": 200}]
    body = a_body(**{S: storage(**change), f"{T}/dataVolumes": disks})
    assert cleaned({**body, "status": {"phase": ""}}).body == body


def test_a_storage_is_kept_where_local_disks_demand_one():
    body = a_body(**{S: storage(), f"{T}/flavor": "d2.xlarge.8"})
    assert cleaned({**body, "status": {}}).body == body


def test_a_request_keeps_the_storage_that_it_says():
    body = a_body(**{S: storage()})
    assert cleaned(body).body == body


def test_a_list_of_one_pool_is_that_pool():
    pool = answer("response-cce")
    assert cleaned({"kind": "List", "apiVersion": "v3", "items": [pool]}) == cleaned(pool)


# Zero values that the Go SDK writes, and Terraform through it.
GO = {
    f"{T}/login": {"sshKey": "id_rsa", "userPassword": {"username": "", "password": ""}},
    f"{T}/publicIP": {"eip": {"bandwidth": {}}},
    f"{NIC}": {"primaryNic": {}},
    f"{T}/runtime": {},
    f"{T}/count": 1,
    "/spec/autoscaling": {
        "enable": False,
        "minNodeCount": 0,
        "maxNodeCount": 0,
        "scaleDownCooldownTime": 0,
        "priority": 0,
    },
    "/spec/nodeManagement": {"serverGroupReference": ""},
    f"{X}": {"maxPods": 55, "isAutoRenew": "false", "isAutoPay": "false"},
}


@pytest.mark.parametrize("key", ["apiversion", "apiVersion", "APIVERSION"])
def test_a_body_as_the_go_sdk_sends_it_is_taken_whole(key):
    body = a_body(**GO)
    body[key] = body.pop("apiVersion")
    found = read("json", json.dumps(body))
    wanted = a_body(**{at: GO[at] for at in (f"{T}/count", "/spec/autoscaling", X)})
    del wanted["spec"]["nodeTemplate"]["runtime"]
    assert (found.body, found.left_out) == (wanted, ())
    assert [one.code for one in check(found.body, {}) if one.is_error] == []


@pytest.mark.parametrize("shell", [{}, {"username": "", "password": ""}, {"username": ""}, None])
def test_a_password_with_empty_members_is_none(shell):
    found = read("json", json.dumps(a_body(**{f"{T}/login/userPassword": shell})))
    assert found.left_out == ()
    assert not pointers.get(found.body, f"{T}/login/userPassword")


def test_a_body_as_the_python_sdk_is_given_it_gets_its_kind():
    body = a_body()
    bare = {name: body[name] for name in ("metadata", "spec")}
    assert read("json", json.dumps(bare)).body == body
    assert read("yaml", written("yaml", bare).text).body == body


def test_a_body_as_the_cloud_layer_of_the_python_sdk_sends_it_is_taken():
    body = a_body(**{NIC: {"primaryNic": {"subnet_id": "31be174a"}}, f"{T}/k8sTags": {}, f"{T}/taints": []})
    del body["spec"]["type"]
    found = read("json", json.dumps(body))
    assert [(note.pointer, note.message) for note in found.left_out] == [
        (f"{NIC}/primaryNic/subnet_id", "The cloud does not read this: the subnet is said as subnetId.")
    ]
    wanted = a_body(**{f"{T}/taints": []})
    del wanted["spec"]["type"]
    assert found.body == wanted


def test_a_bandwidth_in_a_text_becomes_a_number():
    eip = {"iptype": "5_bgp", "bandwidth": {"size": "5", "sharetype": "PER", "chargemode": "traffic"}}
    found = read("json", json.dumps(a_body(**{f"{T}/publicIP": {"count": 1, "eip": eip}})))
    assert pointers.get(found.body, f"{T}/publicIP/eip/bandwidth/size") == 5


def test_what_is_cleaned_is_left_as_it_was():
    pool = answer("response-cce")
    before = json.dumps(pool)
    cleaned(pool)
    assert json.dumps(pool) == before


def test_a_text_can_be_had_as_it_stands():
    body = {**a_body(), "status": {"phase": ""}}
    text = json.dumps(body).encode()
    assert parse("json", text) == parse("yaml", text) == body
    assert parse("terraform", written("terraform", bodies.WIDE).text.encode())["metadata"] == {"name": "wide-1"}
