"""Django's PostgreSQL, whose JSON fields are `json` and not `jsonb`.

A body is kept exactly as it was given, as SQLite does it: `jsonb` sorts the keys, and refuses strings with NUL or a
lone surrogate, which a person may well have in a draft that is to be mended. Nothing here is looked up inside JSON.
"""

from collections.abc import Callable
from json import JSONEncoder, dumps
from typing import Any

from django.db.backends.postgresql import base, operations
from psycopg.types.json import Json
from psycopg.types.string import TextLoader


class DatabaseOperations(operations.DatabaseOperations):
    """Sends documents as text that PostgreSQL reads as `json`."""

    def adapt_json_value(self, value: Any, encoder: type[JSONEncoder] | None) -> Json:  # type: ignore[override] # as Django itself
        """Return what the driver sends for a document."""
        return Json(value, dumps=_dumps(encoder))


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL."""

    data_types = {**base.DatabaseWrapper.data_types, "JSONField": "json"}
    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        """Return how to connect; the field itself decodes documents."""
        params: dict[str, Any] = super().get_connection_params()
        params["context"].register_loader("json", TextLoader)
        return params


def _dumps(encoder: type[JSONEncoder] | None) -> Callable[[Any], str]:
    return lambda value: dumps(value, cls=encoder)
