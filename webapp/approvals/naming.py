"""What a place of the body is called on a page: the wizard knows its fields, and tells it here."""

from collections.abc import Callable

from webapp.nodepool import pointers
from webapp.nodepool.pointers import JSON

LONGEST_POINTER = 300
ELSEWHERE = "Not asked for by the wizard"
Namer = Callable[[str], tuple[str, str]]
Lister = Callable[[JSON], list[str]]


def _plain(pointer: str) -> tuple[str, str]:
    """Return no section and the last steps of a pointer."""
    return "", " ".join(pointers.split(pointer)[-2:])


_known: list[tuple[Namer, Lister]] = [(_plain, lambda body: [at for at, _ in pointers.leaves(body)])]


def name_places(namer: Namer, lister: Lister) -> None:
    """Let functions say which section a pointer belongs to and what it is called, and which fields a body has."""
    _known.insert(0, (namer, lister))


def named(pointer: str) -> tuple[str, str]:
    """Return the section and the label of a place."""
    return _known[0][0](pointer)


def places_in(body: JSON) -> list[str]:
    """Return the fields of a body, filled in or not, with those of the rows that it has."""
    return _known[0][1](body)


def is_field(pointer: str) -> bool:
    """Whether a pointer leads to something that has a name on a page."""
    return pointer.startswith("/") and len(pointer) <= LONGEST_POINTER and named(pointer)[0] not in ("", ELSEWHERE)
