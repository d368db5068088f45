"""Carry a body from one format to another."""

import sys
from argparse import Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from webapp.nodepool import cli


class Command(BaseCommand):
    """Print a body in another format; what is lost on the way goes to standard error."""

    help = "Convert a node pool's body. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what `poolwright convert` takes."""
        cli.add_convert_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        """Convert."""
        sys.exit(cli.run_convert(Namespace(**options)))
