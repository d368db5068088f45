"""Do what is due: deliver, launch, follow, remind, escalate, expire."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from webapp.approvals import sweeps
from webapp.notices.delivering import deliver_due

log = logging.getLogger(__name__)
STEPS = (*sweeps.STEPS, deliver_due)


class Command(BaseCommand):
    """Do what is due, once or again and again; for where no Celery beat runs."""

    help = "Do what is due: deliver notices, launch, follow, remind, escalate, expire."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how often."""
        parser.add_argument("--every", type=float, default=0, help="seconds between two rounds; once when left out")

    def handle(self, *_: Any, **options: Any) -> None:
        """Work until told to stop."""
        stop = threading.Event()
        if options["every"]:
            for one in (signal.SIGTERM, signal.SIGINT):
                signal.signal(one, lambda *_: stop.set())
        while True:
            _round()
            if not options["every"] or stop.wait(options["every"]):
                return


def _round() -> None:
    """Do every step; one that breaks keeps the others from nothing."""
    close_old_connections()
    for step in STEPS:
        try:
            done = step()
        except Exception:
            log.exception("%s broke", step.__name__)
        else:
            if done:
                log.info("%s: %s", step.__name__, done)
