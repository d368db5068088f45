"""Start of the room."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class AccountsConfig(AppConfig):
    """Stops the start where a setting names a role that does not exist."""

    name = "webapp.accounts"

    def ready(self) -> None:
        """Check the settings."""
        from webapp.accounts.roles import Role

        if unknown := sorted(set(settings.DEFAULT_ROLES) - set(Role.values)):
            known = ", ".join(Role.values)
            raise ImproperlyConfigured(f"DEFAULT_ROLES must be among {known}, not {unknown[0]!r}.")
