"""Service accounts: the password goes in, and what shows is whether it works."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest

from webapp.accounts.models import ServiceAccount
from webapp.accounts.service_accounts import about, try_sign_in
from webapp.audit.admin_fields import SecretField
from webapp.audit.operating import AuditedAdmin
from webapp.cloud.errors import CloudError


class ServiceAccountForm(forms.ModelForm):
    """A cloud user that launches in one project."""

    password = SecretField(help_text="It is kept sealed and never shown; empty keeps the one that is there.")

    class Meta:
        model = ServiceAccount
        fields = ("project_id", "project_name", "domain", "user", "is_active", "note")

    def clean_password(self) -> str:
        """Ask for one where there is none."""
        password = str(self.cleaned_data["password"])
        if not password and not self.instance.sealed_password:
            raise forms.ValidationError("Enter the password of the cloud user.")
        return password


@admin.register(ServiceAccount)
class ServiceAccountAdmin(AuditedAdmin):
    """Who launches what was approved, per project."""

    noun = "service account"
    told = ("project_id", "project_name", "domain", "user", "is_active", "note")
    secrets = ("password",)
    buttons = {"test_sign_in": "Test the sign-in, as saved"}
    form = ServiceAccountForm
    when_empty = (
        "Cloud users stand here that launch what is approved, one for a project. Without one, requests are launched "
        "with their authors' own tokens."
    )
    called = {"project_name": "project", "project_id": "project id", "user": "user", "domain": "account"}
    list_display = ("project_name", "user", "domain", "is_active", "has_password")
    list_filter = ("is_active",)
    ordering = ("project_name",)
    search_fields = ("project_name", "user")
    fields = ("project_id", "project_name", "domain", "user", "password", "is_active", "note")

    def about(self, obj: ServiceAccount) -> str:
        """Return what the trail calls it, as the sign-in does."""
        return about(obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave the password out where nothing can be typed."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fields
        return self.told

    def write(self, obj: ServiceAccount, form: Any) -> None:
        """Seal the password where one was typed."""
        if password := form.cleaned_data["password"]:
            obj.set_password(password)
        obj.save()

    def test_sign_in(self, request: Any, obj: ServiceAccount) -> str:
        """Ask the cloud now."""
        try:
            session = try_sign_in(obj, by=request.user)
        except CloudError as exc:
            messages.error(request, f"{exc.message} {exc.remedy}".strip())
            return ""
        return f"{session.user_name} is signed in to {session.project_name}, until {session.expires_at:%H:%M} UTC."

    @admin.display(description="password", boolean=True)
    def has_password(self, account: ServiceAccount) -> bool:
        """Whether a password is kept."""
        return bool(account.sealed_password)
