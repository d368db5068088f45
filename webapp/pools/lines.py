"""The lines of a timeline: who did what when, and how long it took."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

CLOUD = "The cloud"  # who acts in what is seen of a pool


@dataclass(frozen=True, slots=True)
class Line:
    """One act, or what was seen of a pool; `took` is the time since the line before, None for the first."""

    at: datetime
    actor: str
    text: str
    comment: str = ""
    took: timedelta | None = None

    @property
    def took_words(self) -> str:
        """The time since the line before, as hours, minutes and seconds."""
        return "" if self.took is None else str(self.took).partition(".")[0]


def timed(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield lines in the order of time, each with the time since the one before."""
    last: datetime | None = None
    for one in sorted(lines, key=lambda line: line.at):
        yield replace(one, took=one.at - last if last else None)
        last = one.at
