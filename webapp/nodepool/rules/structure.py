"""Holding a body against its shape: types, members that must be there, bounds, unknown keys."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.choices import LARGEST
from webapp.nodepool.pointers import JSON
from webapp.nodepool.problems import Problem, Severity
from webapp.nodepool.rules.shape import Flag, Many, Number, Text, Thing, Value

UNKNOWN_KEY = "NP-SPEC-01"
MAX_UNKNOWN = 20  # keys of one object that are named
_DIGITS = re.compile(r"[0-9]{1,18}")
_WHERE = "API reference, Creating a Node Pool"


def broken(shape: Value, value: JSON, at: str = "") -> Iterator[Problem]:
    """Yield what does not fit the shape, outer values first."""
    match shape:
        case Text():
            yield from _text(shape, value, at)
        case Number():
            yield from _number(shape, value, at)
        case Flag():
            if not isinstance(value, bool):
                yield _error(shape, at, "Choose true or false, without quotes.")
        case Many():
            yield from _many(shape, value, at)
        case Thing():
            yield from _thing(shape, value, at)
        case _:
            return


def shown(text: JSON) -> str:
    """Return a text short enough for a sentence; what is none is shown empty."""
    text = text if isinstance(text, str) else ""
    printable = "".join(letter if letter.isprintable() else "?" for letter in text[:40])
    return f"“{printable}{'…' if len(text) > 40 else ''}”"


def _error(shape: Value, at: str, message: str, code: str = "") -> Problem:
    return Problem(at, code or shape.code, Severity.ERROR, message, shape.source or _WHERE)


def _text(shape: Text, value: JSON, at: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _error(shape, at, "This must be a text in quotes.")
    elif not value and shape.blank:
        return
    elif shape.one_of and value not in shape.one_of:
        says = f"{shown(value)} is not possible here. " if value else ""
        yield _error(shape, at, f"{says}Choose {_listed(shape.one_of)}.")
    elif not value:
        yield _error(shape, at, "Fill this in: it must not be empty.")
    elif shape.length and not shape.length[0] <= len(value) <= shape.length[1]:
        yield _error(shape, at, f"Use {_span(*shape.length)} characters; these are {len(value)}.")


def _number(shape: Number, value: JSON, at: str) -> Iterator[Problem]:
    if shape.text_too and isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        yield _error(shape, at, "Enter a whole number.")
        return
    low, high = shape.bounds
    if not low <= value <= high:
        is_open = high == LARGEST and value < low
        yield _error(shape, at, f"Enter {low} or more." if is_open else f"Enter {_span(low, high)}.")


def _many(shape: Many, value: JSON, at: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield _error(shape, at, "This must be a list in square brackets.")
        return
    low, high = shape.count
    if len(value) < low:
        yield _error(shape, at, f"Add at least {low}{'' if shape.needed else ', or leave this out'}.")
    if len(value) > high:
        yield _error(shape, at, f"Keep at most {high}; these are {len(value)}.", shape.too_many)
    for index, item in enumerate(value[:high]):
        yield from broken(shape.item, item, f"{at}/{index}")


def _thing(shape: Thing, value: JSON, at: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _error(shape, at, "This must be an object in curly brackets.")
        return
    for name, member in shape.members.items():
        inside = at + pointers.join(name)
        if value.get(name) is not None:
            yield from broken(member, value[name], inside)
        elif member.needed:
            yield _error(member, inside, "This is needed: fill it in.")
    if not shape.open:
        yield from _unknown(shape, value, at)


def _unknown(shape: Thing, value: dict[Any, Any], at: str) -> Iterator[Problem]:
    for key in islice((key for key in value if key not in shape.members), MAX_UNKNOWN):
        message = f"The key {shown(key)} is not known. The cloud ignores it: remove it, or mend its spelling."
        where = at + pointers.join(key[:200] if isinstance(key, str) else "")
        yield Problem(where, UNKNOWN_KEY, Severity.WARNING, message, "docs/cloud-api.md 1.2")


def _listed(values: tuple[str, ...]) -> str:
    *first, last = values
    return f"{', '.join(first)} or {last}" if first else last


def _span(low: int, high: int) -> str:
    return f"{low} to {high}" if low != high else str(low)
