"""What a pool's counters and phase mean for a person (docs/cloud-api.md 2.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.cloud.errors import MEANINGS
from webapp.nodepool.schema import NodePool


@dataclass(frozen=True, slots=True)
class Condition:
    """A pool's state in words; `whose` move it is, and whether it can still change by itself.

    `code` is the phase under which the failure catalogue knows it.
    """

    word: str
    badge: str
    sentence: str
    remedy: str = ""
    whose: str = ""
    code: str = ""
    is_moving: bool = False
    is_final: bool = False

    @property
    def is_bad(self) -> bool:
        """Whether the pool has failed."""
        return self.badge == "is-bad"


_READY = Condition("Ready", "is-good", "All nodes are there.", is_final=True)
_WAITING = Condition(
    "Waiting", "is-busy", "The pool has fewer nodes than wanted; the cloud has not begun yet.", is_moving=True
)
_WORKING = Condition("Working", "is-busy", "The cloud adds or removes nodes, one after the other.", is_moving=True)
_DELETING = Condition("Being deleted", "is-busy", "The pool and its nodes are being deleted.", is_moving=True)
GONE = Condition("Deleted", "is-off", "The pool is gone, and its name is free again.", is_final=True)


def _failed(word: str, code: str) -> Condition:
    meaning = MEANINGS[code]
    return Condition(word, "is-bad", meaning.message, meaning.remedy, meaning.whose, code)


_SOLD_OUT, _ERROR = _failed("No capacity", "SoldOut"), _failed("Failed", "Error")
_KNOWN = {"Deleting": _DELETING, "SoldOut": _SOLD_OUT, "Error": _ERROR}
PHASES_OF_FAILURE = (_SOLD_OUT.code, _ERROR.code)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many nodes there are, by the pool's counters."""

    wanted: int
    current: int
    creating: int
    deleting: int


def counts_of(document: Mapping[str, Any]) -> Counts:
    """Return the counters of a pool; what is missing is none."""
    pool = NodePool.model_validate(document)
    status = pool.status
    return Counts(pool.spec.initial_node_count, status.current_node, status.creating_node, status.deleting_node)


def condition_of(document: Mapping[str, Any]) -> Condition:
    """Return what a pool's document says: the counters decide, the phase is a hint."""
    phase, counts = NodePool.model_validate(document).status.phase, counts_of(document)
    if phase in _KNOWN:
        return _KNOWN[phase]
    if phase not in ("", "Synchronizing", "Synchronized"):
        return _unknown(phase[:60])
    if counts.creating or counts.deleting or phase:
        return _WORKING
    return _READY if counts.current >= counts.wanted else _WAITING


def _unknown(word: str) -> Condition:
    return Condition(
        word,
        "is-off",
        f"The cloud says “{word}”, which is not in our catalogue.",
        "Wait a while; if it stays, ask the cloud's support with the answer below.",
        "the cloud's",
    )
