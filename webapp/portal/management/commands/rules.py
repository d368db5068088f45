"""Print the table of rules."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from webapp.nodepool.rules import CATALOGUE


class Command(BaseCommand):
    """Print every rule of the body: id, severity, place, what it demands, source."""

    help = "Print the rules of the body."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the format."""
        parser.add_argument("--format", choices=("table", "json"), default="table")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print."""
        if options["format"] == "json":
            names = ("code", "severity", "place", "says", "source")
            self.stdout.write(
                json.dumps([{name: getattr(rule, name) for name in names} for rule in CATALOGUE], indent=2)
            )
            return
        for rule in sorted(CATALOGUE, key=lambda one: one.code):
            self.stdout.write(f"{rule.code:16} {rule.severity:8} {rule.place:64} {rule.says} [{rule.source}]")
