"""How calls are made, against the local cloud and against a server that answers oddly."""

import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.conftest import ANNA
from tests.nodepool.test_rules import a_body
from webapp.cloud import iam, transport
from webapp.cloud.client import Cloud
from webapp.cloud.errors import (
    CloudError,
    CloudUnreachable,
    HostNotAllowed,
    OutcomeUnknown,
    Refused,
    Throttled,
    TokenRejected,
)
from webapp.cloud.regions import REGIONS
from webapp.cloud.transport import Call, answered, send


@pytest.fixture
def odd_server(settings):
    """A server that answers what the test tells it to; it keeps the headers that it was sent."""
    settings.CLOUD_ALLOWED_HOSTS = ["127.0.0.1"]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.seen.append(dict(self.headers))
            status, headers, body = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answers, server.seen = [(200, {}, b"{}")], []
    server.url = f"http://127.0.0.1:{server.server_port}/x"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def a_call(server, method="GET", **more):
    server.waits = []
    return Call(method, server.url, token="s3cret-token", wait=server.waits.append, **more)


def test_a_read_is_repeated_after_a_gateway_error(odd_server):
    odd_server.answers = [(503, {}, b""), (200, {}, b'{"a": 1}')]
    assert answered(send(a_call(odd_server))) == {"a": 1}


def test_a_change_is_never_repeated_after_a_server_error(odd_server):
    odd_server.answers = [(504, {}, b"<html>")]
    with pytest.raises(OutcomeUnknown):
        send(a_call(odd_server, "POST"))
    assert len(odd_server.seen) == 1


def test_a_change_is_repeated_after_the_time_that_throttling_names(odd_server):
    odd_server.answers = [(429, {"Retry-After": "2"}, b"{}"), (200, {}, b"{}")]
    call = a_call(odd_server, "POST")
    send(call)
    assert odd_server.waits == [2.0]


def test_a_long_wait_is_told_instead_of_waited(odd_server):
    odd_server.answers = [(429, {"Retry-After": "60"}, b"{}")]
    with pytest.raises(Throttled) as caught:
        send(a_call(odd_server))
    assert (caught.value.retry_after_s, odd_server.waits) == (60.0, [])


def test_a_redirect_is_not_followed(odd_server):
    odd_server.answers = [(302, {"Location": "https://elsewhere.example/"}, b"")]
    with pytest.raises(CloudError):
        send(a_call(odd_server))
    assert len(odd_server.seen) <= 3


def test_a_good_answer_that_is_no_json_is_a_sentence(odd_server):
    odd_server.answers = [(200, {}, b"<html>")]
    with pytest.raises(CloudUnreachable, match="cannot be read"):
        answered(send(a_call(odd_server)))


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"message": "m", "errorMessage": "e"}', "m"),
        (b'{"error": {"code": "Ecs.0314", "message": "key"}}', "key"),
        (b'{"itemNotFound": {"code": 404, "message": "none"}}', "none"),
        (b'{"error_msg": "slow", "error_code": "APIGW.0308"}', "slow"),
        (b"<html>", ""),
        (b"[1]", ""),
    ],
)
def test_every_services_error_body_is_read(odd_server, body, detail):
    odd_server.answers = [(400, {"X-Request-Id": "r-1"}, body)]
    with pytest.raises(Refused) as caught:
        send(a_call(odd_server))
    assert (caught.value.detail, caught.value.request_id) == (detail, "r-1")


def test_the_token_is_in_no_log_text_or_error(odd_server, caplog):
    caplog.set_level(logging.DEBUG)
    odd_server.answers = [(400, {}, b'{"message": "token s3cret-token is bad"}')]
    call = a_call(odd_server)
    with pytest.raises(Refused) as caught:
        send(call)
    assert "s3cret-token" not in f"{caplog.text} {call!r} {caught.value!r} {caught.value.as_dict()}"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://iam.eu-de.otc.t-systems.com/",
        "https://user@iam.eu-de.otc.t-systems.com/",
        "https://iam.eu-de.otc.t-systems.com.evil.example/",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_allowed_hosts_are_called(settings, url):
    settings.CLOUD_ALLOWED_HOSTS = ["*.eu-de.otc.t-systems.com"]
    with pytest.raises(HostNotAllowed):
        send(Call("GET", url))


@pytest.mark.parametrize("region", REGIONS)
def test_a_regions_own_hosts_are_allowed(settings, region):
    settings.CLOUD_ALLOWED_HOSTS = [REGIONS[region].hosts]
    transport.demand_allowed(REGIONS[region].auth_url)


def test_a_refused_connection_of_a_change_says_that_nothing_was_sent(settings):
    settings.CLOUD_ALLOWED_HOSTS = ["127.0.0.1"]
    with pytest.raises(CloudUnreachable, match="does not answer"):
        send(Call("POST", "http://127.0.0.1:9/"))


def test_a_wrong_password_is_a_rejected_token(local_cloud):
    with pytest.raises(TokenRejected):
        iam.sign_in(**{**ANNA, "password": "wrong"})


def test_a_pasted_token_gives_the_same_session(anna):
    assert iam.session_from_token(anna.token) == anna


def test_a_session_hides_its_token(anna):
    assert anna.token not in repr(anna)
    assert (anna.region, anna.project_name) == ("eu-de", "eu-de_sandbox")


def test_every_pick_list_can_be_had(anna):
    cloud = Cloud(anna)
    names = "flavors zones key_pairs volume_types kms_keys security_groups eips server_groups images".split()
    assert {name: bool(getattr(cloud, name)()) for name in names} == dict.fromkeys(names, True)
    assert cloud.quotas().vcpus.left == 7972
    assert {one.vpc_id for one in cloud.subnets("99ff0a1b-2c3d-4e5f-8a9b-0c1d2e3f4a5b")} == {
        "99ff0a1b-2c3d-4e5f-8a9b-0c1d2e3f4a5b"
    }


def test_a_refusal_that_names_a_place_is_blamed_on_it(anna):
    cloud = Cloud(anna)
    cluster = next(one for one in cloud.clusters() if one["metadata"]["name"] == "prod-standard")
    with pytest.raises(Refused) as caught:
        cloud.create_node_pool(cluster["metadata"]["uid"], a_body(**{"/metadata/name": "Bad"}))
    assert (caught.value.pointer, caught.value.code) == ("/metadata/name", "CCE.01400001")


@pytest.mark.parametrize("name", ["../../quotas", "x?y=z", "x#y", "..", "x/nodes"])
def test_an_id_cannot_lead_a_call_elsewhere(anna, local_cloud, name):
    with pytest.raises(CloudError):
        Cloud(anna).cluster(name)
    path = local_cloud.log("GET")[-1]["path"]
    assert path.startswith(f"/api/v3/projects/{anna.project_id}/clusters/")
