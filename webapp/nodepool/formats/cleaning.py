"""Making a request body of what people bring: bodies as clients send them, and pools as the cloud answers them."""

from typing import Any

from webapp.nodepool import choices, pointers
from webapp.nodepool.formats.base import PASSWORD, Imported, Note
from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import Unreadable
from webapp.nodepool.rules.shape import BODY, Free, Thing
from webapp.nodepool.shells import without_shells

_LABELS = "/spec/nodeTemplate/k8sTags"
_BANDWIDTH = "/spec/nodeTemplate/publicIP/eip/bandwidth/size"
_BY_SERVER = "The cloud writes this itself."
_EMPTY_IN_ANSWERS = (
    "/spec/customSecurityGroups",
    "/spec/nodeTemplate/taints",
    "/spec/nodeTemplate/userTags",
)


def cleaned(document: JSON) -> Imported:
    """Return the request body in a document, and what was not taken over.

    Raises Unreadable when the document is no object.
    """
    if not isinstance(document, dict):
        raise Unreadable("The text holds no object, and so no node pool.")
    body = _copied(without_shells(document))
    notes: list[Note] = []
    is_answer = "status" in body or bool(pointers.get(body, "/metadata/uid"))
    _drop(body, "/status", _BY_SERVER, notes)
    for name in list(pointers.get(body, "/metadata") or ()) if isinstance(body.get("metadata"), dict) else ():
        if name != "name":
            _drop(body, "/metadata" + pointers.join(name), _BY_SERVER, notes)
    _drop_free(BODY, body, "", notes)
    _drop_own_labels(body, notes)
    _drop(body, PASSWORD, "A password is not taken over: choose a key pair.", notes)
    _to_number(body)
    if is_answer:
        for at in _EMPTY_IN_ANSWERS:
            if pointers.get(body, at) == []:
                _drop(body, at, "", [])
    return Imported(body, tuple(notes))


def _drop(body: dict[str, Any], at: str, why: str, notes: list[Note]) -> None:
    *way, last = pointers.split(at)
    holder = pointers.get(body, pointers.join(*way))
    if isinstance(holder, dict) and last in holder:
        del holder[last]
        notes.append(Note(at, why))


def _drop_free(shape: Thing, value: JSON, at: str, notes: list[Note]) -> None:
    """Drop the values that only the server writes."""
    for name, member in shape.members.items() if isinstance(value, dict) else ():
        inside = at + pointers.join(name)
        if isinstance(member, Free) and name in value:
            del value[name]
            notes.append(Note(inside, _BY_SERVER))
        elif isinstance(member, Thing) and name in value:
            _drop_free(member, value[name], inside, notes)


def _drop_own_labels(body: dict[str, Any], notes: list[Note]) -> None:
    labels = pointers.get(body, _LABELS)
    for key in list(labels) if isinstance(labels, dict) else ():
        if key.rpartition("/")[0] in choices.RESERVED_LABEL_PREFIXES:
            _drop(body, _LABELS + pointers.join(key), _BY_SERVER, notes)


def _to_number(body: dict[str, Any]) -> None:
    """The list page of the cloud says the bandwidth as a text (C16)."""
    size = pointers.get(body, _BANDWIDTH)
    if isinstance(size, str) and size.isascii() and size.isdigit() and len(size) < 6:
        pointers.put(body, _BANDWIDTH, int(size))


def _copied(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value
