"""What a form field is here: a place in the body.

A `Place` edits one value, a `Rows` a list (or a map) whose items have places of their own. Both know
where they stand by a JSON pointer; inside `Rows` the pointer is relative to the row. The pointer is
also the input's name, its id and its `data-at`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

Choices = tuple[tuple[str, str], ...]


class Kind(StrEnum):
    """How a value is typed, and what it is in the body."""

    TEXT = "text"
    NUMBER = "number"  # a JSON integer
    YES_NO = "yes-no"  # true, false, or not set
    CHOICE = "choice"  # a string out of a list
    SCRIPT = "script"  # typed in plain text, sent in base64
    FLAVOR = "flavor"  # a string out of the flavor table


@dataclass(frozen=True, slots=True)
class Place:
    """One value of the body.

    `choices` are fixed options, of a text mere suggestions; `picks` names a live pick list instead (see
    options.py). `unset` says what the cloud does when nothing is sent. `always` marks a member that its row must
    have, even empty.
    """

    at: str
    label: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    unset: str = ""
    choices: Choices = ()
    picks: str = ""
    bounds: tuple[int, int] | None = None
    needed: bool = False
    always: bool = False
    fixed_later: bool = False

    def told(self, answer: str) -> str:
        """Return an answer as a person reads it."""
        words = (("true", "Yes"), ("false", "No")) if self.kind is Kind.YES_NO else self.choices
        return dict(words).get(answer, answer)


@dataclass(frozen=True, slots=True)
class Rows:
    """A list in the body, one row per item; with `is_map` an object, one row per key and value.

    The places' pointers are relative to the row; a row of plain values has one place at "".
    """

    at: str
    label: str
    item: str
    places: tuple["Place | Rows", ...]
    hint: str = ""
    is_map: bool = False
    first: bool = False  # show an empty row where there is none


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a step; a foldable one can be put away, and nothing in it is hidden before somebody does."""

    title: str
    places: tuple[Place | Rows, ...]
    note: str = ""
    foldable: bool = False
    tool: str = ""  # a partial template shown on top of the section


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the wizard; `lists` are the pick lists that it draws on."""

    slug: str
    title: str
    sections: tuple[Section, ...]
    lead: str = ""
    lists: tuple[str, ...] = ()
    places: tuple[Place | Rows, ...] = field(init=False)

    def __post_init__(self) -> None:
        every = tuple(place for section in self.sections for place in section.places)
        object.__setattr__(self, "places", every)


def patterns(places: tuple[Place | Rows, ...], under: str = "") -> Iterator[tuple[str, Place | Rows]]:
    """Yield the pattern (`*` for a row) of every place and every list, lists before their rows' places."""
    for place in places:
        yield under + place.at, place
        if isinstance(place, Rows):
            yield from patterns(place.places, f"{under}{place.at}/*")
