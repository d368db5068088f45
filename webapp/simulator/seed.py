"""What the local cloud holds at its start: one account, two projects, and what their pick lists show."""

import uuid
from typing import Any

DOMAIN = {"id": "a0c1d5b2f4e84b6d9d3f7c2b1a09e8d7", "name": "OTC-EU-DE-00000000001000012345"}
REGION = "eu-de"
ZONES = ("eu-de-01", "eu-de-02", "eu-de-03")
SANDBOX, TEAM = "7a2b4c6d8e0f41238a9bacbdcedfe0f1", "1f0e2d3c4b5a49688776655443322110"
PROJECTS = {SANDBOX: "eu-de_sandbox", TEAM: "eu-de_team"}
USERS = {
    "anna": {"id": "0d1e2f30415263748596a7b8c9dae0f1", "password": "anna-demo-1"},
    "ben": {"id": "11223344556677889900aabbccddeeff", "password": "ben-demo-1"},
}
PASSCODE = "123456"  # of everybody's virtual MFA device
SECURITY_ADMINISTRATORS = ("anna",)  # who may read agencies
ADDRESSES = 251  # of each subnet
GROUPS = {"anna": ("cce-users",), "ben": ("cce-users", "platform-approvers")}
KEY_PAIRS = {
    "anna": ("KeyPair-nodepool", "id_rsa", "anna-laptop", "ops-key"),
    "ben": ("KeyPair-nodepool", "id_rsa", "ben-desk"),
}
VPC, OTHER_VPC = "99ff0a1b-2c3d-4e5f-8a9b-0c1d2e3f4a5b", "88ee1b2c-3d4e-4f5a-9bac-1d2e3f4a5b6c"
SUBNET = "31be174a-0c7f-4b71-bb0d-d325fecb90ef"
SERVER_GROUP = "2129f95a-f233-4cd8-a1b2-9c0acdf918d3"
IMAGES = ("85bd7ec5-bca4-4f5f-947b-6c1bf02599d3", "0fea78c3-1b31-4653-8859-ac151ccadcd4")


