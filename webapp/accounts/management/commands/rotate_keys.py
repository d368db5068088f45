"""Seal with the newest key whatever an older one has sealed."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db.models import Field, Model

from webapp.accounts.sealing import CannotOpen, reseal
from webapp.accounts.session import reseal_sessions


class Command(BaseCommand):
    """After a new key stands first in CLOUD_TOKEN_KEYS; then the old one can go."""

    help = "Seal the kept cloud sessions, passwords and secrets with the newest of CLOUD_TOKEN_KEYS."

    def handle(self, *_: Any, **__: Any) -> None:
        """Do it, and say how much there was."""
        fields = [(model, field) for model in apps.get_models() for field in model._meta.concrete_fields]
        kept = sum(self._column(model, field) for model, field in fields if field.name.startswith("sealed_"))
        self.stdout.write(f"Sealed anew: {reseal_sessions()} cloud sessions, {kept} other secrets.")

    def _column(self, model: type[Model], field: "Field[Any, Any]") -> int:
        """Seal one column anew; what somebody changes meanwhile is left, and sealed anew by that."""
        rows, count = model._base_manager, 0
        for pk, sealed in rows.exclude(**{field.name: ""}).values_list("pk", field.name).iterator(chunk_size=200):
            try:
                count += rows.filter(pk=pk, **{field.name: sealed}).update(**{field.name: reseal(sealed)})
            except CannotOpen:
                self.stderr.write(f"{model._meta.label} {pk}: no key opens {field.name}; set it again.")
        return count
