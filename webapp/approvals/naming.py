"""What a place of the body is called on a page: the wizard knows its fields, and tells it here."""

from collections.abc import Callable

from webapp.nodepool import pointers

Namer = Callable[[str], tuple[str, str]]


def _plain(pointer: str) -> tuple[str, str]:
    """Return no section and the last steps of a pointer."""
    return "", " ".join(pointers.split(pointer)[-2:])


_namers: list[Namer] = [_plain]


def name_places(namer: Namer) -> None:
    """Let a function say which section a pointer belongs to, and what it is called."""
    _namers.insert(0, namer)


def named(pointer: str) -> tuple[str, str]:
    """Return the section and the label of a place."""
    return _namers[0](pointer)
