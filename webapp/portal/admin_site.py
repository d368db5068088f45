"""The admin pages: who gets in, and how they are laid out."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse

from webapp.accounts.access import for_whom
from webapp.accounts.entering import leave
from webapp.accounts.queries import roles_of
from webapp.accounts.roles import STAFF, Role
from webapp.portal.dashboard import dashboard

# The order in which operators look for things; a model that is not named here comes last.
SECTIONS: dict[str, tuple[str, ...]] = {
    "Requests": ("PoolRequest", "Policy", "Preset"),
    "Failures": ("CatalogueEntry", "UnmatchedFailure"),
    "People": ("User", "Team", "GroupRole", "ApiToken"),
    "Cloud": ("Region", "ServiceAccount"),
    "Webhooks": ("Webhook", "Delivery"),
    "Audit": ("AuditLine",),
}
_NOT_OURS = {"autocomplete", "password_change", "password_change_done", "view_on_site"}


class OperatorSite(AdminSite):
    """Admins change, auditors read; everybody signs in where they always do."""

    site_title = site_header = "Poolwright admin"
    index_title = "Dashboard"
    enable_nav_sidebar = False
    final_catch_all_view = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # it would leave no line per object in the trail

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody gets in."""
        return bool(roles_of(request.user) & STAFF)

    def login(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
        """Send people to the portal's sign-in page, and those who are signed in already away."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied(for_whom((Role.ADMIN, Role.AUDITOR)))
        back = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('portal:sign-in')}?{urlencode({'next': back, 'way': 'portal'})}")

    def logout(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:  # type: ignore[override]
        """Sign out as the portal does."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        leave(request)
        return redirect("portal:sign-in")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show the dashboard."""
        return super().index(request, {**dashboard(), **(extra_context or {})})

    def each_context(self, request: Any) -> dict[str, Any]:
        """Add the sections of the navigation."""
        context = super().each_context(request)
        return {**context, "sections": list(_sections(context["available_apps"]))}

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Leave out what the portal has pages of its own for."""
        return [one for one in super().get_urls() if getattr(one, "name", "") not in _NOT_OURS]


def _sections(apps: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield a section's title and what the person may look at in it."""
    models = {one["object_name"]: one for app in apps for one in app["models"]}
    for title, names in SECTIONS.items():
        if shown := [models.pop(name) for name in names if name in models]:
            yield title, shown
    if models:
        yield "More", list(models.values())
