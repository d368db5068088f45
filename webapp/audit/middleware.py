"""The address that a request comes from, for the lines that it causes."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from webapp.audit.trail import address


class AuditAddressMiddleware:
    """Keeps the caller's address at hand: behind a proxy, the last one that the proxy itself wrote."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        token = address.set(address_of(request))
        try:
            return self.get_response(request)
        finally:
            address.reset(token)


def address_of(request: HttpRequest) -> str:
    """Return the caller's address."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
