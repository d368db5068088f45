"""Check a body from a file."""

import sys
from argparse import Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from webapp.nodepool import cli


class Command(BaseCommand):
    """Say what is wrong with a body; exit status 1 on errors, 2 for a file that cannot be read."""

    help = "Check a node pool's body. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what `poolwright check` takes."""
        cli.add_check_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        """Check."""
        sys.exit(cli.run_check(Namespace(**options)))
