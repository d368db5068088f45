"""Places of a draft that its preset fixes: shown read-only, and held on every way into the draft.

A draft keeps them as `{pointer: {"value", "reason", "by"}}`. A pointer names a value, a whole list, or an entry of
a map by its key: never something inside a list, whose rows come and go.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.pointers import JSON
from webapp.wizard.answers import Places, Tree, answer_at, answers_of, rows_in
from webapp.wizard.models import Preset
from webapp.wizard.places import Rows

Fixed = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Fix:
    """Who fixed a place, and why."""

    by: str
    reason: str

    def __str__(self) -> str:
        return f"Fixed by {self.by}: {self.reason}"


class FixedPlaces(Exception):
    """Fixed places were to be changed; `fixes` maps their pointers to who fixed them and why."""

    def __init__(self, fixes: dict[str, Fix]) -> None:
        super().__init__("A preset fixes places that were to be changed.")
        self.fixes = fixes


def fixed_by(preset: Preset) -> dict[str, dict[str, Any]]:
    """Return what a draft of a preset keeps."""
    by = str(preset.author)
    return {
        at: {"value": pointers.get(preset.body, at), "reason": reason, "by": by} for at, reason in preset.fixed.items()
    }


def fix_at(fixed: Fixed, at: str) -> Fix | None:
    """Return who fixed a place, and why."""
    found = fixed.get(at)
    return Fix(found["by"], found["reason"]) if found else None


def demand_held(body: JSON, fixed: Fixed) -> None:
    """Refuse a body in which a fixed place has another value. Raises FixedPlaces."""
    wrong = [at for at, one in fixed.items() if not _is_same(pointers.get(body, at), one["value"])]
    if wrong:
        raise FixedPlaces({at: Fix(fixed[at]["by"], fixed[at]["reason"]) for at in wrong})


def held(body: JSON, fixed: Fixed) -> JSON:
    """Return a body with every fixed place as it was fixed."""
    if not fixed:
        return body
    body = deepcopy(body)
    for at, one in fixed.items():
        _put(body, at, deepcopy(one["value"]))
    return body


def hold_answers(tree: Tree, places: Places, fixed: Fixed) -> None:
    """Put what a step's fixed places say back into posted answers, so that the page shows what is kept."""
    if not fixed:
        return
    kept = answers_of(places, held({}, fixed))
    for place in places:
        answer = answer_at(kept, place.at)
        if answer is None:
            continue
        if isinstance(place, Rows) and place.is_map and place.at not in fixed:
            answer = _joined(tree, place.at, answer)
        _put(tree, place.at, answer)


def _joined(tree: Tree, at: str, kept: Tree) -> Tree:
    """Return the rows of a map as they were typed, with the kept ones in the place of theirs, or at the end."""
    typed = {index: answer_at(tree, at)[index] for index in rows_in(tree, at)}
    for row in kept.values():
        same = (index for index, one in typed.items() if isinstance(one, dict) and _key_of(one) == row["key"])
        free = str(max(map(int, typed), default=-1) + 1)
        typed[next(same, free)] = row
    return typed


def _key_of(row: Tree) -> str:
    return str(row.get("key", "")).strip()


def _put(holder: Any, at: str, value: Any) -> None:
    """Write a value below objects alone: a step that looks like a number is a key here."""
    *way, last = pointers.split(at)
    for step in way:
        if not isinstance(holder.get(step), dict):
            holder[step] = {}
        holder = holder[step]
    holder[last] = value


def _is_same(one: JSON, other: JSON) -> bool:
    """Whether two values are the same JSON; in Python True equals 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
