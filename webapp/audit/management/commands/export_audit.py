"""Export the audit trail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from webapp.audit.trail import json_lines


class Command(BaseCommand):
    """Print the trail as JSON lines, oldest first."""

    help = "Print the audit trail as JSON lines."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to begin."""
        parser.add_argument("--after", type=int, default=0, help="begin behind this line's number")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print."""
        for line in json_lines(options["after"]):
            self.stdout.write(line)
