"""The address that a request comes from, for the lines that it causes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from webapp.audit.trail import address
from webapp.telemetry.addresses import client_address


class AuditAddressMiddleware:
    """Keeps the caller's address at hand: behind a proxy, the last one that the proxy itself wrote."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        token = address.set(client_address(request))
        try:
            return self.get_response(request)
        finally:
            address.reset(token)
