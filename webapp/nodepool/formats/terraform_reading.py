"""A body out of Terraform's opentelekomcloud_cce_node_pool_v3, as the provider would send it."""

import base64
from collections.abc import Mapping
from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.formats import terraform
from webapp.nodepool.formats.base import NO_PASSWORD, PASSWORD, Imported, Note, unknown
from webapp.nodepool.formats.cleaning import cleaned
from webapp.nodepool.formats.computed import Encoded, settled, typed
from webapp.nodepool.formats.hcl import Block, resources
from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import Unreadable, read_json

_COMPUTED = "Terraform computes this: choose the value here."
_PLACES = {
    **{name: at for name, (at, _) in terraform.PLAIN.items()},
    **terraform.SCRIPTS,
    **terraform.OTHER,
    **terraform.BLOCKS,
}
# They say nothing of the pool itself.
_OF_TERRAFORM = ("cluster_id", "timeouts", "lifecycle", "depends_on", "provider", "provisioner", "connection")
_DISK = {"size": int, "volumetype": str}


def read_terraform(data: bytes) -> Imported:
    """Read the one node pool of a configuration. Raises Unreadable.

    Defaults of variables and local values are used; what Terraform would compute is not taken over.
    """
    found = resources(data, terraform.RESOURCE)
    if not found:
        raise Unreadable(f"There is no resource {terraform.RESOURCE} in this text.")
    if len(found) > 1:
        names = ", ".join(one.name[:60] for one in found[:9])
        raise Unreadable(f"There are {len(found)} resources {terraform.RESOURCE} here ({names}): leave one of them.")
    return _body_of(found[0])


def _body_of(block: Block) -> Imported:
    # The provider's own default.
    said = {"availability_zone": "random"} | {name: one for name, one in block.arguments.items() if one is not None}
    notes = [*_not_taken(said), *(Note(_PLACES.get(name, ""), _COMPUTED) for name in block.dynamic)]
    body: dict[str, Any] = {"kind": "NodePool", "apiVersion": "v3", "metadata": {}, "spec": {"type": "vm"}}
    for name, at in _PLACES.items():
        value = _member(name, said.get(name), notes)
        if not terraform.is_unset(name, value):
            pointers.put(body, at, value)
    known, computed = settled(body, _COMPUTED)
    done = cleaned(known)
    return Imported(done.body, (*notes, *computed, *done.left_out))


def _not_taken(said: Mapping[str, Any]) -> list[Note]:
    notes = []
    for name in said:
        if name == "password":
            notes.append(Note(PASSWORD, NO_PASSWORD))
        elif name in ("count", "for_each"):
            notes.append(Note("", f"Terraform makes as many pools of this as {name} says: one was taken over."))
        elif name not in _PLACES and name not in _OF_TERRAFORM:
            notes.append(unknown(name))
    return notes


def _member(name: str, value: Any, notes: list[Note]) -> Any:
    """Return what an argument is in the body; None for nothing."""
    if name in terraform.PLAIN:
        return typed(value, terraform.PLAIN[name][1])
    if name in terraform.SCRIPTS:
        return _script(typed(value, str))
    if name == "storage":
        return _storage(value, notes)
    if name in ("root_volume", "data_volumes"):
        return _disks(name, value, notes)
    if name == "user_tags" and isinstance(value, dict):
        return [{"key": key, "value": typed(one, str)} for key, one in value.items()]
    return _texts(value)


def _texts(value: Any) -> Any:
    """Return lists and maps of texts; Terraform makes texts of numbers there."""
    if isinstance(value, dict):
        return {key: _texts(one) for key, one in value.items()}
    return [_texts(one) for one in value] if isinstance(value, list) else typed(value, str)


def _script(value: Any) -> Any:
    """Encode a script as the provider does: what looks like base64 stays."""
    if not isinstance(value, str) or terraform.is_base64(value):
        return value
    return base64.b64encode(value.encode(errors="replace")).decode()


def _storage(value: Any, notes: list[Note]) -> Any:
    if isinstance(value, Encoded):
        return value.value
    if not isinstance(value, str) or not value:
        return value
    try:
        return read_json(value.encode(errors="replace"))
    except Unreadable as error:
        notes.append(Note(terraform.STORAGE, f"The argument storage was not taken over. {error}"))
        return None


def _disks(name: str, value: Any, notes: list[Note]) -> Any:
    if not isinstance(value, list):
        return value
    at = _PLACES[name]
    if name == "data_volumes":
        return [_disk(one, f"{at}/{index}", notes) for index, one in enumerate(value)]
    if len(value) > 1:
        notes.append(Note(at, "There is one system disk: the first block was taken over."))
    return _disk(value[0], at, notes) if value else None


def _disk(block: Any, at: str, notes: list[Note]) -> JSON:
    if not isinstance(block, dict):
        return block
    made: dict[str, Any] = {name: typed(block[name], kind) for name, kind in _DISK.items() if name in block}
    if block.get("extend_params"):
        made["extendParam"] = _texts(block["extend_params"])
    if block.get("kms_id"):
        made["metadata"] = {"__system__encrypted": "1", "__system__cmkid": typed(block["kms_id"], str)}
    if block.get("extend_param"):
        notes.append(Note(f"{at}/extendParam", "The provider does not send extend_param: use extend_params."))
    others = sorted(set(block) - {*_DISK, "extend_params", "extend_param", "kms_id"})
    notes += [unknown(name, at) for name in others]
    return made
