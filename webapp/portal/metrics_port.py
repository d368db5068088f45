"""The operator's addresses in a process that serves no pages: a worker tells at a port of its own what it counts."""

from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from webapp.portal.operating import OperatorMiddleware


class _Addresses(WSGIHandler):
    """The portal without its pages."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002 - as the parent has it
        """Answer the operator alone."""
        self._middleware_chain = convert_exception_to_response(OperatorMiddleware(_nothing))


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = 10  # whoever says nothing is hung up on

    def log_message(self, *_: Any) -> None:
        """Say nothing: a scrape is not worth a line."""


def open_port_if_any() -> None:
    """Answer /metrics, /healthz and /readyz at METRICS_PORT from now on; raises OSError where it is taken."""
    if not settings.METRICS_PORT:
        return
    server = _Server(("0.0.0.0", settings.METRICS_PORT), _Handler)  # noqa: S104 # nosec B104 - METRICS_ALLOWED says who may ask
    server.set_app(_Addresses())
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def _nothing(_: HttpRequest) -> HttpResponse:
    return HttpResponseNotFound("There are no pages here.\n", content_type="text/plain")
