"""A body out of a task for opentelekomcloud.cloud.cce_node_pool."""

from collections.abc import Iterator
from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.formats import ansible, strict_yaml
from webapp.nodepool.formats.base import Imported, Note, unknown
from webapp.nodepool.formats.cleaning import cleaned
from webapp.nodepool.formats.computed import COMPUTED, settled, typed
from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import Unreadable

_COMPUTED = "Ansible computes this: choose the value here."
_NAMES = (ansible.MODULE, ansible.MODULE.rpartition(".")[2])
_YES, _NO = ("yes", "on", "true", "1", "y", "t"), ("no", "off", "false", "0", "n", "f")
# The module's own defaults.
_DEFAULTS: dict[str, JSON] = {
    "availability_zone": "random",
    "data_volumes": [{"volumetype": "SATA", "size": 100}],
    "initial_node_count": 0,
    "root_volume_size": 40,
    "root_volume_type": "SATA",
}
# They say nothing of the pool itself.
_OF_ANSIBLE = ("cloud", "cluster", "state", "wait", "timeout", "auth", "region", "interface", "api_timeout")


def read_ansible(data: bytes) -> Imported:
    """Read the one task of a playbook or list of tasks that makes a node pool. Raises Unreadable.

    Templates are not taken over.
    """
    tasks = [one for one in _tasks(strict_yaml.read(data)) if one.get("state") != "absent"]
    if len(tasks) != 1:
        raise Unreadable(f"There must be one task {ansible.MODULE} that makes a pool; here are {len(tasks)}.")
    said = _DEFAULTS | {name: _known(value) for name, value in tasks[0].items() if value is not None}
    body: dict[str, Any] = {"kind": "NodePool", "apiVersion": "v3", "metadata": {}, "spec": {"type": "vm"}}
    for name, (at, kind) in ansible.PLAIN.items():
        if said.get(name, "") not in ("", [], {}):
            pointers.put(body, at, _typed(said[name], kind))
    disks = said["data_volumes"]
    pointers.put(body, ansible.DISKS, [_disk(one) for one in disks] if isinstance(disks, list) else disks)
    known, computed = settled(body, _COMPUTED)
    done = cleaned(known)
    return Imported(done.body, (*_not_known(said), *computed, *done.left_out))


def _tasks(value: JSON) -> Iterator[dict[str, Any]]:
    """Yield the arguments of each task for the module, wherever it stands."""
    for key, one in value.items() if isinstance(value, dict) else ():
        if key in _NAMES and isinstance(one, dict):
            yield one
        else:
            yield from _tasks(one)
    for one in value if isinstance(value, list) else ():
        yield from _tasks(one)


def _typed(value: Any, kind: type) -> Any:
    word = str(value).lower()
    return word in _YES if kind is bool and word in _YES + _NO else typed(value, kind)


def _known(value: JSON) -> Any:
    if isinstance(value, dict):
        return {key: _known(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_known(one) for one in value]
    return COMPUTED if isinstance(value, str) and any(sign in value for sign in ansible.TEMPLATES) else value


def _disk(disk: Any) -> Any:
    if not isinstance(disk, dict):
        return disk
    made = {"volumetype": typed(disk.get("volumetype"), str), "size": typed(disk.get("size"), int)}
    if disk.get("encrypted") not in (None, False, "") and disk.get("cmk_id"):
        made["metadata"] = {"__system__encrypted": "1", "__system__cmkid": disk["cmk_id"]}
    return made


def _not_known(said: dict[str, Any]) -> Iterator[Note]:
    for name in said:
        if name not in ansible.ARGUMENTS and name not in _OF_ANSIBLE:
            yield unknown(name)
