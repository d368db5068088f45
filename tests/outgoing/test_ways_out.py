"""Every way out of the portal goes to an address that was looked at, and nowhere else on a redirect."""

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from django.core.cache import cache

from tests.notices.conftest import SECRET
from webapp import outgoing
from webapp.accounts.models import User
from webapp.accounts.oidc import OidcBackend
from webapp.accounts.oidc_provider import OidcFailure, provider
from webapp.cloud.errors import CloudError, CloudUnreachable
from webapp.cloud.transport import Call, send
from webapp.notices.models import Delivery, Webhook
from webapp.notices.sending import NotDelivered
from webapp.notices.sending import send as deliver
from webapp.notices.webhooks import create_webhook

pytestmark = pytest.mark.django_db
HOST = "way.example.com"
PUBLIC, OTHER, PRIVATE = "80.158.0.1", "80.158.0.2", "10.0.0.1"


def ask_the_cloud(origin, _):
    send(Call("POST", f"{origin}/v3", token="s3cret"))


def call_a_webhook(origin, _):
    user, _ = User.objects.get_or_create(username="admin")
    hook = create_webhook(
        by=user, name=f"hook {Webhook.objects.count()}", url=f"{origin}/hook", events=["ready"], secret=SECRET
    )
    deliver(Delivery.objects.create(channel="webhook", webhook=hook, address=origin, event="ready", content="{}"))


def ask_the_provider_who_it_is(origin, settings):
    settings.OIDC_ISSUER = origin
    cache.clear()
    provider()


def give_the_provider_the_secret(origin, settings):
    return _backend(origin, settings).get_token({"client_id": "poolwright", "client_secret": "s3cret"})


def ask_the_provider_for_its_keys(origin, settings):
    return _backend(origin, settings).retrieve_matching_jwk(jwt.encode({}, "k" * 32, algorithm="HS256"))


def ask_the_provider_for_the_person(origin, settings):
    return _backend(origin, settings).get_userinfo("s3cret", "", {})


def _backend(origin, settings):
    settings.OIDC_RP_SIGN_ALGO, settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = "HS256", "id", "s3cret"
    settings.OIDC_ISSUER, settings.OIDC_ORIGINS = origin, [origin]
    names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
    settings.OIDC_ENDPOINTS = {**{name: f"{origin}/{name}" for name in names}, "end_session_endpoint": ""}
    return OidcBackend()


WAYS = [
    ask_the_cloud,
    call_a_webhook,
    ask_the_provider_who_it_is,
    give_the_provider_the_secret,
    ask_the_provider_for_its_keys,
    ask_the_provider_for_the_person,
]
each_way = pytest.mark.parametrize("go", WAYS, ids=lambda one: one.__name__)
NOT_THERE = (CloudError, NotDelivered, OidcFailure, outgoing.requests.RequestException)


@pytest.fixture(autouse=True)
def _no_host_is_private(settings):
    settings.CLOUD_ALLOWED_HOSTS = settings.WEBHOOK_ALLOWED_HOSTS = settings.OIDC_ALLOWED_HOSTS = ["*.example.com"]
    settings.CLOUD_PRIVATE_HOSTS = settings.WEBHOOK_PRIVATE_HOSTS = settings.OIDC_PRIVATE_HOSTS = []


@pytest.fixture
def names(monkeypatch):
    """Let the name service answer what the test says, one answer after the other; and note where calls go."""
    answers, dialled = [], []

    def getaddrinfo(host, port, *_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers.pop(0)]

    def dial(target, *_, **__):
        dialled.append(target)
        raise OSError("no network in a test")

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(outgoing, "create_connection", dial)
    return answers, dialled


@each_way
@pytest.mark.parametrize("addresses", [[PRIVATE], ["169.254.169.254", "127.0.0.1"]])
def test_nothing_is_sent_where_a_name_leads_only_into_private_networks(names, settings, go, addresses):
    answers, dialled = names
    answers.append(addresses)
    with pytest.raises(NOT_THERE):
        go(f"https://{HOST}", settings)
    assert dialled == []


@each_way
def test_the_address_that_was_checked_is_the_one_that_is_called_whatever_the_next_answer_is(names, settings, go):
    answers, dialled = names
    answers += [[PUBLIC, PRIVATE, OTHER], [PRIVATE]]
    with pytest.raises(NOT_THERE):
        go(f"https://{HOST}", settings)
    assert dialled == [(PUBLIC, 443), (OTHER, 443)]
    assert answers == [[PRIVATE]]
    with pytest.raises(NOT_THERE):
        go(f"https://{HOST}", settings)
    assert (len(dialled), answers) == (2, [])


@contextmanager
def a_server_that_sends_elsewhere(location):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(307)
            self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@each_way
def test_a_redirect_leads_to_no_other_host(settings, go):
    settings.CLOUD_ALLOWED_HOSTS = settings.OIDC_ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    settings.WEBHOOK_ALLOWED_HOSTS, settings.WEBHOOK_PRIVATE_HOSTS = [], ["127.0.0.1", "localhost"]
    with a_server_that_sends_elsewhere("") as (other, elsewhere):
        away = other.replace("127.0.0.1", "localhost")
        with a_server_that_sends_elsewhere(away) as (origin, asked), pytest.raises(NOT_THERE):
            go(origin, settings)
    assert (len(asked), elsewhere) == (1, [])


def test_a_proxy_of_the_environment_is_not_used(names, monkeypatch, settings):
    answers, dialled = names
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    answers.append([PUBLIC])
    with pytest.raises(CloudUnreachable):
        ask_the_cloud(f"https://{HOST}", settings)
    assert dialled == [(PUBLIC, 443)]


def test_a_name_that_is_unknown_is_a_cloud_that_does_not_answer(monkeypatch):
    def getaddrinfo(*_, **__):
        raise socket.gaierror("unknown")

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(CloudUnreachable, match="does not answer"):
        send(Call("GET", f"https://{HOST}/v3", wait=lambda _: None))


def test_a_provider_that_names_another_host_for_its_tokens_is_not_followed_there(settings, monkeypatch, caplog):
    settings.OIDC_ISSUER, settings.OIDC_ORIGINS = f"https://{HOST}", [f"https://{HOST}"]
    settings.OIDC_ALLOWED_HOSTS = [HOST]
    document = {
        "issuer": f"https://{HOST}",
        "authorization_endpoint": f"https://{HOST}/authorize",
        "token_endpoint": "https://evil.example/token",
        "userinfo_endpoint": f"https://{HOST}/userinfo",
        "jwks_uri": f"https://{HOST}/jwks",
    }
    monkeypatch.setattr("webapp.accounts.oidc_provider._discovered", lambda: document)
    with pytest.raises(OidcFailure, match="not set up correctly"):
        provider()
    assert "add evil.example to OIDC_ALLOWED_HOSTS" in caplog.text
    settings.OIDC_ALLOWED_HOSTS = [HOST, "evil.example"]
    assert provider().token_endpoint == "https://evil.example/token"
