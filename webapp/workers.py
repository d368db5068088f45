"""Handing work over to the workers. The rows of the database are the truth: a task only makes it happen sooner.

Whatever is not handed over, because the broker is away or this process dies, is found by the next sweep.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

PAUSE_S = 5.0  # after a failure nothing is handed over for this long
_senders = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sender")


class _Broker:
    """What this process knows of its broker; shared by its threads."""

    dead_until = 0.0


broker = _Broker()


def soon(name: str, *args: Any) -> None:
    """Have a worker do a task, named by its path, after the commit. Neither waits nor fails."""
    send = partial(copy_context().run, _handed_over, name, args)
    transaction.on_commit(partial(_senders.submit, send), robust=True)


def do(task: Callable[..., Any], *args: Any) -> Any:
    """Have a worker do a task, and return None; without a broker that works do it here, and return what it returns."""
    if settings.BROKER_URL and _handed_over(f"{task.__module__}.{task.__name__}", args):
        return None
    return task(*args)


def _handed_over(name: str, args: tuple[Any, ...]) -> bool:
    """Whether the broker has taken a task."""
    if time.monotonic() < broker.dead_until:
        return False
    try:
        current_app.send_task(name, args)
    except (OperationalError, OSError) as error:
        broker.dead_until = time.monotonic() + PAUSE_S
        log.warning("The broker takes no task (%s); the next sweep does what is due.", type(error).__name__)
        return False
    return True
