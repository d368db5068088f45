"""A breaker for each service of the cloud: one that does not answer is left alone for a while, and then tried once.

So a service that hangs costs some callers their time. Until that is known, half of the threads that serve people wait
for the cloud at most, for all its services together, and one service never has all of those: whoever comes while they
wait in vain is told so. A service that has just answered gets two threads more. Only what does not answer counts:
whoever says no is alive. Each process has its own.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from webapp.cloud.errors import LeftAlone
from webapp.cloud.patience import is_serving, left_s

FAILURES = 5  # in a row
PAUSE_S = 10.0
SLOTS = 4  # of the eight threads of a web process
SLOTS_OF_ONE = SLOTS - 1  # a service that hangs leaves something to those that live
MORE_SLOTS = 2  # for a service that lives: callers in line hold threads as well
HANGS_S = 1.2  # without an answer to any of those who hold them
_freed = threading.Condition()
_held: Counter["Breaker"] = Counter()


class Breaker:
    """What this process knows of one service."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._failures, self._again_at = 0, 0.0
        self._lock = threading.Lock()
        self._moved_at = self._answered_at = 0.0

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one of the threads that may wait for this service. Raises LeftAlone where all wait in vain."""
        if not is_serving():
            yield
            return
        self._take()
        try:
            yield
        finally:
            with _freed:
                _held[self] -= 1
                _freed.notify_all()

    def _take(self) -> None:
        with _freed:
            while ahead := self._ahead():
                hangs_in_s = max(one._moved_at for one in ahead) + HANGS_S - time.monotonic()
                if min(hangs_in_s, left_s()) <= 0:
                    raise LeftAlone(
                        "The cloud is slow to answer, and others wait for it already.",
                        remedy="Nothing was sent. Try again in a moment.",
                    )
                _freed.wait(min(hangs_in_s, left_s()))
            if not _held[self]:
                self._moved_at = time.monotonic()
            _held[self] += 1

    def _ahead(self) -> list["Breaker"]:
        """Return the services one of which has to answer before another thread may wait for this one."""
        more = MORE_SLOTS if time.monotonic() - self._answered_at < HANGS_S else 0
        if _held[self] >= SLOTS_OF_ONE + more:
            return [self]
        return [one for one, count in _held.items() if count] if _held.total() >= SLOTS + more else []

    def demand_closed(self) -> None:
        """Raise LeftAlone while the service is left alone; after that let one caller try."""
        with self._lock:
            now = time.monotonic()
            if self._failures < FAILURES:
                return
            if now >= self._again_at:
                self._again_at = now + PAUSE_S
                return
        raise LeftAlone(
            f"The cloud's service {self.service} has not answered several times in a row, and is left alone for now.",
            remedy=f"Nothing was sent. It is tried again within {PAUSE_S:.0f} seconds: try again then.",
        )

    def answered(self) -> None:
        """Note that the service lives."""
        self._failures, self._moved_at = 0, time.monotonic()
        self._answered_at = self._moved_at

    def failed(self) -> None:
        """Note that it did not answer."""
        with self._lock:
            self._failures += 1
            self._again_at = time.monotonic() + PAUSE_S


_known: dict[tuple[str, str], Breaker] = {}


def breaker_of(service: str, host: str) -> Breaker:
    """Return the breaker of a service at a host."""
    return _known.setdefault((service, host), Breaker(service))


def forget() -> None:
    """Take every service for alive."""
    _known.clear()
