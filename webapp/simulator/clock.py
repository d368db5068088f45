"""Time in the local cloud: it runs faster than on the wall, and can be moved ahead."""

import time
from datetime import UTC, datetime


class Clock:
    """Simulated seconds since the epoch; `speed` of them go by in one real second."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._start = time.time()
        self._ahead = 0.0

    def now(self) -> float:
        """Return the simulated time in seconds."""
        return self._start + (time.time() - self._start) * self.speed + self._ahead

    def advance(self, seconds: float) -> None:
        """Move ahead by simulated seconds."""
        self._ahead += seconds


def stamp(seconds: float) -> str:
    """Return a time as CCE writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S.%f +0000 UTC")


def iso(seconds: float) -> str:
    """Return a time as IAM writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
