"""Reads of notices that more than one caller needs."""

from dataclasses import dataclass

from webapp.accounts.models import User
from webapp.notices.models import Notice

PER_PAGE = 25
LONGEST_PAGE = 100
COUNTED = 100  # nobody counts further: the header shows 99+


@dataclass(frozen=True)
class Page:
    """Some notices, the newest first; `older` is the cursor of the page that follows, if there is one."""

    notices: list[Notice]
    limit: int
    before: int | None
    older: int | None


def page_of(person: User, *, before: int | None = None, limit: int = PER_PAGE) -> Page:
    """Return a person's notices that are older than the cursor `before`, by one query."""
    limit = min(max(limit, 1), LONGEST_PAGE)
    found = Notice.objects.of(person)
    if before is not None:
        found = found.filter(pk__lt=before)
    notices = list(found[: limit + 1])
    older = notices[limit - 1].pk if len(notices) > limit else None
    return Page(notices[:limit], limit, before, older)


def unread_count(person: User) -> int:
    """Return how many notices a person has not read, counted up to COUNTED."""
    return Notice.objects.of(person).unread().order_by()[:COUNTED].count()
