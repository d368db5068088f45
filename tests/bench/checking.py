"""How many bodies a second the rules check, and a bare view reads and answers: `python -m tests.bench.checking`.

Both in one process, in turn, and without a server between.
"""

import io
import json
import time
from collections.abc import Callable
from itertools import cycle
from statistics import median
from typing import Any

import django
from django.conf import settings

settings.configure(ALLOWED_HOSTS=["testserver"], ROOT_URLCONF=__name__, MIDDLEWARE=[])
django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.urls import path  # noqa: E402

from tests.conftest import EXAMPLES  # noqa: E402
from webapp.nodepool import Cluster, check  # noqa: E402
from webapp.nodepool.defaults import blank_body  # noqa: E402

_SECONDS, _TURNS = 1.0, 3


def answer(request: HttpRequest) -> JsonResponse:
    """Read a body and give it back."""
    return JsonResponse(json.loads(request.body))


urlpatterns = [path("", answer)]


def rates() -> dict[str, int]:
    """Return bodies a second, over the examples of the API and a blank draft."""
    bodies = [json.loads((EXAMPLES / f"request-{name}.json").read_text()) for name in ("cce", "cce-turbo")]
    bodies.append(blank_body())
    checked, sent = cycle(bodies), cycle([json.dumps(one).encode() for one in bodies])
    asked = {"check": lambda: check(next(checked), Cluster()), "bare": lambda: _send(next(sent))}
    turns = [{name: _rate(ask) for name, ask in asked.items()} for _ in range(_TURNS)]
    return {name: round(median(turn[name] for turn in turns)) for name in asked}


def _rate(ask: Callable[[], Any]) -> float:
    count, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < _SECONDS:
        ask()
        count += 1
    return count / spent


def _send(body: bytes) -> None:
    said = _ENVIRON | {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    answered = _APPLICATION(said, lambda *_: None)
    if b"".join(answered) != body:
        raise RuntimeError(f"The bare view answers {answered.status_code}")
    answered.close()


_APPLICATION, _ENVIRON = WSGIHandler(), RequestFactory().post("/", content_type="application/json").environ

if __name__ == "__main__":
    print(json.dumps(rates()))  # noqa: T201
