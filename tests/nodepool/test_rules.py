# ruff: noqa: E501 - rows of a table
"""Every row changes a good body at one place and names the rule that must speak there, or its silence."""

import copy
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import EXAMPLES, ROOT
from webapp.nodepool import Cluster, Facts, check, pointers, rules
from webapp.nodepool.facts import Flavor, KeyPair, Quota, Quotas, ServerGroup, Subnet, VolumeType, Zone
from webapp.nodepool.rules import CATALOGUE, MAX_PROBLEMS
from webapp.nodepool.rules.shape import BODY, Many, Thing
from webapp.nodepool.rules.structure import Held, held

STANDARD = {"category": "standard", "version": "v1.29"}
TURBO = {"category": "turbo", "version": "v1.29"}
T = "/spec/nodeTemplate"


class DROP:
    """Stands for a member that is left out."""


def a_body(**changes):
    body = {
        "kind": "NodePool",
        "apiVersion": "v3",
        "metadata": {"name": "pool-1"},
        "spec": {
            "type": "vm",
            "initialNodeCount": 2,
            "nodeTemplate": {
                "flavor": "c7n.xlarge.2",
                "az": "eu-de-01",
                "os": "HCE OS 2.0",
                "login": {"sshKey": "id_rsa"},
                "rootVolume": {"volumetype": "SAS", "size": 50},
                "dataVolumes": [{"volumetype": "SAS", "size": 100}],
                "runtime": {"name": "containerd"},
            },
        },
    }
    for at, value in changes.items():
        change(body, at, value)
    return body


def change(document, at, value):
    if value is DROP:
        holder, _, last = at.rpartition("/")
        del pointers.get(document, holder)[pointers.split(f"/{last}")[0]]
    else:
        pointers.put(document, at, copy.deepcopy(value))


def storage(**changes):
    made = {
        "storageSelectors": [{"name": "cceUse", "storageType": "evs", "matchLabels": {"size": "100", "count": "1"}}],
        "storageGroups": [
            {
                "name": "vgpaas",
                "cceManaged": True,
                "selectorNames": ["cceUse"],
                "virtualSpaces": [{"name": "runtime", "size": "90%"}, {"name": "kubernetes", "size": "10%"}],
            }
        ],
    }
    for at, value in changes.items():
        change(made, at, value)
    return made


USER = {"name": "user", "size": "100%", "lvmConfig": {"lvType": "linear", "path": "/opt/data"}}
EIP = {"iptype": "5_bgp", "bandwidth": {"size": 5, "sharetype": "PER"}}
LOST = {"name": "lost", "storageType": "evs", "matchLabels": {"size": "999"}}
S = f"{T}/storage"
SPACE = "/storageGroups/0/virtualSpaces"
STRIPED = {
    "/storageSelectors/0/matchLabels": {},
    f"{SPACE}/0/runtimeConfig": {"lvType": "striped"},
    f"{SPACE}/1/lvmConfig": {"lvType": "striped"},
}

