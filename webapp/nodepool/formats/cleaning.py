"""Making a request body of what people bring: bodies as clients send them, and pools as the cloud answers them."""

import copy
from typing import Any

from webapp.nodepool import choices, pointers
from webapp.nodepool.defaults import default_storage
from webapp.nodepool.formats.base import NO_PASSWORD, SECRETS, Imported, Note
from webapp.nodepool.layout import layout
from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import Unreadable
from webapp.nodepool.rules.shape import BODY, Free, Many, Thing, Value
from webapp.nodepool.shells import without_shells

_T = "/spec/nodeTemplate"
_LABELS = f"{_T}/k8sTags"
_STORAGE = f"{_T}/storage"
_BANDWIDTH = f"{_T}/publicIP/eip/bandwidth/size"
_BY_SERVER = "The cloud writes this itself."
_DEFAULT_STORAGE = "This is the layout that the cloud makes itself when none is said."
_MISSPELT = "The cloud does not read this: the subnet is said as subnetId."
_EMPTY_IN_ANSWERS = ("/spec/customSecurityGroups", f"{_T}/taints", f"{_T}/userTags")


def cleaned(document: JSON) -> Imported:
    """Return the request body in a document, and what was not taken over.

    A live pool loses what the cloud wrote, but keeps `runtime`, `os` and `billingMode`: they are what runs, and the
    cloud's own choice of them differs between versions. Raises Unreadable when the document holds no node pool.
    """
    body = _addressed(without_shells(_one_pool(copy.deepcopy(document))))
    notes: list[Note] = []
    for at in SECRETS:
        if any(value for _, value in pointers.leaves(pointers.get(body, at))):
            _drop(body, at, NO_PASSWORD, notes)
    is_answer = "status" in body or bool(pointers.get(body, "/metadata/uid"))
    _drop(body, "/status", _BY_SERVER, notes)
    for name in _members(body, "/metadata"):
        if name != "name":
            _drop(body, "/metadata" + pointers.join(name), _BY_SERVER, notes)
    _drop_misspelt(body, notes)
    for key in _members(body, _LABELS):
        if key.rpartition("/")[0] in choices.RESERVED_LABEL_PREFIXES:
            _drop(body, _LABELS + pointers.join(key), _BY_SERVER, notes)
    if is_answer:
        _drop_answered(body, notes)
    _to_number(body)
    return Imported(without_shells(body), tuple(notes))


def _one_pool(document: JSON) -> dict[str, Any]:
    """Return the pool, also out of a list of one, as the cloud answers it."""
    items = document.get("items") if isinstance(document, dict) and document.get("kind") == "List" else None
    if isinstance(items, list) and len(items) != 1:
        raise Unreadable(f"The text holds a list of {len(items)} node pools: take one of them.")
    found = items[0] if isinstance(items, list) else document
    if not isinstance(found, dict):
        raise Unreadable("The text holds no object, and so no node pool.")
    return found


def _addressed(body: dict[str, Any]) -> dict[str, Any]:
    """Add what the Python SDK adds to what it is given."""
    is_bare = "spec" in body and "kind" not in body and "apiVersion" not in body
    return {"kind": "NodePool", "apiVersion": "v3", **body} if is_bare else body


def _drop(body: dict[str, Any], at: str, why: str, notes: list[Note]) -> None:
    *way, last = pointers.split(at)
    holder = pointers.get(body, pointers.join(*way))
    if isinstance(holder, dict) and last in holder:
        del holder[last]
        notes.append(Note(at, why))


def _members(body: JSON, at: str) -> list[str]:
    holder = pointers.get(body, at)
    return list(holder) if isinstance(holder, dict) else []


def _drop_misspelt(body: dict[str, Any], notes: list[Note]) -> None:
    """The cloud layer of the Python SDK, and so Ansible, says `subnet_id`, which the cloud ignores (NP-NIC-10)."""
    for at, _ in list(pointers.leaves(pointers.get(body, f"{_T}/nodeNicSpec"))):
        if at.endswith("/subnet_id"):
            _drop(body, f"{_T}/nodeNicSpec{at}", _MISSPELT, notes)


def _drop_answered(body: dict[str, Any], notes: list[Note]) -> None:
    """Drop what the cloud adds to a pool when it answers."""
    _drop_free(BODY, body, "", notes)
    _drop(body, f"{_T}/extendParam/publicKey", _BY_SERVER, notes)
    if _is_default(body):
        _drop(body, _STORAGE, _DEFAULT_STORAGE, notes)
    for at in _EMPTY_IN_ANSWERS:
        if pointers.get(body, at) == []:
            _drop(body, at, "", [])


def _drop_free(shape: Value, value: JSON, at: str, notes: list[Note]) -> None:
    """Drop the values that only the server writes."""
    if isinstance(shape, Many) and isinstance(value, list):
        for index, one in enumerate(value):
            _drop_free(shape.item, one, f"{at}/{index}", notes)
    for name, member in shape.members.items() if isinstance(shape, Thing) and isinstance(value, dict) else ():
        inside = at + pointers.join(name)
        if isinstance(member, Free) and name in value:
            del value[name]
            notes.append(Note(inside, _BY_SERVER))
        elif name in value:
            _drop_free(member, value[name], inside, notes)


def _is_default(body: JSON) -> bool:
    """Whether the storage is the one that the cloud makes, for the first disk or, as it may answer, for none.

    With local disks it is kept: there the cloud demands that it is said (NP-X-12).
    """
    storage, own = pointers.get(body, _STORAGE), default_storage(body)
    labels = pointers.get(storage, "/storageSelectors/0/matchLabels")
    own["storageSelectors"][0]["matchLabels"] = labels
    flavor = pointers.get(body, f"{_T}/flavor")
    if storage != own or str(flavor).partition(".")[0] in choices.LOCAL_DISK_FAMILIES:
        return False
    is_one = isinstance(labels, dict) and labels.get("count") == "1"
    disks = layout(body).disks
    return is_one and (not disks or bool(disks[0].selector) or not any(disk.selector for disk in disks))


def _to_number(body: dict[str, Any]) -> None:
    """The list page of the cloud says the bandwidth as a text (C16)."""
    size = pointers.get(body, _BANDWIDTH)
    if isinstance(size, str) and size.isascii() and size.isdigit() and len(size) < 6:
        pointers.put(body, _BANDWIDTH, int(size))
