"""What of a live pool can be changed, and the body that asks for it (docs/cloud-api.md 2.3)."""

import json
from functools import partial
from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.formats.cleaning import cleaned
from webapp.nodepool.pointers import JSON

_TEMPLATE = "/spec/nodeTemplate"
COUNT = "/spec/initialNodeCount"
_AUTOSCALING = "/spec/autoscaling"
CHANGEABLE = (
    "/metadata/name",
    COUNT,
    _AUTOSCALING,
    f"{_TEMPLATE}/k8sTags",
    f"{_TEMPLATE}/taints",
    f"{_TEMPLATE}/userTags",
)
_EMPTY: dict[str, JSON] = {f"{_TEMPLATE}/k8sTags": {}, f"{_TEMPLATE}/taints": [], f"{_TEMPLATE}/userTags": []}


def is_changeable(pointer: str) -> bool:
    """Whether a place can be changed in a live pool."""
    return any(pointer == one or pointer.startswith(f"{one}/") for one in CHANGEABLE)


def update_body(wanted: JSON) -> dict[str, Any]:
    """Return the body of an update that makes a pool what `wanted`, a whole body, says.

    The type and the count are always sent (C23, C24); an empty list says "none", a missing one "leave it" (2.3).
    """
    body: dict[str, Any] = {"kind": "NodePool", "apiVersion": "v3", "metadata": {}, "spec": {"nodeTemplate": {}}}
    pointers.put(body, "/spec/type", pointers.get(wanted, "/spec/type") or "vm")
    for at in CHANGEABLE:
        value = pointers.get(wanted, at, _EMPTY.get(at))
        if value is not None:
            pointers.put(body, at, value)
    return body


def is_as_asked(live: JSON, wanted: JSON) -> bool:
    """Whether a live pool, as the cloud answers it, is what an update to `wanted` makes of it.

    The cloud may have added to what autoscaling says; labels, taints and tags are those that were asked for, no more.
    """
    have, asked = update_body(cleaned(live).body), update_body(wanted)
    if not _holds(pointers.get(have, _AUTOSCALING), pointers.get(asked, _AUTOSCALING)):
        return False
    return bool(_rest(have) == _rest(asked))


def _holds(more: JSON, less: JSON) -> bool:
    return not less or (isinstance(more, dict) and less.items() <= more.items())


def _rest(body: JSON) -> JSON:
    return _in_order(pointers.without(body, _AUTOSCALING))


def _in_order(value: JSON) -> JSON:
    """Return a value whose lists, here sets of taints and tags, have one order."""
    if isinstance(value, dict):
        return {key: _in_order(one) for key, one in value.items()}
    return sorted(value, key=partial(json.dumps, sort_keys=True)) if isinstance(value, list) else value
