"""How long whoever waits for an answer will wait for the cloud, all calls of a request taken together.

It cuts short what only reads. What changes something is never cut off: that would leave its outcome unknown.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

PAGE_S = 1.5  # a page is there within two seconds, whatever the cloud does
API_S = 20.0  # a program can wait, but not with one of the few threads that serve people
SIGN_IN_S = 5.0  # without the cloud's answer there is nothing to show
_until: ContextVar[float | None] = ContextVar("patience", default=None)


@contextmanager
def patience(seconds: float | None) -> Iterator[None]:
    """Let what is done here wait for the cloud for so long in all; None for as long as it takes, as nobody waits."""
    before = _until.set(None if seconds is None else time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(before)


def is_serving() -> bool:
    """Return whether somebody waits for what is done here, and so one of the few threads that serve people."""
    return _until.get() is not None


def left_s() -> float:
    """Return how long there still is to wait; without end where nobody waits."""
    until = _until.get()
    return float("inf") if until is None else max(0.0, until - time.monotonic())
