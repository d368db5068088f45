"""Lists come in pages, each with the address of the next."""

from rest_framework.pagination import CursorPagination


class Latest(CursorPagination):
    """The newest first, fifty at a time."""

    page_size = 50
    ordering = ("-created_at", "pk")


class LatestEvents(Latest):
    """The newest events first."""

    ordering = ("-at", "-pk")


class ByName(Latest):
    """In the order of their names."""

    ordering = ("name", "pk")
