"""Sessions in Django's table, each read by a fixed statement: every request reads one, and first of all."""

import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

_READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
_REMEMBERED = 256  # of a few KiB each, in which a token of the cloud stays sealed


class SessionStore(db.SessionStore):
    """The session of one browser."""

    def _validate_session_key(self, key: str | None) -> bool:
        """Whether this can be a key of ours: a cookie may say anything, also NUL, and PostgreSQL refuses to look."""
        return super()._validate_session_key(key) and str(key).isalnum()  # type: ignore[misc] # the stubs lack it

    def load(self) -> dict[str, Any]:
        """Return what the session holds; nothing where it is over."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_READ, [self.session_key, now])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        kept: dict[str, Any] = json.loads(_verified(row[0], (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)))
        return kept


@lru_cache(maxsize=_REMEMBERED)
def _verified(data: str, _keys: tuple[str, ...]) -> str:
    """Return a session's content whose signature was looked at: one row reads the same at each request."""
    return json.dumps(SessionStore().decode(data))
