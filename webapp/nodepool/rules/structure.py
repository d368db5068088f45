"""Holding a body against its shape: types, members that must be there, bounds, unknown keys."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.choices import LARGEST
from webapp.nodepool.pointers import JSON
from webapp.nodepool.problems import Problem, Severity
from webapp.nodepool.rules.shape import Flag, Free, Many, Number, Text, Thing, Value

UNKNOWN_KEY = "NP-SPEC-01"
MAX_UNKNOWN = 20  # keys of one object that are named
_DIGITS = re.compile(r"[0-9]{1,18}")
_WHERE = "API reference, Creating a Node Pool"


@dataclass(frozen=True, slots=True)
class Held:
    """A value that was held against its shape.

    `known` has every value but null that stands where the shape has a place for it, by pointer; of lists that are too
    long so many items as they may have. `problems` are what does not fit, outer values first.
    """

    known: dict[str, JSON] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def held(shape: Value, value: JSON) -> Held:
    """Hold a value against its shape, in one walk over what the shape knows."""
    found = Held()
    _hold(shape, value, "", found)
    return found


def shown(text: JSON) -> str:
    """Return a text short enough for a sentence; what is none is shown empty."""
    text = text if isinstance(text, str) else ""
    printable = "".join(letter if letter.isprintable() else "?" for letter in text[:40])
    return f"“{printable}{'…' if len(text) > 40 else ''}”"


def _error(shape: Value, at: str, message: str, code: str = "") -> Problem:
    return Problem(at, code or shape.code, Severity.ERROR, message, shape.source or _WHERE)


def _hold(shape: Value, value: JSON, at: str, found: Held) -> None:
    found.known[at] = value
    _HOLD[type(shape)](shape, value, at, found)


def _free(shape: Value, value: JSON, at: str, found: Held) -> None:
    """Anything fits."""


def _flag(shape: Value, value: JSON, at: str, found: Held) -> None:
    if not isinstance(value, bool):
        found.problems.append(_error(shape, at, "Choose true or false, without quotes."))


def _text(shape: Text, value: JSON, at: str, found: Held) -> None:
    if message := _wrong_text(shape, value):
        found.problems.append(_error(shape, at, message))


def _wrong_text(shape: Text, value: JSON) -> str:
    if not isinstance(value, str):
        return "This must be a text in quotes."
    if not value and shape.blank:
        return ""
    if shape.one_of and value not in shape.one_of:
        says = f"{shown(value)} is not possible here. " if value else ""
        return f"{says}Choose {_listed(shape.one_of)}."
    if not value:
        return "Fill this in: it must not be empty."
    if shape.length and not shape.length[0] <= len(value) <= shape.length[1]:
        return f"Use {_span(*shape.length)} characters; these are {len(value)}."
    return ""


def _number(shape: Number, value: JSON, at: str, found: Held) -> None:
    if message := _wrong_number(shape, value):
        found.problems.append(_error(shape, at, message))


def _wrong_number(shape: Number, value: JSON) -> str:
    if shape.text_too and isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return "Enter a whole number."
    low, high = shape.bounds
    if low <= value <= high:
        return ""
    is_open = high == LARGEST and value < low
    return f"Enter {low} or more." if is_open else f"Enter {_span(low, high)}."


def _many(shape: Many, value: JSON, at: str, found: Held) -> None:
    if not isinstance(value, list):
        found.problems.append(_error(shape, at, "This must be a list in square brackets."))
        return
    low, high = shape.count
    if len(value) < low:
        message = f"Add at least {low}{'' if shape.needed else ', or leave this out'}."
        found.problems.append(_error(shape, at, message))
    if len(value) > high:
        found.problems.append(_error(shape, at, f"Keep at most {high}; these are {len(value)}.", shape.too_many))
    for index, item in enumerate(value[:high]):
        _hold(shape.item, item, f"{at}/{index}", found)


def _thing(shape: Thing, value: JSON, at: str, found: Held) -> None:
    if not isinstance(value, dict):
        found.problems.append(_error(shape, at, "This must be an object in curly brackets."))
        return
    for name, way, member in shape.ways:
        inside = value.get(name)
        if inside is not None:
            _hold(member, inside, at + way, found)
        elif member.needed:
            found.problems.append(_error(member, at + way, "This is needed: fill it in."))
    if not shape.open and not value.keys() <= shape.members.keys():
        found.problems.extend(_unknown(shape, value, at))


def _unknown(shape: Thing, value: dict[Any, Any], at: str) -> Iterator[Problem]:
    for key in islice((key for key in value if key not in shape.members), MAX_UNKNOWN):
        message = f"The key {shown(key)} is not known. The cloud ignores it: remove it, or mend its spelling."
        where = at + pointers.join(key[:200] if isinstance(key, str) else "")
        yield Problem(where, UNKNOWN_KEY, Severity.WARNING, message, "docs/cloud-api.md 1.2")


_HOLD: dict[type[Value], Callable[[Any, JSON, str, Held], None]] = {
    Text: _text,
    Number: _number,
    Flag: _flag,
    Many: _many,
    Thing: _thing,
    Free: _free,
}


def _listed(values: tuple[str, ...]) -> str:
    *first, last = values
    return f"{', '.join(first)} or {last}" if first else last


def _span(low: int, high: int) -> str:
    return f"{low} to {high}" if low != high else str(low)
