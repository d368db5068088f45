"""What a pool's counters and phase mean for a person (docs/cloud-api.md 2.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Condition:
    """A pool's state in words; `whose` move it is, and whether it can still change by itself."""

    word: str
    badge: str
    sentence: str
    remedy: str = ""
    whose: str = ""
    is_moving: bool = False
    is_final: bool = False


_READY = Condition("Ready", "is-good", "All nodes are there.", is_final=True)
_WAITING = Condition(
    "Waiting", "is-busy", "The pool has fewer nodes than wanted; the cloud has not begun yet.", is_moving=True
)
_WORKING = Condition("Working", "is-busy", "The cloud adds or removes nodes, one after the other.", is_moving=True)
_DELETING = Condition("Being deleted", "is-busy", "The pool and its nodes are being deleted.", is_moving=True)
GONE = Condition("Deleted", "is-off", "The pool is gone, and its name is free again.", is_final=True)
_SOLD_OUT = Condition(
    "No capacity",
    "is-bad",
    "The cloud has no capacity for this flavor in this zone now, or a quota is used up.",
    "Choose another flavor or zone in a new pool, raise the quota, or wait: the cloud goes on trying.",
    "yours",
)
_ERROR = Condition(
    "Failed",
    "is-bad",
    "The cloud could not add a node.",
    "Look at the nodes below; then delete the pool and create it again, or ask the cloud's support.",
    "yours",
)
_KNOWN = {"Deleting": _DELETING, "SoldOut": _SOLD_OUT, "Error": _ERROR}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many nodes there are, by the pool's counters."""

    wanted: int
    current: int
    creating: int
    deleting: int


def counts_of(document: Mapping[str, Any]) -> Counts:
    """Return the counters of a pool; what is missing is none."""
    status, spec = _object(document.get("status")), _object(document.get("spec"))
    names = ("currentNode", "creatingNode", "deletingNode")
    current, creating, deleting = (_count(status.get(name)) for name in names)
    return Counts(_count(spec.get("initialNodeCount")), current, creating, deleting)


def condition_of(document: Mapping[str, Any]) -> Condition:
    """Return what a pool's document says: the counters decide, the phase is a hint."""
    phase = _object(document.get("status")).get("phase") or ""
    counts = counts_of(document)
    if phase in _KNOWN:
        return _KNOWN[phase]
    if phase not in ("", "Synchronizing", "Synchronized"):
        word = str(phase)[:60]
        return Condition(
            word,
            "is-off",
            f"The cloud says “{word}”, which is not in our catalogue.",
            "Wait a while; if it stays, ask the cloud's support with the answer below.",
            "the cloud's",
        )
    if counts.creating or counts.deleting or phase:
        return _WORKING
    return _READY if counts.current >= counts.wanted else _WAITING


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
