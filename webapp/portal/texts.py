"""Texts as every database takes them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class StorableTextMiddleware:
    """Takes NUL out of what forms and addresses say: no person types it, and PostgreSQL refuses a text with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, *_: Any) -> None:
        """Look at a form only now: a page that is not there reads none, and the API reads its bodies itself."""
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = _without_nul(request.GET)
        is_form = request.method == "POST" and request.content_type in _FORMS
        if is_form and not getattr(view, "csrf_exempt", False) and _has_nul(request.POST):
            request.POST = _without_nul(request.POST)


def _has_nul(said: QueryDict) -> bool:
    return any("\0" in value for _, values in said.lists() for value in values)


def _without_nul(said: QueryDict) -> QueryDict:
    kept = said.copy()
    for name, values in said.lists():
        kept.setlist(name, [value.replace("\0", "") for value in values])
    return kept
