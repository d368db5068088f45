"""Writing and verifying the trail. Lines are written by fixed statements: one launch writes five of them."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from webapp.audit.models import AuditHead, AuditLine

SYSTEM = "system"
_HEAD = 1
_SAID = ("number", "actor", "actor_id", "act", "about", "before", "after", "address", "previous")  # and when
_READ_HEAD = "SELECT number, hash FROM audit_audithead WHERE id = %s"
_MOVE_HEAD = "UPDATE audit_audithead SET number = %s, hash = %s WHERE id = %s"
_ADD_LINE = """
    INSERT INTO audit_auditline (number, actor, actor_id, act, about, before, after, address, previous, at, hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_COUNT = "SELECT COUNT(*) FROM audit_auditline WHERE about = %s"
address: ContextVar[str] = ContextVar("address", default="")


class _Waiting(threading.local):
    """The lines of this thread that are written at the end of a block, and the savepoints that it began under."""

    lines: list[AuditLine] | None = None
    savepoints = 0


_waiting = _Waiting()


@contextmanager
def together() -> Iterator[None]:
    """Do all that is in here in one transaction, and write its lines at the end: the trail is locked only then.

    Nothing in here may be undone alone, to a savepoint, for its line would stay: `note` refuses that.
    """
    if _waiting.lines is not None:
        with transaction.atomic(savepoint=False):
            yield
        return
    with transaction.atomic():
        _waiting.lines, _waiting.savepoints = [], _savepoints()
        try:
            yield
            _write(_waiting.lines)
        finally:
            _waiting.lines = None


def note(act: str, *, by: Any = None, about: str = "", before: Any = None, after: Any = None) -> AuditLine:
    """Add a line, in the transaction of the change that it tells of. Secrets must not be in it.

    Args:
        act: what was done, such as `request.approved`.
        by: the person, or None for the portal itself.
        about: the object, such as `request NP-1042`.
        before: the JSON value that was replaced.
        after: the JSON value that stands there now.
    """
    line = AuditLine(
        actor=str(by)[:200] if by is not None else SYSTEM,
        actor_id=str(by.pk) if by is not None else "",
        act=act,
        about=about[:200],
        before=_text(before),
        after=_text(after),
        address=address.get()[:60],
    )
    if _waiting.lines is None:
        with transaction.atomic(savepoint=False):  # a line that cannot be written undoes what it tells of
            _write([line])
    elif _savepoints() == _waiting.savepoints:
        _waiting.lines.append(line)
    else:
        raise RuntimeError(f"{act} could be undone by a savepoint without its line")
    return line


def _savepoints() -> int:
    """Return how many savepoints are open."""
    return sum(one is not None for one in connection.savepoint_ids)


def _locked_head() -> tuple[int, str]:
    """Return number and hash of the last line, kept from all others until the transaction ends."""
    head = _read_head()
    if head is None:
        AuditHead.objects.get_or_create(pk=_HEAD)
        head = _read_head()
    assert head is not None  # noqa: S101 - it was just made, and is never deleted
    return head


def _read_head() -> tuple[int, str] | None:
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(_READ_HEAD + lock, [_HEAD])
        return cursor.fetchone()


def _write(lines: list[AuditLine]) -> None:
    """Add lines to the end of the trail."""
    if not lines:
        return
    number, previous = _locked_head()
    for line in lines:
        number += 1
        line.number, line.previous, line.at = number, previous, timezone.now()  # in the order of the numbers
        line.hash = previous = hash_of(line)
        line._state.adding = False  # from now on it refuses to be saved
    with connection.cursor() as cursor:
        cursor.executemany(_ADD_LINE, [_row(line) for line in lines])
        cursor.execute(_MOVE_HEAD, [number, previous, _HEAD])


def _row(line: AuditLine) -> list[Any]:
    at = connection.ops.adapt_datetimefield_value(line.at)
    return [*(getattr(line, name) for name in _SAID), at, line.hash]


def count_about(about: str) -> int:
    """Return how many lines tell of an object; every poll asks."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [about])
        count: int = cursor.fetchone()[0]
        return count


def hash_of(line: AuditLine) -> str:
    """Return the SHA-256 of everything in a line but its own hash."""
    said = {name: getattr(line, name) for name in _SAID} | {"at": line.at.isoformat()}
    return hashlib.sha256(_text(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at: the lines from `first` to `last`, and a sentence for each place that does not hold."""

    first: int
    last: int
    findings: list[str]
    is_end: bool


def verified(after: int = 0, most: int | None = None) -> Verified:
    """Verify the lines behind a number, so many at most; at the end of the trail also that nothing is missing."""
    start = AuditLine.objects.filter(number=after).values_list("number", "hash").first() or (0, "")
    lines = AuditLine.objects.filter(number__gt=start[0]).order_by("number")
    lines = lines[:most] if most else lines
    found: list[str] = []
    number, previous = start
    for line in lines.iterator(chunk_size=2000):
        found += _findings(line, number, previous)
        number, previous = line.number, line.hash
    head = AuditHead.objects.filter(pk=_HEAD).first() or AuditHead()
    is_whole = (number, previous) == (head.number, head.hash)
    goes_on = not is_whole and AuditLine.objects.filter(number__gt=number).exists()
    if not is_whole and not goes_on:
        found.append(f"The trail ends at line {number}, but {head.number} lines were written.")
    return Verified(start[0] + 1, number, found, not goes_on)


def latest_verified(count: int) -> Verified:
    """Verify the latest lines."""
    lines = AuditLine.objects.order_by("-number").values_list("number", flat=True)
    before = lines[count : count + 1].first() if count else None
    return verified(before or 0)


def _findings(line: AuditLine, number: int, previous: str) -> Iterator[str]:
    """Yield what is wrong with a line that should follow another."""
    if line.number != number + 1:
        yield f"Lines are missing between {number} and {line.number}."
    elif line.previous != previous:
        yield f"Line {line.number} does not follow from the line before it: one of them was replaced or moved."
    if hash_of(line) != line.hash:
        yield f"Line {line.number} was altered."


def as_json(line: AuditLine) -> dict[str, Any]:
    """Return a line as exports show it."""
    names = ("number", "actor", "actor_id", "act", "about", "address", "previous", "hash")
    values = {name: json.loads(getattr(line, name) or "null") for name in ("before", "after")}
    return {name: getattr(line, name) for name in names} | {"at": line.at.isoformat()} | values


def json_lines(after: int = 0) -> Iterator[str]:
    """Yield the lines behind a number as JSON, oldest first."""
    lines = AuditLine.objects.filter(number__gt=after).order_by("number")
    return (json.dumps(as_json(line)) for line in lines.iterator(chunk_size=2000))


def _text(value: Any) -> str:
    """Return a value in the one form that hashes count on."""
    return "" if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
