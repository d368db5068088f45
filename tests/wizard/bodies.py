"""Bodies that together set every field which the wizard asks for."""

import base64

from tests.nodepool.test_rules import a_body
from webapp.simulator import seed

T = "/spec/nodeTemplate"
KEY = next(key["key_id"] for key in seed.kms_keys() if key["key_alias"] == "disk-key")
EIPS = [eip["id"] for eip in seed.eips() if eip["status"] == "DOWN"]
GROUPS = [group["id"] for group in seed.security_groups()][1:3]


def script(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


STORAGE = {
    "storageSelectors": [
        {
            "name": "cceUse",
            "storageType": "evs",
            "matchLabels": {
                "size": "150",
                "volumeType": "SSD",
                "metadataEncrypted": "1",
                "metadataCmkid": KEY,
                "count": "2",
            },
        },
        {"name": "logs", "storageType": "evs", "matchLabels": {"size": "100"}},
        {"name": "rest", "storageType": "evs"},
    ],
    "storageGroups": [
        {
            "name": "vgpaas",
            "cceManaged": True,
            "selectorNames": ["cceUse"],
            "virtualSpaces": [
                {"name": "runtime", "size": "70%", "runtimeConfig": {"lvType": "striped"}},
                {"name": "kubernetes", "size": "20%", "lvmConfig": {"lvType": "striped"}},
                {"name": "user", "size": "10%", "lvmConfig": {"lvType": "linear", "path": "/opt/own"}},
            ],
        },
        {
            "name": "vgdata",
            "cceManaged": False,
            "selectorNames": ["logs", "rest"],
            "virtualSpaces": [
                {"name": "user", "size": "50%", "lvmConfig": {"lvType": "linear", "path": "/mnt/logs"}},
                {"name": "user", "size": "25%", "lvmConfig": {"lvType": "linear", "path": "/mnt/rest"}},
            ],
        },
    ],
}
SECRET_DISK = {"metadata": {"__system__encrypted": "1", "__system__cmkid": KEY}, "hw:passthrough": False}

WIDE = a_body(
    **{
        "/metadata/name": "wide-1",
        "/spec/initialNodeCount": 4,
        f"{T}/az": "random",
        f"{T}/rootVolume": {"volumetype": "SSD", "size": 60, **SECRET_DISK},
        f"{T}/dataVolumes": [
            {"volumetype": "SSD", "size": 150, **SECRET_DISK},
            {"volumetype": "SSD", "size": 150, **SECRET_DISK, "hw:passthrough": True},
            {"volumetype": "SAS", "size": 100, "metadata": {"__system__encrypted": "0"}},
            {"volumetype": "SAS", "size": 200},
        ],
        f"{T}/storage": STORAGE,
        f"{T}/count": 1,
        f"{T}/billingMode": 0,
        f"{T}/nodeNicSpec": {"primaryNic": {"subnetId": seed.SUBNET, "fixedIps": ["10.0.0.20", "10.0.0.21"]}},
        f"{T}/publicIP": {"ids": EIPS[:2]},
        f"{T}/extendParam": {
            "maxPods": 110,
            "agency_name": "node-monitoring",
            "alpha.cce/preInstall": script("#!/bin/sh\necho 'größer'  \n"),
            "alpha.cce/postInstall": script("line one\nline two"),
            "alpha.cce/NodeImageID": seed.IMAGES[0],
        },
        f"{T}/userTags": [{"key": "cost-center", "value": "42"}, {"key": "empty", "value": ""}],
        f"{T}/k8sTags": {"example.com/tier": "web", "plain": "", "a.b_c-d": "X.1"},
        f"{T}/taints": [
            {"key": "dedicated", "value": "gpu", "effect": "NoSchedule"},
            {"key": "example.com/x", "value": "", "effect": "NoExecute"},
            {"key": "soft", "value": "x", "effect": "PreferNoSchedule"},
        ],
        "/spec/autoscaling": {
            "enable": True,
            "minNodeCount": 0,
            "maxNodeCount": 6,
            "scaleDownCooldownTime": 10,
            "priority": 1,
        },
        "/spec/nodeManagement": {"serverGroupReference": seed.SERVER_GROUP},
        "/spec/customSecurityGroups": GROUPS,
    }
)

BARE_METAL = a_body(
    **{
        "/metadata/name": "metal-1",
        "/spec/type": "ElasticBMS",
        "/spec/initialNodeCount": 2,
        f"{T}/flavor": "cce.c4.22xlarge.4.physical.129nic",
        f"{T}/rootVolume": {"volumetype": "SAS", "size": 40, "hw:passthrough": True},
        f"{T}/dataVolumes": [{"volumetype": "SAS", "size": 100, "hw:passthrough": True}],
        f"{T}/nodeNicSpec": {
            "primaryNic": {"subnetId": seed.SUBNET, "ipBlock": "10.0.0.0/28"},
            "extNics": [{"subnetId": seed.SUBNET, "fixedIps": ["10.0.0.30"]}],
        },
        f"{T}/publicIP": {
            "count": 2,
            "eip": {"iptype": "5_bgp", "bandwidth": {"chargemode": "traffic", "size": 300, "sharetype": "PER"}},
        },
        f"{T}/extendParam": {
            "alpha.cce/NodeImageID": seed.IMAGES[1],
            "nicMultiqueue": '[{"queue":4}]',
            "nicThreshold": "0.3:0.6",
        },
        "/spec/autoscaling": {"enable": False, "minNodeCount": 0, "maxNodeCount": 0},
    }
)

OLD = a_body(
    **{
        "/metadata/name": "old-1",
        "/spec/initialNodeCount": 0,
        f"{T}/os": "EulerOS 2.5",
        f"{T}/runtime": {"name": "docker"},
        f"{T}/extendParam": {"dockerBaseSize": 20},
        f"{T}/publicIP": {"count": 1, "eip": {"iptype": "5_mailbgp", "bandwidth": {"size": 5, "sharetype": "PER"}}},
    }
)