ERRORS = [
    ("/kind", "Pool", "/kind", "NP-KIND-01"),
    ("/kind", DROP, "/kind", "NP-KIND-01"),
    ("/apiVersion", "v2", "/apiVersion", "NP-KIND-02"),
    ("/metadata", DROP, "/metadata", "NP-META-01"),
    ("/metadata/name", DROP, "/metadata/name", "NP-NAME-01"),
    ("/metadata/name", "a" * 51, "/metadata/name", "NP-NAME-01"),
    ("/metadata/name", "pool-", "/metadata/name", "NP-NAME-02"),
    ("/metadata/name", "my_pool", "/metadata/name", "NP-NAME-02"),
    ("/metadata/name", "1pool", "/metadata/name", "NP-NAME-02"),
    ("/metadata/name", "DefaultPool", "/metadata/name", "NP-NAME-03"),
    ("/spec/type", "bms", "/spec/type", "NP-TYPE-01"),
    ("/spec/type", "ElasticBMS", "/spec/type", "NP-TYPE-02"),
    ("/spec/initialNodeCount", -1, "/spec/initialNodeCount", "NP-COUNT-01"),
    ("/spec/initialNodeCount", "2", "/spec/initialNodeCount", "NP-COUNT-01"),
    ("/spec/initialNodeCount", True, "/spec/initialNodeCount", "NP-COUNT-01"),
    ("/spec/initialNodeCount", 2.0, "/spec/initialNodeCount", "NP-COUNT-01"),
    ("/spec/initialNodeCount", DROP, "/spec/initialNodeCount", "NP-COUNT-01"),
    ("/spec/customSecurityGroups", ["a"] * 6, "/spec/customSecurityGroups", "NP-SG-02"),
    ("/spec/customSecurityGroups", [1], "/spec/customSecurityGroups/0", "NP-SG-01"),
    ("/spec/nodeTemplate", [], "/spec/nodeTemplate", "NP-TMPL-01"),
    (f"{T}/flavor", DROP, f"{T}/flavor", "NP-FLAV-01"),
    (f"{T}/az", "", f"{T}/az", "NP-AZ-01"),
    (f"{T}/os", "CentOS 7.6", f"{T}/os", "NP-OS-06"),
    (f"{T}/os", "EulerOS 2.5", f"{T}/os", "NP-OS-07"),
    (f"{T}/billingMode", 1, f"{T}/billingMode", "NP-BILL-01"),
    (f"{T}/login", DROP, f"{T}/login", "NP-LOGIN-00"),
    (f"{T}/login", {}, f"{T}/login/sshKey", "NP-LOGIN-04"),
    (f"{T}/login/sshKey", "my key", f"{T}/login/sshKey", "NP-LOGIN-01"),
    (f"{T}/login/userPassword", {"username": "root", "password": "p"}, f"{T}/login/userPassword", "NP-LOGIN-04"),
    (f"{T}/rootVolume/size", 39, f"{T}/rootVolume/size", "NP-ROOT-01"),
    (f"{T}/rootVolume/size", 1025, f"{T}/rootVolume/size", "NP-ROOT-01"),
    (f"{T}/rootVolume/volumetype", "co-p1", f"{T}/rootVolume/volumetype", "NP-VOL-TYPE-04"),
    (f"{T}/rootVolume/volumetype", "FAST", f"{T}/rootVolume/volumetype", "NP-VOL-TYPE-01"),
    (f"{T}/dataVolumes", DROP, f"{T}/dataVolumes", "NP-DATA-03"),
    (f"{T}/dataVolumes", [], f"{T}/dataVolumes", "NP-DATA-03"),
    (f"{T}/dataVolumes", [{"volumetype": "SAS", "size": 100}] * 17, f"{T}/dataVolumes", "NP-DATA-02"),
    (f"{T}/dataVolumes/0/size", 99, f"{T}/dataVolumes/0/size", "NP-DATA-01"),
    (f"{T}/dataVolumes/0/size", 32769, f"{T}/dataVolumes/0/size", "NP-DATA-01"),
    (f"{T}/dataVolumes/0/hw:passthrough", "true", f"{T}/dataVolumes/0/hw:passthrough", "NP-VOL-SCSI-01"),
    (
        f"{T}/rootVolume/metadata",
        {"__system__encrypted": "1"},
        f"{T}/rootVolume/metadata/__system__cmkid",
        "NP-VOL-ENC-02",
    ),
    (
        f"{T}/rootVolume/metadata",
        {"__system__encrypted": True},
        f"{T}/rootVolume/metadata/__system__encrypted",
        "NP-VOL-ENC-01",
    ),
    (f"{T}/rootVolume/metadata", {"__system__cmkid": "k" * 36}, f"{T}/rootVolume/metadata/__system__cmkid", "NP-X-10"),
    (f"{T}/nodeNicSpec", {"primaryNic": {"fixedIps": ["10.0.0.300"]}}, f"{T}/nodeNicSpec/primaryNic/fixedIps/0", "NP-NIC-06"),
    (f"{T}/nodeNicSpec", {"primaryNic": {"ipBlock": "10.0.0.0"}}, f"{T}/nodeNicSpec/primaryNic/ipBlock", "NP-NIC-07"),
    (f"{T}/publicIP", {"count": 1}, f"{T}/publicIP/eip", "NP-EIP-03"),
    (
        f"{T}/publicIP",
        {"count": 1, "eip": {"iptype": "5_bgp", "bandwidth": {"size": 0, "sharetype": "PER"}}},
        f"{T}/publicIP/eip/bandwidth/size",
        "NP-EIP-06",
    ),
    (
        f"{T}/publicIP",
        {"count": 1, "eip": {"iptype": "5_bgp", "bandwidth": {"size": 5, "sharetype": "WHOLE"}}},
        f"{T}/publicIP/eip/bandwidth/sharetype",
        "NP-EIP-07",
    ),
    (f"{T}/publicIP", {"ids": ["a", "b", "c"]}, f"{T}/publicIP/ids", "NP-EIP-02"),
    (f"{T}/extendParam", {"maxPods": 15}, f"{T}/extendParam/maxPods", "NP-PODS-01"),
    (f"{T}/extendParam", {"maxPods": 257}, f"{T}/extendParam/maxPods", "NP-PODS-01"),
    (f"{T}/extendParam", {"alpha.cce/preInstall": "ls -l"}, f"{T}/extendParam/alpha.cce~1preInstall", "NP-SCRIPT-01"),
    (
        f"{T}/extendParam",
        {"alpha.cce/preInstall": "AAAA" * 1280, "alpha.cce/postInstall": "AAAA" * 1281},
        f"{T}/extendParam/alpha.cce~1postInstall",
        "NP-SCRIPT-02",
    ),
    (f"{T}/extendParam", {"nicMultiqueue": '[{"queue":4}]'}, f"{T}/extendParam/nicMultiqueue", "NP-NICQ-01"),
    (f"{T}/extendParam", {"containerBaseSize": 9}, f"{T}/extendParam/containerBaseSize", "NP-BASE-01"),
    (f"{T}/userTags", {"a": "b"}, f"{T}/userTags", "NP-UTAG-01"),
    (f"{T}/userTags", [{"key": f"k{i}", "value": ""} for i in range(21)], f"{T}/userTags", "NP-UTAG-02"),
    (f"{T}/userTags", [{"key": "a", "value": ""}] * 2, f"{T}/userTags/1/key", "NP-UTAG-03"),
    (f"{T}/userTags", [{"key": "k" * 37, "value": ""}], f"{T}/userTags/0/key", "NP-UTAG-04"),
    (f"{T}/userTags", [{"key": "k", "value": "v" * 44}], f"{T}/userTags/0/value", "NP-UTAG-05"),
    (f"{T}/userTags", [{"key": "sys_x", "value": ""}], f"{T}/userTags/0/key", "NP-UTAG-07"),
    (f"{T}/k8sTags", {f"k{i}": "" for i in range(21)}, f"{T}/k8sTags", "NP-KTAG-01"),
    (f"{T}/k8sTags", {"a": 1}, f"{T}/k8sTags/a", "NP-KTAG-01"),
    (f"{T}/k8sTags", {"a-": "x"}, f"{T}/k8sTags/a-", "NP-KTAG-02"),
    (f"{T}/k8sTags", {"A.b/c": "x"}, f"{T}/k8sTags/A.b~1c", "NP-KTAG-03"),
    (f"{T}/k8sTags", {"a": "-x"}, f"{T}/k8sTags/a", "NP-KTAG-04"),
    (f"{T}/k8sTags", {"cce.cloud.com/x": "y"}, f"{T}/k8sTags/cce.cloud.com~1x", "NP-KTAG-05"),
    (f"{T}/taints", [{"key": "a", "value": "b", "effect": "PrefereNoSchedule"}], f"{T}/taints/0/effect", "NP-TAINT-05"),
    (f"{T}/taints", [{"key": "a", "effect": "NoSchedule"}] * 2, f"{T}/taints/1/key", "NP-TAINT-06"),
    (f"{T}/taints", [{"key": "a b", "effect": "NoSchedule"}], f"{T}/taints/0/key", "NP-TAINT-03"),
    ("/spec/autoscaling", {"enable": True, "minNodeCount": 3, "maxNodeCount": 2}, "/spec/autoscaling/maxNodeCount", "NP-AS-03"),
    ("/spec/autoscaling", {"enable": True, "priority": 1.5}, "/spec/autoscaling/priority", "NP-AS-05"),
    ("/spec/autoscaling", {"enable": "true"}, "/spec/autoscaling/enable", "NP-AS-01"),
    (S, {"storageSelectors": [], "storageGroups": []}, f"{S}/storageSelectors", "NP-STOR-02"),
    (S, storage(**{"/storageSelectors/0/matchLabels/size": "100GB"}), f"{S}/storageSelectors/0/matchLabels/size", "NP-SEL-05"),
    (S, storage(**{"/storageSelectors/0/matchLabels/size": 100}), f"{S}/storageSelectors/0/matchLabels/size", "NP-SEL-05"),
    (S, storage(**{"/storageSelectors/0/matchLabels/size": "200"}), f"{S}/storageSelectors/0", "NP-SEL-11"),
    (S, storage(**{"/storageSelectors/0/matchLabels/count": "0"}), f"{S}/storageSelectors/0/matchLabels/count", "NP-SEL-09"),
    (S, storage(**{"/storageGroups/0/selectorNames": ["x"]}), f"{S}/storageGroups/0/selectorNames/0", "NP-GRP-03"),
    (S, storage(**{f"{SPACE}/0/size": "95%"}), f"{S}{SPACE}", "NP-SPACE-04"),
    (S, storage(**{f"{SPACE}/0/size": "90"}), f"{S}{SPACE}/0/size", "NP-SPACE-03"),
    (S, storage(**{f"{SPACE}/0/size": "0%"}), f"{S}{SPACE}/0/size", "NP-SPACE-03"),
    (S, storage(**{"/storageGroups/0/cceManaged": False}), f"{S}{SPACE}/0/name", "NP-SPACE-02"),
    (S, storage(**{f"{SPACE}/0/runtimeConfig": {"lvType": "striped"}}), f"{S}{SPACE}/0/runtimeConfig/lvType", "NP-LVM-03"),
    (S, storage(**{f"{SPACE}/1": {**USER, "size": "10%", "lvmConfig": {"lvType": "linear"}}}), f"{S}{SPACE}/1/lvmConfig/path", "NP-PATH-01"),
    (S, storage(**{f"{SPACE}/1": {"name": "user", "size": "10%"}}), f"{S}{SPACE}/1/lvmConfig", "NP-SPACE-05"),
    (S, storage(**{f"{SPACE}/1": {**USER, "size": "10%", "lvmConfig": {"lvType": "linear", "path": "/var/lib/x"}}}), f"{S}{SPACE}/1/lvmConfig/path", "NP-PATH-02"),
    (f"{T}/flavor", "d2.xlarge.8", S, "NP-VOL-LOCAL-01"),
    ("/spec/customSecurityGroups", {}, "/spec/customSecurityGroups", "NP-SG-01"),
    ("/spec/autoscaling", [], "/spec/autoscaling", "NP-AS-00"),
    ("/spec/initialNodeCount", 10**20, "/spec/initialNodeCount", "NP-COUNT-01"),
    (f"{T}/billingMode", "", f"{T}/billingMode", "NP-BILL-01"),
    (f"{T}/runtime", {"name": []}, f"{T}/runtime/name", "NP-RT-01"),
    (f"{T}/extendParam", {"maxPods": ""}, f"{T}/extendParam/maxPods", "NP-PODS-01"),
    (f"{T}/k8sTags", {"-a": ""}, f"{T}/k8sTags/-a", "NP-KTAG-02"),
    (f"{T}/taints", {}, f"{T}/taints", "NP-TAINT-01"),
    (f"{T}/userTags", "", f"{T}/userTags", "NP-UTAG-01"),
    (f"{T}/publicIP", {"ids": ""}, f"{T}/publicIP/ids", "NP-EIP-01"),
    (f"{T}/nodeNicSpec", {"primaryNic": {"fixedIps": ["10.0.0.1"] * 2001}}, f"{T}/nodeNicSpec/primaryNic/fixedIps", "NP-NIC-06"),
    (f"{T}/nodeNicSpec", {"primaryNic": {"fixedIps": ["10.0.0.1"] * 3}}, f"{T}/nodeNicSpec/primaryNic/fixedIps", "NP-NIC-06"),
    (f"{T}/nodeNicSpec", {"primaryNic": {"ipBlock": "10.0.0.0/255.255.255.0"}}, f"{T}/nodeNicSpec/primaryNic/ipBlock", "NP-NIC-07"),
    (f"{T}/flavor", "c7n.xlarge.2,s3.xlarge.4", f"{T}/flavor", "NP-FLAV-02"),
    (f"{T}/publicIP", {"count": 0, "eip": EIP}, f"{T}/publicIP/count", "NP-EIP-03"),
    (f"{T}/publicIP", {"count": 3, "eip": EIP}, f"{T}/publicIP/count", "NP-EIP-03"),
    (f"{T}/userTags", [{"key": "", "value": ""}], f"{T}/userTags/0/key", "NP-UTAG-04"),
    (S, storage(**{"/storageSelectors/1": LOST}), f"{S}/storageSelectors/1", "NP-SEL-11"),
    (S, storage(**{"/storageSelectors/1": LOST, "/storageGroups/0/selectorNames/1": "lost"}), f"{S}/storageSelectors/1", "NP-SEL-11"),
    (S, storage(**{"/storageSelectors/0/matchLabels": {}, "/storageSelectors/1": LOST}), f"{S}/storageSelectors/1", "NP-SEL-11"),
    (S, storage(**{"/storageSelectors/0/matchLabels/size": "0"}), f"{S}/storageSelectors/0", "NP-SEL-11"),
    (S, storage(**{"/storageSelectors/0/name": ""}), f"{S}/storageSelectors/0/name", "NP-SEL-01"),
]  # fmt: skip

