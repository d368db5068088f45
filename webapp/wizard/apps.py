"""The app."""

from django.apps import AppConfig


class WizardConfig(AppConfig):
    """The wizard, which knows what the places of the body are called."""

    name = "webapp.wizard"

    def ready(self) -> None:
        """Tell the rooms below what places are called."""
        from webapp.approvals.naming import name_places
        from webapp.wizard.naming import named, places_in, told

        name_places(named, places_in, told)
