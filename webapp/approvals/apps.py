"""The app."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Requests and approvals."""

    name = "webapp.approvals"
    verbose_name = "Requests and approvals"
