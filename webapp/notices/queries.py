"""Reads of notices that more than one caller needs."""

from dataclasses import dataclass

from django.db import connection

from webapp.accounts.models import User
from webapp.notices.models import Notice

PER_PAGE = 25
LONGEST_PAGE = 100
COUNTED = 100  # nobody counts further: the header shows 99+
_UNREAD = """
    SELECT count(*) FROM (
        SELECT 1 FROM notices_notice WHERE person_id = %s AND read_at IS NULL LIMIT %s
    ) AS unread
"""


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
    """Return how many notices a person has not read, counted up to COUNTED; a fixed statement, as each page asks."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [person.pk, COUNTED])
        return int(cursor.fetchone()[0])
