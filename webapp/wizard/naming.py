"""What a place of the body is called on a page: its step, and its label with the rows that it stands in."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from webapp.approvals.naming import ELSEWHERE, plainly
from webapp.nodepool import pointers
from webapp.nodepool.pointers import JSON
from webapp.wizard import options, steps
from webapp.wizard.answers import text_of
from webapp.wizard.places import Place, Rows, Section, patterns

Way = tuple[str, ...]
# How many places have a label: where it is more than one, the section says which is meant.
_LABELS = Counter(place.label for step in steps.STEPS for _, place in patterns(step.places))
_PLACES = tuple(
    (pointers.split(at), place)
    for step in steps.STEPS
    for at, place in patterns(step.places)
    if isinstance(place, Place)
)


@lru_cache(maxsize=4096)
def named(pointer: str) -> tuple[str, str]:
    """Return the title of the step that edits a place, and what the place is called there."""
    way = pointers.split(pointer)
    for step in steps.STEPS:
        for section in step.sections:
            if label := _label_in(section, section.places, way):
                return step.title, label
    return ELSEWHERE, " ".join(way[-2:])


def told(pointer: str, value: JSON) -> str:
    """Return a value of the body in the words of the form; a script as it is typed."""
    place = place_at(pointer)
    return options.told(place, text_of(place, value)) if place and isinstance(value, str) else plainly(pointer, value)


@lru_cache(maxsize=4096)
def place_at(pointer: str) -> Place | None:
    """Return the place that edits a value of the body, where there is one."""
    way = pointers.split(pointer)
    return next((place for at, place in _PLACES if len(at) == len(way) == steps.shared(way, at)), None)


def label_of(section: Section, place: Place | Rows) -> str:
    """Return what a place is called outside of its step: with its section where others are called the same."""
    return place.label if _LABELS[place.label] == 1 else f"{section.title}: {place.label}"


def places_in(body: JSON) -> list[str]:
    """Return the pointers of all fields, with those of the rows that a body has."""
    return [at for step in steps.STEPS for at in _places(step.places, "", body)]


def _places(places: tuple[Place | Rows, ...], under: str, body: JSON) -> Iterator[str]:
    for place in places:
        at = under + place.at
        yield at
        if isinstance(place, Rows) and not place.is_map:
            rows = pointers.get(body, at)
            for number in range(len(rows) if isinstance(rows, list) else 0):
                yield from _places(place.places, f"{at}/{number}", body)


def _label_in(section: Section | None, places: tuple[Place | Rows, ...], way: Way) -> str:
    for place in places:
        at = pointers.split(place.at)
        if way[: len(at)] == at:
            label = label_of(section, place) if section else place.label
            return _in_rows(place, label, way[len(at) :]) if isinstance(place, Rows) else label
    return ""


def _in_rows(rows: Rows, label: str, rest: Way) -> str:
    if not rest:
        return label
    number = str(int(rest[0]) + 1) if rest[0].isdecimal() and not rows.is_map else rest[0]
    title = f"{rows.item.capitalize()} {number}"
    inner = _label_in(None, rows.places, rest[1:]) if rest[1:] else ""
    return f"{title}: {inner}" if inner else title
