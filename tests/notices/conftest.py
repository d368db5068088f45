"""A receiver of webhooks over real HTTP, people, and a webhook."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from webapp.accounts.models import User
from webapp.notices.actions import tell
from webapp.notices.events import Event
from webapp.notices.webhooks import create_webhook

SECRET = "a-secret-that-nobody-may-see"


@dataclass
class Receiver:
    """What came in; `answers` are the next statuses, 204 when there are none."""

    url: str = ""
    calls: list = field(default_factory=list)
    answers: list = field(default_factory=list)


def handler_of(receiver):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.calls.append((self.path, dict(self.headers), body))
            status = receiver.answers.pop(0) if receiver.answers else 204
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{receiver.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    return Handler


@pytest.fixture
def receiver():
    found = Receiver()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(found)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_port}"
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def person(db):
    return User.objects.create_user("person", email="person@example.com")


@pytest.fixture
def admin(db):
    return User.objects.create_user("admin", is_staff=True)


@pytest.fixture
def webhook(receiver, admin):
    return create_webhook(by=admin, name="chat", url=f"{receiver.url}/hook", events=[Event.READY], secret=SECRET)


def tell_of(event=Event.READY, people=(), **wishes):
    told = {"title": "pool-1 is ready", "text": "It took 4 minutes.", "url": "/pools/1", "payload": {"pool": "pool-1"}}
    tell(event, people=people, **{**told, **wishes})
