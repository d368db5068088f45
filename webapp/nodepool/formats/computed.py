"""Values as programs write them for a body: some are of another type there, some only the program itself can know."""

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from webapp.nodepool.formats.base import Note
from webapp.nodepool.pointers import JSON, join

_WHOLE = re.compile(r"-?[0-9]{1,18}")


class _Computed(Enum):
    COMPUTED = "computed"


COMPUTED = _Computed.COMPUTED


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value that stands for its JSON text."""

    value: Any


def has_computed(value: Any) -> bool:
    """Whether some part of a value is COMPUTED."""
    if isinstance(value, dict):
        return any(has_computed(one) for one in value.values())
    return any(has_computed(one) for one in value) if isinstance(value, list) else value is COMPUTED


def typed(value: Any, kind: type) -> Any:
    """Return a value where a text, number or truth value is wanted, as Terraform and Ansible convert it.

    What they would refuse, and COMPUTED, stays as it is.
    """
    if kind is str:
        return _as_text(value)
    if kind is int and isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return value == "true" if kind is bool and value in ("true", "false") else value


def _as_text(value: Any) -> Any:
    if isinstance(value, Encoded):
        return COMPUTED if has_computed(value.value) else json.dumps(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def settled(value: Any, why: str, at: str = "") -> tuple[JSON, list[Note]]:
    """Return a value without its COMPUTED parts and nulls, and a note for each of the former."""
    value = typed(value, str) if isinstance(value, Encoded) else value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    kept: dict[Any, JSON] = {}
    notes: list[Note] = []
    for key, one in pairs:
        inside = at + join(key)
        if one is COMPUTED:
            notes.append(Note(inside, why))
            continue
        made, more = settled(one, why, inside)
        notes += more
        if made is not None and not (one and made == []):
            kept[key] = made
    if isinstance(value, dict):
        return kept, notes
    return (list(kept.values()) if isinstance(value, list) else value), notes