def made_id(*words: str) -> str:
    """Return an id that is the same in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, "/".join(words)))


# name: (category, version, flavor, container network, phase)
_CLUSTERS = {
    "prod-standard": ("CCE", "v1.29", "cce.s2.medium", "vpc-router", "Available"),
    "legacy-standard": ("CCE", "v1.25", "cce.s1.small", "vpc-router", "Available"),
    "turbo": ("Turbo", "v1.29", "cce.s2.medium", "eni", "Available"),
    "upgrading": ("CCE", "v1.28", "cce.s2.small", "overlay_l2", "Upgrading"),
}


def clusters(project: str) -> dict[str, dict[str, Any]]:
    """Return the clusters of a project by id; only the sandbox has all of them."""
    names = _CLUSTERS if project == SANDBOX else {"prod-standard": _CLUSTERS["prod-standard"]}
    made = (_cluster(project, name, *facts) for name, facts in names.items())
    return {one["metadata"]["uid"]: one for one in made}


def _cluster(project: str, name: str, *facts: str) -> dict[str, Any]:
    category, version, flavor, network, phase = facts
    uid = made_id(project, "cluster", name)
    spec: dict[str, Any] = {
        "category": category,
        "type": "VirtualMachine",
        "flavor": flavor,
        "version": version,
        "platformVersion": "cce.12.1",
        "hostNetwork": {"vpc": VPC, "subnet": SUBNET, "SecurityGroup": made_id(project, "sg", name)},
        "containerNetwork": {"mode": network, "cidr": "172.16.0.0/16"},
        "extendParam": {"clusterAZ": ZONES[0], "alpha.cce/fixPoolMask": "25"},
        "az": ZONES[0],
    }
    if category == "Turbo":
        spec["eniNetwork"] = {"eniSubnetId": made_id("neutron", SUBNET), "eniSubnetCIDR": "10.0.0.0/24"}
    endpoints = [{"url": f"https://{uid}.cce.local:5443", "type": "Internal"}]
    metadata = {"name": name, "uid": uid, "creationTimestamp": "2026-01-05 09:12:40.672772 +0000 UTC"}
    status = {"phase": phase, "endpoints": endpoints}
    return {"kind": "Cluster", "apiVersion": "v3", "metadata": metadata, "spec": spec, "status": status}


# family: (generation's performance type, GiB of memory per vCPU, extra specs)
_FAMILIES: dict[str, tuple[str, int, dict[str, str]]] = {
    "s2": ("normal", 2, {}),
    "s3": ("normal", 2, {}),
    "s6": ("normal", 2, {}),
    "s7n": ("normal", 2, {}),
    "s9": ("normal", 4, {}),
    "c3": ("computingv3", 2, {}),
    "c3n": ("computingv3", 2, {}),
    "c4": ("computingv3", 2, {}),
    "c4ne": ("computingv3", 4, {}),
    "c7n": ("computingv3", 2, {}),
    "c9": ("computingv3", 4, {}),
    "m3": ("highmem", 8, {}),
    "m3n": ("highmem", 8, {}),
    "m4": ("highmem", 8, {}),
    "m7n": ("highmem", 8, {}),
    "m9": ("highmem", 8, {}),
    "d2": ("diskintensive", 8, {"quota:local_disk": "HDD:4:1675:True"}),
    "g7": ("gpu", 4, {"pci_passthrough:alias": "nvidia-a40:1"}),
    "p2s": ("gpu", 8, {"pci_passthrough:alias": "nvidia-v100:1"}),
    "pi5e": ("gpu", 4, {"pci_passthrough:alias": "nvidia-l4:1"}),
}
_SIZES = {"medium": 1, "large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32}
_STATES = {
    "c7n.2xlarge.2": "eu-de-01(normal), eu-de-02(sellout)",
    "c9.4xlarge.4": "eu-de-01(sellout), eu-de-02(sellout), eu-de-03(normal)",
    "p2s.8xlarge.8": "eu-de-01(sellout), eu-de-02(sellout), eu-de-03(sellout)",
    "s9.large.4": "eu-de-01(normal), eu-de-02(obt), eu-de-03(normal)",
    "m9.xlarge.8": "eu-de-01(sellout)",
}


def flavors() -> list[dict[str, Any]]:
    """Return the ECS flavors of the region (5.3)."""
    made = [
        _flavor(f"{family}.{size}.{ratio}", vcpus, vcpus * ratio, kind, family, extra)
        for family, (kind, ratio, extra) in _FAMILIES.items()
        for size, vcpus in _SIZES.items()
    ]
    made.append(_flavor("cce.c4.22xlarge.4.physical.129nic", 88, 352, "computingv3", "c4", {}))
    return made


def _flavor(name: str, vcpus: int, gib: int, kind: str, family: str, extra: dict[str, str]) -> dict[str, Any]:  # noqa: PLR0913, PLR0917 - one column each
    specs = {
        "ecs:performancetype": kind,
        "ecs:generation": family,
        "cond:operation:status": "abandon" if family == "s2" else "normal",
        "instance_vnic:type": "enhanced",
        "instance_vnic:max_count": str(min(12, 1 + vcpus)),
        **extra,
    }
    if name in _STATES:
        specs["cond:operation:az"] = _STATES[name]
    return {
        "id": name,
        "name": name,
        "vcpus": str(vcpus),
        "ram": gib * 1024,
        "disk": "0",
        "links": [],
        "os_extra_specs": specs,
    }


def volume_types() -> list[dict[str, Any]]:
    """Return the EVS disk types (5.5)."""
    zones = dict.fromkeys(("SATA", "SAS", "SSD", "GPSSD"), ZONES) | {"ESSD": ZONES[:2]}
    return [
        {
            "id": made_id("volume-type", name),
            "name": name,
            "extra_specs": {"RESKEY:availability_zones": ",".join(where), "availability-zone": ",".join(where)},
            "is_public": True,
            "description": None,
        }
        for name, where in zones.items()
    ]


def kms_keys() -> list[dict[str, Any]]:
    """Return KMS keys in several states (5.6)."""
    states = {"evs/default": "2", "disk-key": "2", "retired-key": "3", "old-key": "4"}
    return [
        {
            "key_id": made_id("kms", alias),
            "key_alias": alias,
            "key_state": state,
            "default_key_flag": "1" if alias == "evs/default" else "0",
            "key_type": "1",
            "realm": REGION,
        }
        for alias, state in states.items()
    ]


def vpcs() -> list[dict[str, Any]]:
    """Return the VPCs (5.7)."""
    named = ((VPC, "vpc-clusters", "10.0.0.0/16"), (OTHER_VPC, "vpc-office", "10.9.0.0/16"))
    return [{"id": one, "name": name, "cidr": cidr, "status": "OK", "routes": []} for one, name, cidr in named]


# name: (id, CIDR, VPC, used addresses of 251)
_SUBNETS = {
    "subnet-nodes": (SUBNET, "10.0.0.0/24", VPC, 17),
    "subnet-batch": (made_id("subnet", "batch"), "10.0.1.0/24", VPC, 3),
    "subnet-nearly-full": (made_id("subnet", "full"), "10.0.2.0/24", VPC, 250),
    "subnet-office": (made_id("subnet", "office"), "10.9.0.0/24", OTHER_VPC, 40),
}


def subnets() -> list[dict[str, Any]]:
    """Return the subnets (5.7)."""
    return [
        {
            "id": one,
            "name": name,
            "cidr": cidr,
            "gateway_ip": cidr.replace("0/24", "1"),
            "status": "ACTIVE",
            "vpc_id": vpc,
            "neutron_network_id": one,
            "neutron_subnet_id": made_id("neutron", one),
            "dhcp_enable": True,
            "primary_dns": "100.125.4.25",
            "secondary_dns": "100.125.129.199",
            "dnsList": ["100.125.4.25", "100.125.129.199"],
            "availability_zone": "",
        }
        for name, (one, cidr, vpc, _) in _SUBNETS.items()
    ]


def used_addresses(network_id: str) -> int | None:
    """Return how many addresses of a subnet are taken; None for an unknown one."""
    return next((used for one, _, _, used in _SUBNETS.values() if one == network_id), None)


def security_groups() -> list[dict[str, Any]]:
    """Return the security groups, CCE's own among them (5.8)."""
    names = ("default", "web-nodes", "batch-nodes", "monitoring", "bastion", "databases")
    own = [f"{cluster}-cce-{part}-{made_id(cluster)[:5]}" for cluster in _CLUSTERS for part in ("node", "control")]
    return [
        {
            "id": made_id("security-group", name),
            "name": name,
            "description": "" if name in names else "made by CCE",
            "vpc_id": VPC,
            "security_group_rules": [],
        }
        for name in (*names, *own)
    ]


