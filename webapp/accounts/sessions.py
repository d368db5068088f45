"""Sessions in Django's table, each read by a fixed statement: every request reads one, and first of all."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

_READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


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
        return self.decode(row[0])
