"""Lists come in pages, each with the address of the next."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class Latest(CursorPagination):
    """The newest first, fifty at a time."""

    page_size = 50
    ordering: tuple[str, ...] = ("-created_at", "pk")

    def paginate_queryset(self, *args: Any, **kwargs: Any) -> list[Any] | None:
        """Return a page. Raises NotFound for a cursor that was not made here, and points at nothing that is listed."""
        try:
            page: list[Any] | None = super().paginate_queryset(*args, **kwargs)
        except (ValueError, ValidationError, DataError):
            raise NotFound(self.invalid_cursor_message) from None
        return page


class LatestEvents(Latest):
    """The newest events first."""

    ordering = ("-at", "-pk")


class ByNumber(Latest):
    """Requests, the newest first."""

    ordering = ("-pk",)


class LatestLines(Latest):
    """The newest lines of the trail first, a hundred at a time."""

    page_size = 100
    ordering = ("-number",)


class ByName(Latest):
    """In the order of their names."""

    ordering = ("name", "pk")
