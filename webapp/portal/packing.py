"""Pages packed on their way to the browser."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PackingMiddleware(GZipMiddleware):
    """Packs pages, and nothing else: an answer of the API keeps the strong ETag that If-Match needs.

    That the length of a packed page tells nothing of its secrets is seen to by Django: padding of random length, and
    CSRF tokens that look different each time.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Pack a page."""
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response
