"""Handing work over to the workers. The rows of the database are the truth: a task only makes it happen sooner.

Whatever is not handed over, because the broker is away or this process dies, is found by the next sweep.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

PAUSE_S = 5.0  # after a failure nothing is handed over for this long
EXPIRES_S = 60.0  # a task that waited for so long is left out: sweeps have asked for it again since
_senders = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sender")
_waiting: set[tuple[str, tuple[Any, ...]]] = set()
_lock = threading.Lock()


class _Broker:
    """What this process knows of its broker; shared by its threads."""

    dead_until = 0.0


broker = _Broker()


def soon(name: str, *args: Any) -> None:
    """Have a worker do a task, named by its path, after the commit. Neither waits nor fails."""
    transaction.on_commit(partial(_hand_over_soon, copy_context(), name, args), robust=True)


def do(task: Callable[..., Any], *args: Any) -> Any:
    """Have a worker do a task, and return None; without a broker that works do it here, and return what it returns."""
    if settings.BROKER_URL and _handed_over(f"{task.__module__}.{task.__name__}", args):
        return None
    return task(*args)


def _hand_over_soon(context: Context, name: str, args: tuple[Any, ...]) -> None:
    """Hand a task over in a thread of its own, once for all that ask for it until then."""
    with _lock:
        if (name, args) not in _waiting:
            _waiting.add((name, args))
            _senders.submit(context.run, _hand_over, name, args)


def _hand_over(name: str, args: tuple[Any, ...]) -> None:
    with _lock:
        _waiting.discard((name, args))
    _handed_over(name, args)


def _handed_over(name: str, args: tuple[Any, ...]) -> bool:
    """Whether the broker has taken a task."""
    if time.monotonic() < broker.dead_until:
        return False
    try:
        current_app.send_task(name, args, expires=EXPIRES_S)
    except (OperationalError, OSError) as error:
        broker.dead_until = time.monotonic() + PAUSE_S
        log.warning("The broker takes no task (%s); the next sweep does what is due.", type(error).__name__)
        return False
    return True
