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
    """Return what an update makes of a pool as it is now: what it leaves alone stays as others have made it."""
    body = copy.deepcopy(wanted)
    for at in CHANGEABLE:
        now, then, asked = (_parts(one, at) for one in (live, before, wanted))
        names = {**asked, **now}
        kept = {name: (now if asked.get(name) == then.get(name) else asked).get(name) for name in names}
        kept = {name: part for name, part in kept.items() if part is not None}
        if kept != asked:
            pointers.put(body, at, _whole(kept, at))
    return body


def overtaken(live: JSON, before: JSON, wanted: JSON) -> list[Problem]:
    """Return where others have changed a pool otherwise than a change of it wants to; `wanted` is None for a deletion.

    All three are bodies without what the cloud wrote. A deletion is asked about all that can be changed, but for the
    count of a pool that grows and shrinks by itself.
    """
    grows = pointers.get(live, f"{_AUTOSCALING}/enable") is True
    places = [at for at in CHANGEABLE if _clash(live, before, wanted, at)]
    return [
        Problem(at, "overtaken", Severity.ERROR, _as_told(_known(before, at), _known(live, at)), "2.3")
        for at in places
        if not (wanted is None and at == COUNT and grows)
    ]


def _clash(live: JSON, before: JSON, wanted: JSON, at: str) -> bool:
    """Whether a part of a place was changed, and is wanted otherwise than before as well; a deletion wants nothing."""
    now, then = _parts(live, at), _parts(before, at)
    others = [name for name in {**now, **then} if now.get(name) != then.get(name)]
    if wanted is None:
        return bool(others)
    asked = _parts(wanted, at)
    return any(asked.get(name) not in (now.get(name), then.get(name)) for name in others)


def _parts(body: JSON, at: str) -> dict[str, JSON]:
    """Return what stands at a place in the parts that are changed each for itself: labels, taints, tags; else whole."""
    value = pointers.get(body, at)
    if isinstance(value, list):
        return {_name_of(one): one for one in value}
    return value if at in _EMPTY and isinstance(value, dict) else {"": value} if value not in (None, {}) else {}


def _whole(parts: dict[str, JSON], at: str) -> JSON:
    """Return the value of a place that has these parts."""
    if at not in _EMPTY:
        return parts.get("")
    return parts if isinstance(_EMPTY[at], dict) else list(parts.values())


def _name_of(item: JSON) -> str:
    """Return what a taint or a tag is known by: a node can have a taint of the same key with another effect."""
    return json.dumps([item.get("key"), item.get("effect")] if isinstance(item, dict) else item)


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
