"""What the operator's tools ask: does the process live, can it serve, and what does it count.

Answered before everything else, so that neither a Host header nor a dead database stands in the way.
"""

import hmac
import json
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from threading import Event

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST

from webapp.portal import waiting  # noqa: F401 - tells the metrics what waits
from webapp.telemetry import metrics
from webapp.telemetry.addresses import client_address

OK, DEAD, MISSING = "ok", "does not answer", "not applied"
_complete = Event()


class OperatorMiddleware:
    """Answers /healthz, /readyz and /metrics."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        answer = _ANSWERS.get(request.path, self.get_response)
        response = answer(request)
        if answer is not self.get_response:
            response["Cache-Control"] = "no-store"
        return response


def health(_: HttpRequest) -> HttpResponse:
    """Say that the process works: a restart would help nothing else."""
    return HttpResponse("ok", content_type="text/plain")


def readiness(_: HttpRequest) -> HttpResponse:
    """Say whether requests can be served: the database answers and has its tables. A cache is no condition."""
    state = {"database": OK, "migrations": OK, "cache": _cache_state()}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _is_migrated():
            state["migrations"] = MISSING
    except DatabaseError:
        state["database"], state["migrations"] = DEAD, "unknown"
    is_ready = state["database"] == state["migrations"] == OK
    return HttpResponse(json.dumps(state), status=200 if is_ready else 503, content_type="application/json")


def numbers(request: HttpRequest) -> HttpResponse:
    """Give the metrics to whom the operator allows it."""
    if not (_has_token(request) or _is_near(request)):
        return HttpResponse("Not from here.\n", status=403, content_type="text/plain")
    return HttpResponse(metrics.exposition(settings.METRICS_FOLDER), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    said = request.headers.get("Authorization", "").encode()
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(said, wanted)


def _is_near(request: HttpRequest) -> bool:
    """Whether the address is on the list; one that somebody merely claims to have is not."""
    if "X-Forwarded-For" in request.headers and not settings.BEHIND_PROXY:
        return False
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return False
    return any(address in ip_network(one) for one in settings.METRICS_ALLOWED)


def _cache_state() -> str:
    is_alive = getattr(caches["default"], "is_alive", None)
    if is_alive is None:
        return "in this process"
    return OK if is_alive() else DEAD


def _is_migrated() -> bool:
    """Whether no migration is missing; once that is so it stays so while this process lives."""
    if not _complete.is_set():
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            _complete.set()
    return _complete.is_set()


_ANSWERS = {"/healthz": health, "/readyz": readiness, "/metrics": numbers}