SILENT = [
    ("/metadata/name", "a" * 50),
    ("/metadata/name", "a"),
    ("/spec/initialNodeCount", 0),
    ("/spec/nodeTemplate/rootVolume/size", 40),
    ("/spec/nodeTemplate/rootVolume/size", 1024),
    ("/spec/nodeTemplate/dataVolumes/0/size", 32768),
    (f"{T}/rootVolume/volumetype", "SATA"),
    (f"{T}/dataVolumes", [{"volumetype": "SAS", "size": 100}] * 16),
    (f"{T}/userTags", [{"key": f"k{i}", "value": ""} for i in range(20)]),
    (f"{T}/k8sTags", {"example.com/tier": "web", "empty": ""}),
    (f"{T}/taints", [{"key": "a", "value": "", "effect": "NoExecute"}]),
    (f"{T}/os", DROP),
    (f"{T}/runtime", DROP),
    (f"{T}/runtime", {}),
    (f"{T}/runtime", {"name": ""}),
    (f"{T}/publicIP", {"eip": {"bandwidth": {}}}),
    (f"{T}/nodeNicSpec", {"primaryNic": {}}),
    (f"{T}/login", {"sshKey": "id_rsa", "userPassword": {"username": "", "password": ""}}),
    (f"{T}/extendParam", {}),
    (f"{T}/extendParam", {"maxPods": 16}),
    (f"{T}/extendParam", {"alpha.cce/preInstall": "AAAA" * 1280, "alpha.cce/postInstall": "AAAA" * 1280}),
    (f"{T}/billingMode", 0),
    (f"{T}/count", 1),
    ("/spec/nodeManagement", {"serverGroupReference": ""}),
    ("/spec/autoscaling", {"enable": False, "minNodeCount": 0, "maxNodeCount": 0}),
    ("/metadata/uid", "x"),
    ("/spec/autoscaling", None),
    ("/spec/autoscaling", {}),
    (f"{T}/os", ""),
    (f"{T}/publicIP", {"ids": [], "count": 0, "eip": {"iptype": "", "bandwidth": {"size": 0}}}),
    (S, storage()),
    (S, storage(**{f"{SPACE}/1/name": "Kubernetes"})),
    (
        S,
        storage(
            **{SPACE: [{**USER, "size": "1%", "lvmConfig": {"lvType": "linear", "path": f"/x{i}"}} for i in range(100)]}
        ),
    ),
    (S, storage(**{"/storageSelectors/0/name": "s" * 200, "/storageGroups/0/selectorNames/0": "s" * 200})),
    (f"{T}/publicIP", {"ids": ["a"], "count": 0, "eip": {"bandwidth": {}}}),
    (f"{T}/extendParam", {"alpha.cce/preInstall": "QUFB\nQUFB\n"}),
]


