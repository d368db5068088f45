"""What is counted. Rooms count on these, and may add what is asked for only when somebody scrapes."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from django.db import DatabaseError
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_registry = CollectorRegistry()

REQUESTS = Histogram(
    "poolwright_request_seconds",
    "Requests by view, method and status, and how long they took.",
    ("view", "method", "status"),
    buckets=_BUCKETS,
    registry=_registry,
)
CLOUD_CALLS = Histogram(
    "poolwright_cloud_call_seconds",
    "Calls of the cloud by service, method and status (none: no answer came), and how long they took.",
    ("service", "method", "status"),
    buckets=_BUCKETS,
    registry=_registry,
)
LAUNCHES = Counter("poolwright_launches", "Orders by the state that they came to.", ("outcome",), registry=_registry)

Question = Callable[[], Iterable[Metric]]
_questions: dict[str, Question] = {}


class _Asked(Collector):
    """Asks the rooms at each scrape; what a dead database cannot tell is left out."""

    def collect(self) -> Iterable[Metric]:
        for question in _questions.values():
            with suppress(DatabaseError):
                yield from list(question())


_asked = _Asked()


def on_scrape(question: Question) -> Question:
    """Let a room's function be asked at each scrape; it returns metric families. Usable as a decorator."""
    _questions[f"{question.__module__}.{question.__qualname__}"] = question
    return question


def method_label(method: str) -> str:
    """Return a method, or `other` for one that somebody made up: labels must stay few."""
    return method if method in _METHODS else "other"


def exposition(folder: str = "") -> bytes:
    """Return all metrics as Prometheus reads them; `folder` is where the processes of this server share theirs."""
    shared = _registry
    if folder:
        shared = CollectorRegistry()
        MultiProcessCollector(shared, path=folder)
    asked = CollectorRegistry()
    asked.register(_asked)
    return generate_latest(shared) + generate_latest(asked)
