"""Ansible: a task for opentelekomcloud.cloud.cce_node_pool, where that module can express the pool.

The module hands its arguments to the cloud layer of otcextensions (`create_cce_node_pool`), which refuses some
values and loses others: both are said. Source: the module's argument_spec, and that function.
"""

from collections.abc import Iterator
from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.formats import strict_yaml
from webapp.nodepool.formats.base import (
    Exported,
    Note,
    Target,
    encryption_of,
    missing,
    not_said,
    remarks,
    written_out,
)
from webapp.nodepool.pointers import JSON

MODULE = "opentelekomcloud.cloud.cce_node_pool"
_T, _X, _A = "/spec/nodeTemplate", "/spec/nodeTemplate/extendParam", "/spec/autoscaling"
# Argument of the module -> place in the body and type, in the order in which they are written.
PLAIN: dict[str, tuple[str, type]] = {
    "name": ("/metadata/name", str),
    "flavor": (f"{_T}/flavor", str),
    "availability_zone": (f"{_T}/az", str),
    "os": (f"{_T}/os", str),
    "ssh_key": (f"{_T}/login/sshKey", str),
    "network": (f"{_T}/nodeNicSpec/primaryNic/subnetId", str),
    "initial_node_count": ("/spec/initialNodeCount", int),
    "autoscaling_enabled": (f"{_A}/enable", bool),
    "min_node_count": (f"{_A}/minNodeCount", int),
    "max_node_count": (f"{_A}/maxNodeCount", int),
    "scale_down_cooldown_time": (f"{_A}/scaleDownCooldownTime", int),
    "priority": (f"{_A}/priority", int),
    "ecs_group": ("/spec/nodeManagement/serverGroupReference", str),
    "max_pods": (f"{_X}/maxPods", int),
    "lvm_config": (f"{_X}/DockerLVMConfigOverride", str),
    "node_image_id": (f"{_X}/alpha.cce~1NodeImageID", str),
    "preinstall_script": (f"{_X}/alpha.cce~1preInstall", str),
    "postinstall_script": (f"{_X}/alpha.cce~1postInstall", str),
    "public_key": (f"{_X}/publicKey", str),
    "root_volume_type": (f"{_T}/rootVolume/volumetype", str),
    "root_volume_size": (f"{_T}/rootVolume/size", int),
    "tags": (f"{_T}/userTags", list),
    "k8s_tags": (f"{_T}/k8sTags", dict),
    "taints": (f"{_T}/taints", list),
}
DISKS = f"{_T}/dataVolumes"
ARGUMENTS = frozenset({"cluster", "data_volumes", "state", *PLAIN})
_NEEDED = tuple(PLAIN[name][0] for name in ("name", "flavor", "os", "ssh_key", "network"))
_IMPLIED = {"/kind": "NodePool", "/apiVersion": "v3", "/spec/type": "vm", f"{_T}/count": 1, f"{_T}/billingMode": 0}
_NO_ARGUMENT = "The module has no argument for this, or does not take this value."
_REFUSED = "The module stops at this value."
_DISK_TYPES = ("SATA", "SAS", "SSD")
_EFFECTS = ("NoSchedule", "NoExecute")
TEMPLATES = ("{{", "{%", "{#")


def write_ansible(body: JSON, target: Target) -> Exported:
    """Return a task; what the module has no argument for, refuses or loses is named beside it, and at its head."""
    body, notes = written_out(body)
    said: set[str] = set()
    arguments: dict[str, Any] = {"state": "present", "cluster": target.cluster_id or "CLUSTER_ID"}
    arguments |= _plain(body, said)
    disks = pointers.get(body, DISKS)
    arguments["data_volumes"] = [
        _disk(f"{DISKS}/{index}", disk, said)
        for index, disk in enumerate(disks if isinstance(disks, list) else ())
        if isinstance(disk, dict)
    ]
    lost = (*_refused(body), *_lost(body), *not_said(body, said, _IMPLIED, _NO_ARGUMENT))
    notes = (*notes, *lost, *missing(body, _NEEDED, "The module does not run without this: add it."))
    task = [{"name": f"Create the node pool {arguments.get('name', '')}".strip(), MODULE: arguments}]
    return Exported(remarks(notes) + strict_yaml.write(task), notes)


def _plain(body: JSON, said: set[str]) -> Iterator[tuple[str, Any]]:
    for name, (at, kind) in PLAIN.items():
        value = pointers.get(body, at)
        if type(value) is kind and not _is_template(value):
            said.add(at)
            if value not in ("", [], {}):
                yield name, value


def _is_template(value: JSON) -> bool:
    """Whether Ansible would take a text for a template, and run it."""
    texts = (text for at, leaf in pointers.leaves(value) for text in (at, leaf))
    return any(sign in text for text in texts if isinstance(text, str) for sign in TEMPLATES)


def _disk(at: str, disk: dict[str, Any], said: set[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, kind in (("volumetype", str), ("size", int)):
        if type(disk.get(name)) is kind and not _is_template(disk[name]):
            made[name] = disk[name]
            said.add(f"{at}/{name}")
    key, places = encryption_of(disk, at)
    if not _is_template(key):
        made |= {"encrypted": True, "cmk_id": key} if key else {}
        said |= places
    if disk.get("hw:passthrough") is False:
        said.add(f"{at}/hw:passthrough")
    return made


def _refused(body: JSON) -> Iterator[Note]:
    """Yield what stands in the task all the same: without it the module would make another pool."""
    disks = pointers.get(body, DISKS)
    counted = range(len(disks)) if isinstance(disks, list) else ()
    for at in (f"{_T}/rootVolume/volumetype", *(f"{DISKS}/{index}/volumetype" for index in counted)):
        if pointers.get(body, at) not in (None, *_DISK_TYPES):
            yield Note(at, _REFUSED)
    taints = pointers.get(body, PLAIN["taints"][0])
    for index in range(len(taints)) if isinstance(taints, list) else ():
        at = f"{PLAIN['taints'][0]}/{index}"
        if pointers.get(body, f"{at}/effect") not in _EFFECTS:
            yield Note(f"{at}/effect", _REFUSED)
        if not pointers.get(body, f"{at}/value"):
            yield Note(f"{at}/value", _REFUSED)


def _lost(body: JSON) -> Iterator[Note]:
    """Yield what the module takes, but does not send as it should."""
    here = {name: pointers.get(body, at) for name, (at, _) in PLAIN.items()}
    if here["network"]:
        yield Note(PLAIN["network"][0], "The module misspells this: the nodes get the subnet of the cluster.")
    if here["lvm_config"]:
        yield Note(PLAIN["lvm_config"][0], "The module does not send this.")
    if here["initial_node_count"] == 0:
        yield Note(PLAIN["initial_node_count"][0], "The module does not send 0.")
    for name in ("min_node_count", "max_node_count", "scale_down_cooldown_time", "priority"):
        is_off = not here["autoscaling_enabled"]
        if here[name] and (is_off or (name == "scale_down_cooldown_time" and not here["priority"])):
            why = "with autoscaling" if is_off else "together with a priority"
            yield Note(PLAIN[name][0], f"The module sends this only {why}.")
