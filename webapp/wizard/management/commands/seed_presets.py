"""Make a preset for a demonstration, so that there is one to start from."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from webapp.accounts.queries import people_with
from webapp.accounts.roles import Role
from webapp.nodepool.defaults import blank_with
from webapp.wizard.models import Preset

_FLAVOR = "/spec/nodeTemplate/flavor"
_VALUES = {
    _FLAVOR: "c7n.xlarge.2",
    "/spec/nodeTemplate/os": "HCE OS 2.0",
    "/spec/initialNodeCount": 2,
    "/spec/nodeTemplate/k8sTags": {"tier": "web"},
}


class Command(BaseCommand):
    """Make a preset of the demo admin, where there is none yet."""

    help = "Make a demo preset (only with DEMO=1)."

    def handle(self, *_: Any, **__: Any) -> None:
        """Make it."""
        if not settings.DEMO:
            raise CommandError("Demo presets are made only with DEMO=1.")
        admin = people_with(Role.ADMIN).first()
        if admin is None or Preset.objects.exists():
            return
        fixed = {_FLAVOR: "Our contract is for this flavor."}
        about = "Two nodes for web services; the flavor is fixed."
        Preset.objects.create(
            name="Standard worker", description=about, body=blank_with(_VALUES), fixed=fixed, author=admin
        )
