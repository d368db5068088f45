"""What a place of the body is called on a page: its step, and its label with the rows that it stands in."""

from functools import lru_cache

from webapp.nodepool import pointers
from webapp.wizard import steps
from webapp.wizard.places import Place, Rows

Way = tuple[str, ...]


@lru_cache(maxsize=4096)
def named(pointer: str) -> tuple[str, str]:
    """Return the title of the step that edits a place, and what the place is called there."""
    way = pointers.split(pointer)
    for step in steps.STEPS:
        label = _label_in(step.places, way)
        if label:
            return step.title, label
    return "Not asked for by the wizard", " ".join(way[-2:])


def _label_in(places: tuple[Place | Rows, ...], way: Way) -> str:
    for place in places:
        at = pointers.split(place.at)
        if way[: len(at)] == at:
            rest = way[len(at) :]
            return _in_rows(place, rest) if isinstance(place, Rows) else place.label
    return ""


def _in_rows(rows: Rows, rest: Way) -> str:
    if not rest:
        return rows.label
    number = str(int(rest[0]) + 1) if rest[0].isdecimal() and not rows.is_map else rest[0]
    title = f"{rows.item.capitalize()} {number}"
    inner = _label_in(rows.places, rest[1:]) if rest[1:] else ""
    return f"{title}: {inner}" if inner else title
