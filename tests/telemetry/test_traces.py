"""Traces of a portal as in production, received by a collector of the test's own."""

import os
import re
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.browser.conftest import environment_of
from tests.conftest import ANNA, ROOT, end, free_port, wait_until_answering


class Collector(ThreadingHTTPServer):
    """Takes traces by OTLP over HTTP."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.bodies: list[bytes] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def spans_with(self, name: str) -> list[dict]:
        """Wait for a span of this name; return name, trace and attributes of all."""
        for _ in range(300):
            if any(one["name"] == name for one in self._spans()):
                break
            time.sleep(0.1)
        return self._spans()

    def _spans(self) -> list[dict]:
        found = []
        for body in self.bodies:
            for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                about = {one.key: one.value.string_value for one in of_resource.resource.attributes}
                for one in (span for scope in of_resource.scope_spans for span in scope.spans):
                    attributes = {each.key: each.value.string_value for each in one.attributes}
                    found.append(about | attributes | {"name": one.name, "trace": one.trace_id.hex()})
        return found


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector():
    with Collector() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_request_is_traced_with_its_calls_of_the_cloud_and_without_secrets(
    collector, cloud_url, tmp_path, collected_static
):
    port = free_port()
    environment = environment_of(tmp_path, cloud_url, collected_static)
    environment |= {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    environment.pop("DATABASE_URL", None)  # SQLite will do: nothing here depends on the database
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    serve = [sys.executable, "-m", "granian", "--interface", "wsgi", "webapp.config.wsgi:application", "--no-log"]
    process = subprocess.Popen([*serve, "--port", str(port)], cwd=ROOT, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_answering(f"{url}/healthz", process)
        with requests.Session() as browser:
            page = browser.get(
                f"{url}/sign-in?next=/drafts&code=secret-of-a-sign-in", headers={"X-Request-Id": "a" * 32}
            )
            csrf = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
            said = {"way": "cloud", "csrfmiddlewaretoken": csrf, **ANNA}
            assert browser.post(f"{url}/sign-in", data=said, allow_redirects=False).status_code == 302
            cookies = browser.cookies.get_dict()
        spans = collector.spans_with("POST sign-in")
    finally:
        end(process)
    assert {one["service.name"] for one in spans} == {"poolwright"}
    assert {one["request_id"] for one in spans if one["name"] == "GET sign-in"} == {"a" * 32}
    post = next(one for one in spans if one["name"] == "POST sign-in")
    calls = [one for one in spans if one["trace"] == post["trace"] and one is not post]
    assert any(one["url.full"].endswith("/auth/tokens") for one in calls)
    assert {one["request_id"] for one in calls} == {post["request_id"]}
    assert not any("healthz" in str(one) for one in spans)
    sent = b"".join(collector.bodies)
    for secret in (ANNA["password"], csrf, "secret-of-a-sign-in", *cookies.values(), environment["SECRET_KEY"]):
        assert secret.encode() not in sent


def test_without_a_place_to_go_nothing_is_traced():
    # Not all of OpenTelemetry: where it is installed, redis loads its SDK.
    code = "import sys, webapp.config.wsgi; sys.exit('opentelemetry.instrumentation' in sys.modules)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
