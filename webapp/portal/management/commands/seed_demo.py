"""Make the people of the demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from webapp.accounts.models import User

PEOPLE = {"admin": ("admin-demo-1", True), "approver": ("approver-demo-1", False)}


class Command(BaseCommand):
    """Make portal accounts for a demonstration, once."""

    help = "Make demo people (only with DEMO=1)."

    def handle(self, *_: Any, **__: Any) -> None:
        """Make those that are missing."""
        if not settings.DEMO:
            raise CommandError("Demo people are made only with DEMO=1.")
        for name, (password, is_admin) in PEOPLE.items():
            person, is_new = User.objects.get_or_create(
                username=name, defaults={"is_staff": is_admin, "is_superuser": is_admin}
            )
            if is_new:
                person.set_password(password)
                person.save()
