"""The OpenAPI document as a page that people read."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

from webapp.api.manual import Group, Member, groups, members_of


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """Show every operation, with an example of its call."""
    found, error = _read(request.build_absolute_uri("/").rstrip("/"))
    context = {"groups": found, "error": error}
    return render(request, "api/docs.html", context)


@lru_cache(maxsize=8)
def _document() -> dict[str, Any]:
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


@lru_cache(maxsize=8)  # the hosts that the portal answers to are few
def _read(base: str) -> tuple[list[Group], list[Member]]:
    document = _document()
    return groups(document, base), members_of(document, {"$ref": "#/components/schemas/Error"})
