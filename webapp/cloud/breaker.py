"""A breaker for each service of the cloud: one that does not answer is left alone for a while, and then tried once.

So a service that hangs costs some callers their time, and not all workers. It counts failures to answer only: whoever
says no is alive. Each process has its own.
"""

import threading
import time

from webapp.cloud.errors import CloudUnreachable

FAILURES = 5  # in a row
PAUSE_S = 10.0


class Breaker:
    """What this process knows of one service."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._failures, self._again_at = 0, 0.0
        self._lock = threading.Lock()

    def demand_closed(self) -> None:
        """Raise CloudUnreachable while the service is left alone; after that let one caller try."""
        with self._lock:
            now = time.monotonic()
            if self._failures < FAILURES:
                return
            if now >= self._again_at:
                self._again_at = now + PAUSE_S
                return
        raise CloudUnreachable(
            f"The cloud's service {self.service} has not answered several times in a row, and is left alone for now.",
            remedy=f"Nothing was sent. It is tried again within {PAUSE_S:.0f} seconds: try again then.",
        )

    def answered(self) -> None:
        """Note that the service lives."""
        self._failures = 0

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
