"""What a place of the body is called on a page: the wizard knows its fields, and tells it here."""

import json
from collections.abc import Callable

from django.utils.formats import number_format

from webapp.nodepool import pointers
from webapp.nodepool.pointers import JSON

LONGEST_POINTER = 300
ELSEWHERE = "Not asked for by the wizard"
Namer = Callable[[str], tuple[str, str]]
Lister = Callable[[JSON], list[str]]
Teller = Callable[[str, JSON], str]


def _plain(pointer: str) -> tuple[str, str]:
    """Return no section and the last steps of a pointer."""
    return "", " ".join(pointers.split(pointer)[-2:])


def plainly(_pointer: str, value: JSON) -> str:
    """Return a value as people read it, whatever it stands for."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int):
        return number_format(value, force_grouping=True)
    return value if isinstance(value, str) else json.dumps(value)


_known: list[tuple[Namer, Lister, Teller]] = [
    (_plain, lambda body: [at for at, _ in pointers.leaves(body)], plainly),
]


def name_places(namer: Namer, lister: Lister, teller: Teller) -> None:
    """Let functions say a place's section and name, which fields a body has, and what a value means there."""
    _known.insert(0, (namer, lister, teller))


def named(pointer: str) -> tuple[str, str]:
    """Return the section and the label of a place."""
    return _known[0][0](pointer)


def places_in(body: JSON) -> list[str]:
    """Return the fields of a body, filled in or not, with those of the rows that it has."""
    return _known[0][1](body)


def told(pointer: str, value: JSON) -> str:
    """Return a value in the words in which the form offers it at that place."""
    return _known[0][2](pointer, value)


def is_field(pointer: str) -> bool:
    """Whether a pointer leads to something that has a name on a page."""
    return pointer.startswith("/") and len(pointer) <= LONGEST_POINTER and named(pointer)[0] not in ("", ELSEWHERE)
