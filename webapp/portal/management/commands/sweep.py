"""Do what is due: deliver, launch, follow, remind, escalate, expire."""

import logging
import signal
import threading
import time
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils.module_loading import import_string

from webapp.portal.metrics_port import open_port_if_any

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Do what is due, once or again and again; for where no Celery beat runs."""

    help = "Do what is due: deliver notices, launch, follow, remind, escalate, expire, clear sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how often."""
        parser.add_argument("--every", type=float, default=0, help="seconds between two rounds; once when left out")

    def handle(self, *_: Any, **options: Any) -> None:
        """Work until told to stop."""
        stop = threading.Event()
        if options["every"]:
            for one in (signal.SIGTERM, signal.SIGINT):
                signal.signal(one, lambda *_: stop.set())
            open_port_if_any()
        done_at: dict[str, float] = {}
        while True:
            _round(_due(done_at))
            if not options["every"] or stop.wait(options["every"]):
                return


def _due(done_at: dict[str, float]) -> Iterable[str]:
    """Yield the steps whose time has come, and note that they are done."""
    for name, every in settings.SWEEPS.items():
        if time.monotonic() - done_at.get(name, float("-inf")) >= every:
            done_at[name] = time.monotonic()
            yield name


def _round(names: Iterable[str]) -> None:
    """Do some steps; one that breaks keeps the others from nothing."""
    close_old_connections()
    for name in names:
        try:
            done = import_string(name)()
        except Exception:
            log.exception("%s broke", name)
        else:
            if done:
                log.info("%s: %s", name, done)
