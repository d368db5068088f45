"""Export the audit trail."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from webapp.audit.models import AuditLine
from webapp.audit.trail import as_json


class Command(BaseCommand):
    """Print the trail as JSON lines, oldest first."""

    help = "Print the audit trail as JSON lines."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to begin."""
        parser.add_argument("--after", type=int, default=0, help="begin behind this line's number")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print."""
        lines = AuditLine.objects.filter(number__gt=options["after"]).order_by("number")
        for line in lines.iterator(chunk_size=2000):
            self.stdout.write(json.dumps(as_json(line)))
