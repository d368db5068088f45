"""The local cloud over HTTP: faults on the way, tokens at the door, an answer for everything."""

import io
import logging
import secrets
import socket
import time
from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from webapp.simulator import identity
from webapp.simulator.answers import Refusal, cce_error, gateway_error
from webapp.simulator.cloud import Cloud
from webapp.simulator.control import control, note
from webapp.simulator.faults import Fault
from webapp.simulator.routes import routes


class App:
    """The WSGI application."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.routes = routes()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request."""
        request = Request(environ)
        try:
            response = self._answer(request)
        except Refusal as refusal:
            response = refusal.response
        except ConnectionAbortedError:
            return []
        response.headers["X-Request-Id"] = secrets.token_hex(16)
        if not request.path.startswith("/_"):
            note(request, self.cloud, response.status_code)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith("/_"):
            return control(request, self.cloud)
        with self.cloud.lock:
            self.cloud.calls[f"{request.method} {request.path}"] += 1
        met = self.cloud.faults.take(request.method, request.path)
        for fault in met:
            self._before(fault, request)
        response = self._service(request)
        for fault in met:
            if fault.kind.startswith("accept_then") and response.status_code < 300:
                self._lose(fault, request)
        return response

    def _service(self, request: Request) -> Response:
        if request.path.rstrip("/") in ("", "/v3"):
            return identity.version(request)
        if request.path == "/v3/auth/tokens":
            return identity.token(request, self.cloud)
        try:
            endpoint, values = self.routes.bind_to_environ(request.environ).match()
        except HTTPException:
            raise gateway_error(404, "APIGW.0101", "The API does not exist.") from None
        token = self.cloud.tokens.of(request.headers.get("X-Auth-Token", ""))
        if "p" in values and values["p"] != token.project:
            raise gateway_error(403, "APIGW.0302", "The token is not for this project.")
        with self.cloud.lock:
            response: Response = endpoint(request, self.cloud, token, **values)
        return response

    def _before(self, fault: Fault, request: Request) -> None:
        """Do what a fault does before a service is asked."""
        if fault.kind == "latency":
            time.sleep(fault.seconds)
        elif fault.kind == "drop":
            _hang_up(request)
        elif fault.kind == "html":
            raise Refusal(Response("<html><body>Bad gateway</body></html>", fault.status, mimetype="text/html"))
        elif fault.kind == "quota":
            raise cce_error(400, "CCE.01400008", "The server quota is exceeded.")
        elif fault.kind == "status":
            wait = {} if fault.retry_after is None else {"Retry_After": str(fault.retry_after)}
            code = "CCE.01429002" if fault.status == 429 else f"CCE.01{fault.status}001"
            raise cce_error(fault.status, code, fault.message, **wait)

    def _lose(self, fault: Fault, request: Request) -> None:
        """Lose the answer of a service that has done its work."""
        if fault.kind == "accept_then_drop":
            _hang_up(request)
        raise Refusal(Response("<html><body>Gateway Time-out</body></html>", 504, mimetype="text/html"))


def _hang_up(request: Request) -> None:
    """Close the connection without an answer."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


class _Handler(WSGIRequestHandler):
    """HTTP/1.1 with connections kept open, and no line per request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body of an answer leave together

    def run_wsgi(self) -> None:
        """Answer one request of a connection that stays open, as those of the real cloud do; werkzeug would close it.

        The request is read to its end before it is answered: the next one follows it.
        """
        environ = self.make_environ()
        environ["wsgi.input"] = io.BytesIO(self._body(environ))
        said: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
            said.extend((status, headers))
            return self.wfile.write

        answer = b"".join(self.server.app(environ, start_response))
        if not said:  # somebody has hung up
            self.close_connection = True
            return
        status, _, words = said[0].partition(" ")
        self.send_response(int(status), words)
        for name, value in said[1]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def _body(self, environ: dict[str, Any]) -> bytes:
        if environ.get("wsgi.input_terminated"):  # in chunks
            return bytes(environ["wsgi.input"].read())
        return self.rfile.read(int(environ.get("CONTENT_LENGTH") or 0))

    def log_request(self, *_: Any) -> None:
        """Say nothing."""


def served(cloud: Cloud, host: str, port: int) -> BaseWSGIServer:
    """Return a threaded server that is ready to serve."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    return make_server(host, port, App(cloud), threaded=True, request_handler=_Handler)
