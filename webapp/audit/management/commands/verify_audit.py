"""Verify the audit trail."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from webapp.audit.models import AuditHead
from webapp.audit.trail import verified


class Command(BaseCommand):
    """Say where the trail was altered, cut or reordered; exit status 1 if it was."""

    help = "Verify the audit trail."

    def handle(self, *_: Any, **__: Any) -> None:
        """Verify."""
        found = verified().findings
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            sys.exit(1)
        head = AuditHead.objects.first()
        self.stdout.write(f"{head.number if head else 0} lines hang together; the last hash is {head and head.hash}.")
