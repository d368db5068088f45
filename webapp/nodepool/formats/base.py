"""What the formats have in common."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.pointers import JSON

PASSWORD = "/spec/nodeTemplate/login/userPassword"  # noqa: S105 - a place
NO_PASSWORD = "A password is not taken over: choose a key pair."  # noqa: S105 - a sentence
# What nobody may see. The second stands in answers of the cloud.
SECRETS = (PASSWORD, "/spec/nodeTemplate/extendParam/init-node-password")


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a format cannot carry, or that was not taken over; `pointer` is its place in the body."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where a pool is meant for; names of variables stand where something is not known."""

    cluster_id: str = ""
    project_id: str = ""
    endpoint: str = "https://cce.eu-de.otc.t-systems.com"


@dataclass(frozen=True, slots=True)
class Exported:
    """A body in a format, and what the format cannot express."""

    text: str
    left_out: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """A body read from a format, and what was not taken over."""

    body: dict[str, Any]
    left_out: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a body and, where `read` is given, to read one; `read` raises Unreadable.

    `needs_form` says that only a body without errors can be written, because it is laid out anew. `parse` is there
    where the text is the body itself: it yields that body as it stands, nothing removed. Raises Unreadable.
    """

    name: str
    label: str
    suffix: str
    write: Callable[[JSON, Target], Exported]
    read: Callable[[bytes], Imported] | None = None
    needs_form: bool = False
    parse: Callable[[bytes], JSON] | None = None


def without_password(body: JSON) -> JSON:
    """Return the body without passwords: they are shown to nobody."""
    return written_out(body)[0]


def written_out(body: JSON) -> tuple[JSON, tuple[Note, ...]]:
    """Return the body without passwords, which leave the portal in no format, and a note where there was one."""
    notes = []
    for at in SECRETS:
        if any(value for _, value in pointers.leaves(pointers.get(body, at))):
            body = pointers.without(body, at)
            notes.append(Note(at, "A password is never written out: add it where the text is used."))
    return body, tuple(notes)


def not_said(
    body: JSON, said: Collection[str], implied: Mapping[str, JSON], why: str, reasons: Mapping[str, str] | None = None
) -> Iterator[Note]:
    """Yield a note for each value that was not said, nor is implied, nor is null or an empty list or object.

    It says `why`, or what `reasons` have for its place.
    """
    for at, value in pointers.leaves(body):
        is_said = any(at == one or at.startswith(f"{one}/") for one in said)
        is_implied = at in implied and implied[at] == value
        if not is_said and not is_implied and value is not None and not isinstance(value, dict | list):
            yield Note(at, (reasons or {}).get(at, why))


def unknown(name: str, at: str = "") -> Note:
    """Return the note for an argument of a program that nobody knows."""
    return Note(at, f"The argument {name[:60]} is not known and was not taken over.")


def missing(body: JSON, needed: Iterable[str], why: str) -> Iterator[Note]:
    """Yield a note for each place that is needed, and empty."""
    return (Note(at, why) for at in needed if pointers.get(body, at) in (None, "", [], {}))


def remarks(notes: Iterable[Note]) -> str:
    """Return the notes as comments for the head of a text: they stay with it when it is taken along."""
    lines = [f"#   {ascii(note.pointer)[1:-1]} {ascii(note.message)[1:-1]}\n" for note in notes]
    return "".join(["# Not in this text, or not as it should be:\n", *lines]) if lines else ""


def encryption_of(disk: JSON, at: str) -> tuple[str, set[str]]:
    """Return the key that encrypts the disk at a pointer ("" for none), and the places that say so (1.5)."""
    names = [f"/metadata/__system__{name}" for name in ("encrypted", "cmkid")]
    encrypted, key = (pointers.get(disk, name) for name in names)
    if encrypted == "1" and isinstance(key, str) and key:
        return key, {at + name for name in names}
    return "", {at + names[0]} if encrypted == "0" else set()
