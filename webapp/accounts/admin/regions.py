"""The regions of the cloud, and the hosts that may be called there."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction

from webapp.audit.admin_fields import PatternsField
from webapp.audit.operating import AuditedAdmin
from webapp.cloud import places
from webapp.cloud.models import Region


class RegionForm(forms.ModelForm):
    """A region."""

    hosts = PatternsField(
        label="Allowed hosts",
        help_text="One a line, such as *.eu-de.otc.t-systems.com. Tokens are sent to these alone.",
    )

    class Meta:
        model = Region
        fields = ("name", "auth_url", "hosts", "is_active")


@admin.register(Region)
class RegionAdmin(AuditedAdmin):
    """Regions. While none is active, the one of the settings counts."""

    noun = "region"
    when_empty = "Regions of the cloud stand here. While there is none, the one of the settings counts."
    told = ("name", "auth_url", "hosts", "is_active")
    form = RegionForm
    list_display = ("name", "auth_url", "host_words", "is_active")
    ordering = ("name",)

    def write(self, obj: Region, form: Any) -> None:
        """Have the change count at once."""
        super().write(obj, form)
        transaction.on_commit(places.forget)

    def delete_model(self, request: Any, obj: Region) -> None:
        """Have the deletion count at once."""
        super().delete_model(request, obj)
        transaction.on_commit(places.forget)

    @admin.display(description="allowed hosts")
    def host_words(self, region: Region) -> str:
        """The hosts in one line."""
        return ", ".join(region.hosts)