def errors_of(body, cluster=STANDARD, facts=None):
    found = check(body, cluster, facts) if facts else check(body, cluster)
    return [(one.pointer, one.code) for one in found if one.is_error]


def test_the_body_that_all_rows_change_is_good():
    assert check(a_body(), STANDARD) == []


@pytest.mark.parametrize(("at", "value", "pointer", "code"), ERRORS, ids=lambda one: str(one)[:40])
def test_a_broken_rule_is_blamed_on_its_place(at, value, pointer, code):
    assert (pointer, code) in errors_of(a_body(**{at: value}))


@pytest.mark.parametrize(("at", "value"), SILENT, ids=lambda one: str(one)[:40])
def test_good_neighbours_of_each_limit_are_no_error(at, value):
    assert errors_of(a_body(**{at: value})) == []


@pytest.mark.parametrize(
    ("name", "cluster"), [("request-cce", {"category": "standard", "version": "v1.25"}), ("request-cce-turbo", TURBO)]
)
def test_the_published_examples_pass(name, cluster):
    body = json.loads((EXAMPLES / f"{name}.json").read_text())
    assert errors_of(body, cluster) == []


def test_the_key_apiversion_is_taken_in_any_case():
    body = a_body()
    body["apiversion"] = body.pop("apiVersion")
    assert check(body, STANDARD) == []
    body["apiversion"] = "v2"
    assert errors_of(body) == [("/apiversion", "NP-KIND-02")]