def eips() -> list[dict[str, Any]]:
    """Return public addresses, free and bound (5.9)."""
    states = ("DOWN", "DOWN", "DOWN", "ACTIVE", "ELB", "FREEZED")
    return [
        {
            "id": made_id("eip", str(number)),
            "status": status,
            "type": "5_bgp",
            "public_ip_address": f"198.51.100.{7 + number}",
            "port_id": "" if status == "DOWN" else made_id("port", str(number)),
            "bandwidth_id": made_id("bandwidth", str(number)),
            "bandwidth_name": f"bandwidth-{number}",
            "bandwidth_size": 10,
            "bandwidth_share_type": "PER",
            "tenant_id": SANDBOX,
            "create_time": "2026-01-05 09:00:00",
        }
        for number, status in enumerate(states)
    ]


def server_groups() -> list[dict[str, Any]]:
    """Return the ECS server groups (5.10)."""
    named = {"nodes-apart": SERVER_GROUP, "batch-apart": made_id("server-group", "batch")}
    return [
        {"id": one, "name": name, "policies": ["anti-affinity"], "members": [made_id("server", name)], "metadata": {}}
        for name, one in named.items()
    ]


def images() -> list[dict[str, Any]]:
    """Return private images (5.11)."""
    named = {"cce-euler-hardened": (IMAGES[0], "FusionCompute"), "cce-bare-metal": (IMAGES[1], "Ironic")}
    return [
        {
            "id": one,
            "name": name,
            "status": "active",
            "min_disk": 40,
            "min_ram": 0,
            "__os_version": "EulerOS 2.9 64bit",
            "__os_type": "Linux",
            "__platform": "EulerOS",
            "__imagetype": "private",
            "virtual_env_type": environment,
            "owner": SANDBOX,
            "visibility": "private",
        }
        for name, (one, environment) in named.items()
    ]


def agencies() -> list[dict[str, Any]]:
    """Return the IAM agencies of the account (5.12)."""
    named = {"node-monitoring": "op_svc_ecs", "node-backup": "op_svc_ecs", "bucket-copy": "op_svc_obs"}
    return [
        {
            "id": made_id("agency", name),
            "name": name,
            "domain_id": DOMAIN["id"],
            "trust_domain_id": made_id(trusted),
            "trust_domain_name": trusted,
            "duration": None,
            "expire_time": None,
            "create_time": "2026-01-05T09:00:00.000000",
            "description": "",
        }
        for name, trusted in named.items()
    ]
