"""API tokens: whose they are, and an end to them. Neither a token nor its digest, which is the key, is shown."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from webapp.accounts.actions import revoke_api_token
from webapp.accounts.models import ApiToken
from webapp.audit.operating import ReadOnlyAdmin


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """All personal tokens."""

    noun = "API token"
    when_empty = (
        "Tokens stand here with which programs call the REST API. People make theirs in the portal, under “API tokens”."
    )
    called = {"name": "for", "created": "made", "expiry": "expires", "last_used_at": "last used"}
    list_display = ("name", "user", "created", "expiry", "last_used_at", "revoke_link")
    list_display_links = None
    list_select_related = ("user",)
    ordering = ("-created",)
    search_fields = ("user__username", "name")

    def get_urls(self) -> list[URLPattern]:
        """Keep to the list and the revocation: other addresses would hold the digest."""
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name="accounts_apitoken_changelist"),
            path("<slug:key>/revoke/", view(self.revoke), name="accounts_apitoken_revoke"),
        ]

    def get_list_display(self, request: HttpRequest) -> Any:
        """Offer the end to those who may."""
        return self.list_display if self.has_act_permission(request) else self.list_display[:-1]

    @admin.display(description="revoke")
    def revoke_link(self, token: ApiToken) -> str:
        """A link to the page that asks once more."""
        url = reverse("admin:accounts_apitoken_revoke", args=[token.token_key])
        return format_html('<a href="{}" aria-label="Revoke {} of {}">Revoke</a>', url, token.name, token.user)

    def revoke(self, request: Any, key: str) -> HttpResponse:
        """Ask once more, then revoke."""
        if not self.has_act_permission(request):
            raise PermissionDenied
        token = get_object_or_404(ApiToken.objects.select_related("user"), token_key=key)
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "title": "Revoke an API token", "token": token}
            return TemplateResponse(request, "admin/revoke_token.html", context)
        revoke_api_token(token.user, key, by=request.user)
        messages.success(request, f"The token “{token.name}” of {token.user} is revoked.")
        return redirect("admin:accounts_apitoken_changelist")