def test_a_key_that_nobody_knows_is_a_warning_at_its_pointer():
    found = check(a_body(**{f"{T}/colour": "red"}), STANDARD)
    assert [(one.pointer, one.code, one.is_error) for one in found] == [(f"{T}/colour", "NP-SPEC-01", False)]


def test_unknown_keys_never_hide_an_error():
    body = a_body(**{f"{T}/flavor": "", f"{T}/dataVolumes": [{"volumetype": "SAS", "size": 100, "x": 1}] * 16})
    body |= {f"key{index}": index for index in range(200)}
    body["spec"]["nodeTemplate"] |= {f"key{index}": index for index in range(200)}
    assert errors_of(body) == [(f"{T}/flavor", "NP-FLAV-01")]


def test_as_many_warnings_as_there_may_be_never_hide_an_error():
    spaces = [{**USER, "size": "1%", **{f"key{index}": 0 for index in range(20)}} for _ in range(20)]
    found = check(a_body(**{S: storage(**{SPACE: spaces}), "/metadata/name": "-"}), STANDARD)
    assert sum(not one.is_error for one in found) == MAX_PROBLEMS
    assert "/metadata/name" in [one.pointer for one in found if one.is_error]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({f"{T}/os": "EulerOS 2.5"}, f"{T}/os"),
        ({S: storage(**{"/storageSelectors/0/name": DROP})}, f"{S}/storageSelectors/0/name"),
        ({S: storage(**{"/storageSelectors": []})}, f"{S}/storageSelectors"),
        ({S: storage(**{"/storageSelectors/0/matchLabels/metadataCmkid": "k"})}, f"{S}/storageSelectors/0/matchLabels/metadataCmkid"),
        ({S: storage(**{f"{SPACE}/0/size": "101%"})}, f"{S}{SPACE}/0/size"),
        ({f"{T}/dataVolumes": [], S: storage()}, f"{T}/dataVolumes"),
        ({f"{T}/dataVolumes/0/volumetype": "x", S: storage(**{"/storageSelectors/0/matchLabels/volumeType": "SAS"})}, f"{T}/dataVolumes/0/volumetype"),
        ({S: storage(**{"/storageSelectors/1": None})}, f"{S}/storageSelectors/1"),
        ({S: storage(**{"/storageGroups/0/cceManaged": "true"})}, f"{S}/storageGroups/0/cceManaged"),
        ({S: storage(**{"/storageGroups/0/selectorNames": ["x"], **STRIPED})}, f"{S}/storageGroups/0/selectorNames/0"),
        ({S: storage(**{**STRIPED, f"{SPACE}/1/lvmConfig/lvType": "x"}), f"{T}/dataVolumes/1": {"volumetype": "SAS", "size": 100}}, f"{S}{SPACE}/1/lvmConfig/lvType"),
        ({"/spec/type": "bms", f"{T}/extendParam": {"nicThreshold": "0.3:0.6"}}, "/spec/type"),
    ],
)  # fmt: skip
def test_one_mistake_is_blamed_on_one_place(changes, pointer):
    assert [at for at, _ in errors_of(a_body(**changes))] == [pointer]


