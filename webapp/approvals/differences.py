"""What differs between two bodies: field by field, and as lines of JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from itertools import groupby

from webapp.approvals.naming import named, told
from webapp.nodepool import pointers
from webapp.nodepool.pointers import JSON

NOT_SET = "Not set"


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs; texts as people read them."""

    pointer: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Part:
    """The changes of one section."""

    title: str
    changes: list[Change]


def parts_of(old: JSON, new: JSON) -> list[Part]:
    """Return what differs, in the order of the new body, grouped by section."""
    before, after = dict(pointers.leaves(old)), dict(pointers.leaves(new))
    places = [at for at in {**after, **before} if before.get(at) != after.get(at)]
    rows = [(named(at), at) for at in places if not (_is_empty(before.get(at)) and _is_empty(after.get(at)))]
    rows.sort(key=lambda row: row[0][0])
    return [
        Part(title, [Change(at, name[1], _shown(before, at), _shown(after, at)) for name, at in group])
        for title, group in groupby(rows, key=lambda row: row[0][0])
    ]


def lines_of(old: JSON, new: JSON) -> Iterator[str]:
    """Yield the lines of a JSON difference, each with its sign, context around it."""
    before, after = (json.dumps(one, indent=2, ensure_ascii=False, sort_keys=True).splitlines() for one in (old, new))
    for number, line in enumerate(unified_diff(before, after, lineterm="", n=3)):
        if number > 1:
            yield line


def _is_empty(value: JSON) -> bool:
    return value in (None, "", [], {})


def _shown(values: dict[str, JSON], at: str) -> str:
    if at not in values:
        return NOT_SET
    return told(at, values[at])
