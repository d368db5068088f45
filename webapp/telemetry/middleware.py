"""Around every request: its id, one line in the log, its place in the metrics, and a bound to what it may bring."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from webapp.telemetry import metrics, request_ids

log = logging.getLogger("webapp.request")
_GIVEN_ID = f"HTTP_{request_ids.HEADER.upper().replace('-', '_')}"  # `request.headers` reads all of them first


class RequestMiddleware:
    """The outermost of our own layers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        started = time.perf_counter()
        request_id = request_ids.begin(request.META.get(_GIVEN_ID, ""))
        try:
            response = _too_large() if _size(request) > settings.LARGEST_REQUEST else self.get_response(request)
            response[request_ids.HEADER] = request_id
            _note(request, response, time.perf_counter() - started)
        finally:
            request_ids.end()
        return response


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    view = _view(request)
    status, method = response.status_code, metrics.method_label(request.method or "")
    metrics.REQUESTS.labels(view, method, status).observe(seconds)
    said: dict[str, Any] = {"method": method, "path": request.path, "view": view, "status": status}
    said |= {"duration_ms": round(seconds * 1000, 1), "user": _user_id(request)}
    level = logging.DEBUG if view == "static" else logging.INFO
    log.log(level, "%s %s %s %.0f ms", method, request.path, status, seconds * 1000, extra=said)


def _view(request: HttpRequest) -> str:
    found = request.resolver_match
    if found:
        return found.view_name or "unnamed"
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"


def _user_id(request: HttpRequest) -> Any:
    """Return who asked, if somebody has looked already: a line in the log costs no query."""
    found = getattr(request, "_cached_user", None) or getattr(request, "user", None)
    return None if isinstance(found, SimpleLazyObject) else getattr(found, "pk", None)


def _size(request: HttpRequest) -> int:
    size = request.META.get("CONTENT_LENGTH") or "0"
    return int(size) if size.isdecimal() else 0


def _too_large() -> HttpResponse:
    return HttpResponse("This request is too large.\n", status=413, content_type="text/plain")