@pytest.mark.parametrize("public", [{"ids": ["a"]}, {"count": 1, "eip": EIP}])
def test_a_pool_that_starts_empty_may_have_an_address_for_its_first_node(public):
    assert errors_of(a_body(**{"/spec/initialNodeCount": 0, f"{T}/publicIP": public})) == []


def test_a_limit_of_space_per_container_that_has_no_effect_is_a_warning():
    for system, version, size in (
        ("Ubuntu 22.04", "v1.29", 20),
        ("EulerOS 2.9", "v1.25.8", 20),
        ("EulerOS 2.5", "v1.25", 81),
    ):
        runtime = "docker" if system == "EulerOS 2.5" else "containerd"
        body = a_body(**{f"{T}/os": system, f"{T}/extendParam": {"dockerBaseSize": size}, f"{T}/runtime/name": runtime})
        found = check(body, {"category": "standard", "version": version})
        assert (f"{T}/extendParam/dockerBaseSize", "NP-BASE-01", False) in [
            (one.pointer, one.code, one.is_error) for one in found
        ]


def test_containerd_in_a_tunnel_network_needs_its_patch():
    tunnel = Cluster("CCE", "v1.23.1", network_mode="overlay_l2")
    body = a_body(**{f"{T}/os": "EulerOS 2.9"})
    assert errors_of(body, tunnel) == [(f"{T}/runtime/name", "NP-RT-03")]
    assert errors_of(body, {"category": "standard", "version": "v1.23.1"}) == []


