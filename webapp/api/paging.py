"""Lists come in pages, each with the address of the next."""

from rest_framework.pagination import CursorPagination


class Latest(CursorPagination):
    """The newest first, fifty at a time."""

    page_size = 50
    ordering: tuple[str, ...] = ("-created_at", "pk")


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
