"""Ansible: a task for opentelekomcloud.cloud.cce_node_pool, where that module can express the pool."""

from collections.abc import Iterator
from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.formats.base import Exported, Note, Target, as_yaml, not_said, without_password
from webapp.nodepool.pointers import JSON

MODULE = "opentelekomcloud.cloud.cce_node_pool"
_T, _X, _A = "/spec/nodeTemplate", "/spec/nodeTemplate/extendParam", "/spec/autoscaling"
_PLAIN = {
    "name": "/metadata/name",
    "flavor": f"{_T}/flavor",
    "availability_zone": f"{_T}/az",
    "os": f"{_T}/os",
    "ssh_key": f"{_T}/login/sshKey",
    "network": f"{_T}/nodeNicSpec/primaryNic/subnetId",
    "initial_node_count": "/spec/initialNodeCount",
    "autoscaling_enabled": f"{_A}/enable",
    "min_node_count": f"{_A}/minNodeCount",
    "max_node_count": f"{_A}/maxNodeCount",
    "scale_down_cooldown_time": f"{_A}/scaleDownCooldownTime",
    "priority": f"{_A}/priority",
    "ecs_group": "/spec/nodeManagement/serverGroupReference",
    "max_pods": f"{_X}/maxPods",
    "lvm_config": f"{_X}/DockerLVMConfigOverride",
    "node_image_id": f"{_X}/alpha.cce~1NodeImageID",
    "preinstall_script": f"{_X}/alpha.cce~1preInstall",
    "postinstall_script": f"{_X}/alpha.cce~1postInstall",
    "root_volume_type": f"{_T}/rootVolume/volumetype",
    "root_volume_size": f"{_T}/rootVolume/size",
    "tags": f"{_T}/userTags",
    "k8s_tags": f"{_T}/k8sTags",
    "taints": f"{_T}/taints",
}
ARGUMENTS = frozenset({"cluster", "data_volumes", "state", *_PLAIN})
_NO_ARGUMENT = "The module has no argument for this, or does not take this value."
_DISK_TYPES = ("SATA", "SAS", "SSD")
_IMPLIED = {"/kind": "NodePool", "/apiVersion": "v3", "/spec/type": "vm", f"{_T}/billingMode": 0}


def write_ansible(body: JSON, target: Target) -> Exported:
    """Return a task; what the module has no argument for is named beside it."""
    body, notes = without_password(body)
    said: set[str] = set()
    arguments: dict[str, Any] = {"state": "present", "cluster": target.cluster_id or "CLUSTER_ID"}
    for name, at in _PLAIN.items():
        value = pointers.get(body, at)
        if value is not None and not (name == "root_volume_type" and value not in _DISK_TYPES):
            arguments[name] = value
            said.add(at)
    arguments["data_volumes"] = [
        _disk(f"{_T}/dataVolumes/{index}", disk, said)
        for index, disk in enumerate(pointers.get(body, f"{_T}/dataVolumes") or ())
    ]
    task = [{"name": f"Node pool {arguments.get('name', '')}", MODULE: arguments}]
    return Exported(as_yaml(task), (*notes, *_needed(body), *not_said(body, said, _IMPLIED, _NO_ARGUMENT)))


def _disk(at: str, disk: dict[str, Any], said: set[str]) -> dict[str, Any]:
    made = {}
    for name in ("volumetype", "size"):
        if not (name == "volumetype" and disk.get(name) not in _DISK_TYPES):
            made[name] = disk.get(name)
            said.add(f"{at}/{name}")
    metadata = disk.get("metadata") or {}
    if metadata.get("__system__encrypted") == "1":
        made |= {"encrypted": True, "cmk_id": metadata.get("__system__cmkid", "")}
        said.update((f"{at}/metadata/__system__cmkid", f"{at}/metadata/__system__encrypted"))
    elif metadata.get("__system__encrypted") == "0":
        said.add(f"{at}/metadata/__system__encrypted")
    return made


def _needed(body: JSON) -> Iterator[Note]:
    needed = {f"{_T}/nodeNicSpec/primaryNic/subnetId": "a network", f"{_T}/login/sshKey": "a key pair"}
    for at, what in needed.items():
        if not pointers.get(body, at):
            yield Note(at, f"The module does not run without {what}: add it.")