def test_bare_metal_needs_scsi_on_every_disk():
    body = a_body(**{"/spec/type": "ElasticBMS"})
    assert errors_of(body, TURBO) == [
        (f"{T}/rootVolume/hw:passthrough", "NP-VOL-SCSI-01"),
        (f"{T}/dataVolumes/0/hw:passthrough", "NP-VOL-SCSI-01"),
    ]


def test_bare_metal_needs_a_data_disk_of_a_hundred_gigabytes():
    scsi = {"volumetype": "SAS", "size": 99, "hw:passthrough": True}
    body = a_body(**{"/spec/type": "ElasticBMS", f"{T}/rootVolume": {**scsi, "size": 40}, f"{T}/dataVolumes": [scsi]})
    assert (f"{T}/dataVolumes/0/size", "NP-VOL-BMS-01") in errors_of(body, TURBO)


def test_pods_of_a_turbo_node_need_an_interface_each():
    facts = Facts(flavors=(Flavor("c7n.xlarge.2", 4, 8192, max_interfaces=32),))
    body = a_body(**{f"{T}/extendParam": {"maxPods": 33}})
    assert "NP-PODS-04" in [one.code for one in check(body, TURBO, facts)]
    assert "NP-PODS-04" not in [one.code for one in check(body, STANDARD, facts)]


def test_an_operator_can_raise_a_warning_to_an_error():
    body = a_body(**{f"{T}/rootVolume/volumetype": "SATA"})
    found = check(body, STANDARD, raised={"NP-VOL-TYPE-02"})
    assert [one.is_error for one in found if one.code == "NP-VOL-TYPE-02"] == [True]


FACTS = Facts(
    flavors=(Flavor("c7n.xlarge.2", 4, 8192, zones={"eu-de-01": "sellout"}), Flavor("s3.medium.2", 1, 2048)),
    zones=(Zone("eu-de-01"), Zone("eu-de-02")),
    volume_types=(VolumeType("SAS", frozenset({"eu-de-02"})),),
    key_pairs=(KeyPair("other"),),
    subnets=(Subnet("net", "n", "10.0.0.0/24", "vpc-b"),),
    server_groups=(ServerGroup("group", "g", member_count=15),),
    pool_names=("pool-1",),
    quotas=Quotas(servers=Quota(2, 1), server_group_members=16),
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("/metadata/name", "NP-NAME-04")),
        ({}, (f"{T}/flavor", "NP-FLAV-03")),
        ({}, (f"{T}/login/sshKey", "NP-LOGIN-02")),
        ({}, (f"{T}/rootVolume/volumetype", "NP-VOL-TYPE-03")),
        ({f"{T}/flavor": "s3.medium.2"}, (f"{T}/flavor", "NP-FLAV-04")),
        ({f"{T}/az": "eu-de-09"}, (f"{T}/az", "NP-AZ-01")),
        ({"/spec/nodeManagement": {"serverGroupReference": "x"}}, ("/spec/nodeManagement/serverGroupReference", "NP-SGRP-01")),
        ({"/spec/nodeManagement": {"serverGroupReference": "group"}}, ("/spec/nodeManagement/serverGroupReference", "NP-SGRP-03")),
        ({f"{T}/nodeNicSpec": {"primaryNic": {"subnetId": "net"}}}, (f"{T}/nodeNicSpec/primaryNic/subnetId", "NP-NIC-02")),
    ],
)  # fmt: skip
def test_live_facts_are_held_against_the_body(changes, expected):
    cluster = Cluster("CCE", "v1.29", vpc_id="vpc-a")
    assert expected in errors_of(a_body(**changes), cluster, FACTS)


def test_a_cluster_that_is_not_available_takes_no_pool():
    assert ("", "NP-CLU-01") in errors_of(a_body(), Cluster("CCE", "v1.29", phase="Upgrading"))


def deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


WILD = [None, 1, "x", [], {}, {"spec": deep(10_000)}, a_body(**{f"{T}/dataVolumes": [{}] * 100_000})]
WILD += [
    a_body(**{f"{T}/flavor": "x" * 1_000_000, "/metadata/name": "\x00\ud800"}),
    a_body(**{f"{T}/k8sTags": {"k" * 999: 1e999}}),
]
WILD += [a_body(**{f"{T}/userTags": [{"key": "k", "value": "v"}] * 50_000}), {f"k{i}": i for i in range(100_000)}]
WILD += [a_body(**{f"{T}/k8sTags": {1: 2, None: 3, (1, 2): 4}}), a_body(**{f"{T}/dataVolumes/0/size": 10**5000})]
WILD += [a_body(**{S: storage(**{"/storageSelectors/0/matchLabels": {f"k{i}": "" for i in range(100_000)}})})]
WILD += [a_body(**{"/spec/initialNodeCount": 10**4000, f"{T}/extendParam": {"nicMultiqueue": "[" * 100_000}})]


