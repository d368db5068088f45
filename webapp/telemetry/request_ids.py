"""One id for a request: in every line of the log, in the answer, and in each call of the cloud made for it."""

import re
import uuid
from contextvars import ContextVar

HEADER = "X-Request-Id"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """Return the id of the request that is being worked on, empty outside of one."""
    return _current.get()


def begin(given: str = "") -> str:
    """Take over the id that was given if it is well formed, else make one; return it."""
    chosen = given if _WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
    _current.set(chosen)
    return chosen


def end() -> None:
    """Forget the id: the thread goes on to something else."""
    _current.set("")
