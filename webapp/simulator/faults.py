"""Faults that are switched on from outside (docs/local-cloud.md)."""

import re
import threading
from dataclasses import dataclass
from typing import Any

KINDS = (
    "latency",
    "status",
    "drop",
    "accept_then_504",
    "accept_then_drop",
    "html",
    "sold_out",
    "quota",
    "node_failure",
)
_LASTING = ("sold_out", "node_failure")  # what meets pools, not requests


@dataclass
class Fault:
    """One fault: which requests it meets, what it does, how many times (None: until it is switched off)."""

    kind: str
    method: str = ""
    path: str = ""
    times: int | None = None
    seconds: float = 0.0
    status: int = 500
    retry_after: int | None = None
    flavor: str = ""
    message: str = "Switched on by a fault."

    @classmethod
    def read(cls, item: Any) -> "Fault":
        """Read a fault. Raises ValueError with a sentence."""
        if not isinstance(item, dict) or item.get("kind") not in KINDS:
            raise ValueError(f"A fault has a kind, one of {', '.join(KINDS)}.")
        unknown = set(item) - set(cls.__dataclass_fields__)
        if unknown:
            raise ValueError(f"Unknown: {', '.join(sorted(unknown))}.")
        re.compile(item.get("path", ""))
        return cls(**item)

    def meets(self, method: str, path: str) -> bool:
        """Whether a request is met."""
        return self.method in ("", method) and bool(re.search(self.path, path))


class Faults:
    """The faults in force."""

    def __init__(self) -> None:
        self.listed: list[Fault] = []
        self._lock = threading.Lock()

    def replace(self, items: Any) -> None:
        """Replace all faults. Raises ValueError."""
        read = [Fault.read(item) for item in (items if isinstance(items, list) else [items])]
        with self._lock:
            self.listed = read

    def take(self, method: str, path: str) -> list[Fault]:
        """Return the faults that a request meets, and count them down."""
        with self._lock:
            met = [one for one in self.listed if one.times != 0 and one.meets(method, path)]
            for one in met:
                if one.times is not None and one.kind not in _LASTING:
                    one.times -= 1
            return met

    def sold_out(self) -> set[str]:
        """Return the flavors that turn out to be sold out when nodes are made."""
        return {one.flavor for one in self.listed if one.kind == "sold_out"}

    def node_failure(self) -> str:
        """Return why nodes that are made now do not come about; empty where they do."""
        found = next((one for one in self.listed if one.kind == "node_failure"), None)
        return found.message if found else ""
