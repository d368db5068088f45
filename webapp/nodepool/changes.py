"""What of a live pool can be changed, and the body that asks for it (docs/cloud-api.md 2.3)."""

import copy
import json
from functools import partial
from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.formats.cleaning import cleaned
from webapp.nodepool.pointers import JSON
from webapp.nodepool.problems import Problem, Severity

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


def on_top_of(live: JSON, before: JSON, wanted: JSON) -> JSON:
    """Return what an update makes of a pool as it is now: a count that it leaves alone stays as it is (C24)."""
    body, count = copy.deepcopy(wanted), pointers.get(live, COUNT)
    if count is not None and pointers.get(wanted, COUNT) == pointers.get(before, COUNT):
        pointers.put(body, COUNT, count)
    return body


def overtaken(live: JSON, before: JSON, wanted: JSON) -> list[Problem]:
    """Return where a pool is not any more what a change was asked about; `wanted` is None for a deletion.

    All three are bodies without what the cloud wrote. An update replaces all that can be changed, and so would undo
    what others did since. The count is no such place for an update that leaves it alone, and for the deletion of a
    pool that grows and shrinks by itself.
    """
    places = [at for at in CHANGEABLE if _known(live, at) != _known(before, at)]
    grows = pointers.get(live, f"{_AUTOSCALING}/enable") is True
    is_count_free = grows if wanted is None else pointers.get(wanted, COUNT) == pointers.get(before, COUNT)
    return [
        Problem(at, "overtaken", Severity.ERROR, _as_told(_known(before, at), _known(live, at)), "2.3")
        for at in places
        if at != COUNT or not is_count_free
    ]


def _known(body: JSON, at: str) -> JSON:
    """Return what stands at a place, in an order of its own; nothing and empty are the same."""
    return _in_order(pointers.get(body, at)) or None


def _as_told(then: JSON, now: JSON) -> str:
    said = ["nothing" if one is None else json.dumps(one, ensure_ascii=False) for one in (then, now)]
    return f"Somebody else has changed it: it was {said[0]} when this was asked for, and is {said[1]} now."


def _holds(more: JSON, less: JSON) -> bool:
    return not less or (isinstance(more, dict) and less.items() <= more.items())


def _rest(body: JSON) -> JSON:
    return _in_order(pointers.without(body, _AUTOSCALING))


def _in_order(value: JSON) -> JSON:
    """Return a value whose lists, here sets of taints and tags, have one order."""
    if isinstance(value, dict):
        return {key: _in_order(one) for key, one in value.items()}
    return sorted(value, key=partial(json.dumps, sort_keys=True)) if isinstance(value, list) else value
