"""The cloud session at the request, and an answer for cloud errors that nobody caught."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from webapp.accounts.access import page_of, sign_in_again
from webapp.accounts.service_accounts import ServiceAccountRejected
from webapp.accounts.session import cloud_of, forget_cloud
from webapp.cloud.errors import CloudError, TokenRejected
from webapp.cloud.patience import API_S, PAGE_S, patience


class CloudSessionMiddleware:
    """Sets `request.cloud` and how long it waits for the cloud; keeps signed-in pages out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        request.cloud = _lazily(request)  # type: ignore[attr-defined]
        with patience(API_S if request.path.startswith("/api/") else PAGE_S):
            response = self.get_response(request)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show a cloud error as a page: what happened, and what to do."""
        if isinstance(exception, TokenRejected) and not isinstance(exception, ServiceAccountRejected):
            forget_cloud(request)
            return sign_in_again(request, page_of(request))
        if isinstance(exception, CloudError):
            status = 404 if exception.status == 404 else 502
            return render(request, "portal/cloud_error.html", {"error": exception}, status=status)
        return None


def _lazily(request: HttpRequest) -> object:
    """Open the sealed session only when somebody asks."""
    return cloud_of(request) if "cloud" in request.session else None
