"""A breaker for each service of the cloud: one that does not answer is left alone for a while, and then tried once.

So a service that hangs costs some callers their time. Until that is known it gets half of the threads that serve people
at most: whoever comes while it holds those and answers nobody is told so. Only what does not answer counts: whoever
says no is alive. Each process has its own.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from webapp.cloud.errors import LeftAlone
from webapp.cloud.patience import is_serving

FAILURES = 5  # in a row
PAUSE_S = 10.0
SLOTS = 4  # of the eight threads of a web process
HANGS_S = 1.2  # without an answer to any of those who hold them


class Breaker:
    """What this process knows of one service."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._failures, self._again_at = 0, 0.0
        self._lock = threading.Lock()
        self._held, self._moved_at = 0, 0.0
        self._freed = threading.Condition()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one of the threads that may wait for this service. Raises LeftAlone where it hangs and has them all."""
        if not is_serving():
            yield
            return
        self._take()
        try:
            yield
        finally:
            with self._freed:
                self._held -= 1
                self._freed.notify()

    def _take(self) -> None:
        with self._freed:
            while self._held >= SLOTS:
                left_s = self._moved_at + HANGS_S - time.monotonic()
                if left_s <= 0:
                    raise LeftAlone(
                        f"The cloud's service {self.service} is slow to answer, and others wait for it already.",
                        remedy="Nothing was sent. Try again in a moment.",
                    )
                self._freed.wait(left_s)
            if not self._held:
                self._moved_at = time.monotonic()
            self._held += 1

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
