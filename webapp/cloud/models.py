"""The regions that the operator lets people work in."""

from django.core.exceptions import ValidationError
from django.db import models

from webapp.cloud.addresses import demand_address, demand_patterns


class Region(models.Model):
    """Where a token is got, and which hosts may be called. Without any row the settings' region counts."""

    name = models.CharField(max_length=40, unique=True, help_text="As projects begin with it, such as eu-de.")
    auth_url = models.CharField(
        "address of IAM", max_length=300, help_text="Such as https://iam.eu-de.otc.t-systems.com/v3"
    )
    hosts = models.JSONField("allowed hosts", default=list, help_text="One a line, such as *.eu-de.otc.t-systems.com")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError for what could send tokens elsewhere."""
        problems = {}
        for name, demand in (("auth_url", demand_address), ("hosts", demand_patterns)):
            try:
                demand(getattr(self, name))
            except ValueError as exc:
                problems[name] = str(exc)
        if problems:
            raise ValidationError(problems)