@pytest.mark.parametrize("body", WILD, ids=range(len(WILD)))
def test_any_json_value_gets_an_answer(body):
    assert isinstance(check(body, STANDARD), list)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PLACES = sorted({rule.place.replace("*", "0") for rule in CATALOGUE if rule.place})


ODD = [
    10**5000,
    -(10**5000),
    float("nan"),
    "\ud800",
    "٣",
    "1" * 5000,
    "1" * 5000 + "%",
    "[" * 9999,
    "/" * 9999,
    "a-" * 999,
]
ODD += [{"\ud800": 1}, [None] * 300, [{}] * 300, [10**5000] * 20, deep(300), {f"k{i}": i for i in range(300)}]


@pytest.mark.parametrize("at", PLACES)
def test_an_odd_value_anywhere_gets_an_answer_that_json_carries(at):
    for value in ODD:
        body = a_body(**{S: storage()})
        try:
            pointers.put(body, at, value)
        except LookupError:
            continue
        assert json.dumps([one.as_dict() for one in check(body, Cluster("Turbo", "v1.29", max_nodes=50), FACTS)])


@pytest.mark.parametrize(
    "odd", [None, 1, [], {"version": 10**5000, "category": []}, {"version": deep(5000)}], ids=range(5)
)
def test_an_odd_cluster_counts_as_unknown(odd):
    assert errors_of(a_body(), odd) == []


@settings(max_examples=300, deadline=None)
@given(at=st.sampled_from(PLACES), value=JSON)
def test_a_wrong_value_anywhere_never_raises(at, value):
    body = a_body(**{S: storage()})
    try:
        pointers.put(body, at, value)
    except LookupError:
        return
    for cluster in (STANDARD, TURBO):
        assert all(one.pointer == "" or one.pointer.startswith("/") for one in check(body, cluster, FACTS))


class Asked(dict):
    """A mapping that remembers what it was asked for."""

    def __init__(self, *args):
        super().__init__(*args)
        self.keys_asked = set()

    def get(self, key, default=None):
        self.keys_asked.add(key)
        return super().get(key, default)

    def __contains__(self, key):
        self.keys_asked.add(key)
        return super().__contains__(key)


@pytest.mark.parametrize("name", ["cce", "cce-turbo"])
def test_rules_ask_for_places_of_the_shape_alone(monkeypatch, name):
    known = Asked()

    def remembering(shape, body):
        known.update(held(shape, body).known)
        return Held(known)

    monkeypatch.setattr(rules, "held", remembering)
    body = json.loads((EXAMPLES / f"request-{name}.json").read_text())
    check(body | {"spec": body["spec"] | {"type": "ElasticBMS"}}, Cluster("Turbo", "v1.29"), FACTS)
    places = {pattern(at) for at in known.keys_asked}
    assert len(places) > 50
    assert places <= set(places_of(BODY))


def pattern(at):
    return re.sub(r"/[0-9]+(?=/|$)", "/*", at)


def places_of(shape, at=""):
    yield at
    for _, way, member in shape.ways if isinstance(shape, Thing) else ():
        yield from places_of(member, at + way)
    if isinstance(shape, Many):
        yield from places_of(shape.item, f"{at}/*")


def test_every_rule_has_a_source_and_says_what_it_demands():
    assert [rule.code for rule in CATALOGUE if not rule.says] == []


NOT_OF_THE_BODY = {
    "NP-LOGIN-06",  # what is logged and shown
    "NP-VOL-ENC-05",  # the API has no field for a data disk's image
}


def test_every_rule_that_the_reference_enforces_or_warns_of_is_in_the_catalogue():
    reference = (ROOT / "docs" / "cloud-api.md").read_text(encoding="utf-8")
    section = reference[reference.index("## 1.1 ") : reference.index("## 1.17")]
    rows = re.findall(r"(?m)^\| (NP-[A-Z0-9-]+) \|.*\| ([^|]+) \|$", section)
    marked = {code for code, treatment in rows if re.match("enforce|warn|refuse", treatment)}
    assert len(marked) > 70
    assert marked - {rule.code for rule in CATALOGUE} == NOT_OF_THE_BODY
