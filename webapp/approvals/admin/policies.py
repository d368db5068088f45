"""Policies, and what a change of one would do."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminErrorList, AdminForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path

from webapp.accounts.queries import people_with
from webapp.accounts.roles import Role
from webapp.approvals.admin.policy_form import PolicyForm
from webapp.approvals.dryrun import LOOKED_AT, Difference, differences, with_changed
from webapp.approvals.models import Policy, PoolRequest
from webapp.approvals.policy import LIMITS, approvals_of, demand_of
from webapp.approvals.queries import policies_in_force
from webapp.audit.operating import AuditedAdmin

_OVER = tuple(LIMITS)
_WHAT = ("kinds", "marks", "clusters", "projects", "flavor_families", "requester_team")
_WHO = ("outcome", "approvals", "team", "refusal", "is_last", "allows_bulk")
_TIMES = ("expires_after_h", "remind_before_h", "escalate_after_h", "escalation")
_FIELDSETS = (
    (None, ("name", "order", "is_active"), ""),
    ("Which requests", _WHAT, "All that is given must hold; what is left empty holds for every request."),
    ("And more than", _OVER, "Counted at the most nodes that the pool can have. What is not known counts as too much."),
    ("What they need", _WHO, ""),
    ("How long", _TIMES, ""),
)


@admin.register(Policy)
class PolicyAdmin(AuditedAdmin):
    """Policies in their order. Each change is a new version."""

    noun = "policy"
    when_empty = (
        "Policies say which requests need an approval, and whose. While there is none, every request is launched as it "
        "comes. Admins add one here, and see with a dry run what it would change."
    )
    called = {"is_last": "last", "approvals": "approvals", "team": "by team"}
    told = ("name", "order", "is_active", "version", *_WHAT, *_OVER, *_WHO, *_TIMES)
    form = PolicyForm
    change_form_template = "admin/policy_form.html"
    list_display = ("name", "order", "is_active", "outcome", "approvals", "team", "is_last", "version")
    list_editable = ("order",)
    list_filter = ("is_active", "outcome")
    list_select_related = ("team",)
    ordering = ("order", "pk")
    fieldsets = [(title, {"fields": names, "description": text}) for title, names, text in _FIELDSETS]

    def get_urls(self) -> list[URLPattern]:
        """Add the dry run, of a policy that is there and of a new one."""
        run = self.admin_site.admin_view(self.dry_run)
        return [
            path("add/dry-run/", run, name="approvals_policy_dry_run_new"),
            path("<path:object_id>/change/dry-run/", run, name="approvals_policy_dry_run"),
            *super().get_urls(),
        ]

    def write(self, obj: Policy, form: Any) -> None:
        """Count the version."""
        if obj.pk:
            obj.version = Policy.objects.values_list("version", flat=True).get(pk=obj.pk) + 1
        super().write(obj, form)

    def save_model(self, request: HttpRequest, obj: Policy, form: Any, change: bool) -> None:
        """Save it, and warn where it asks for more approvals than there are people: the team may grow."""
        super().save_model(request, obj, form, change)
        if warning := _too_few(obj):
            messages.warning(request, warning)

    def dry_run(self, request: HttpRequest, object_id: str = "") -> HttpResponse:
        """Show which of the latest requests would be treated differently by what is typed. Saves nothing."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        saved = self.get_object(request, object_id) if object_id else None
        if not (self.has_change_permission(request, saved) if saved else self.has_add_permission(request)):
            raise PermissionDenied
        fieldsets: Any = self.get_fieldsets(request, saved)
        form: Any = self.get_form(request, saved, change=bool(saved))(request.POST, instance=saved)
        found = {"looked_at": LOOKED_AT, "differences": _tried(form.instance)} if form.is_valid() else {}
        context = {
            **self.admin_site.each_context(request),
            "title": "What would change",
            "adminform": AdminForm(form, list(fieldsets), {}, (), model_admin=self),
            "original": saved,
            "media": self.media,
            "inline_admin_formsets": [],
            "errors": AdminErrorList(form, []),
            "dry_run": found,
        }
        url = "../../change/" if saved else "../../add/"
        return self.render_change_form(request, context, add=not saved, change=bool(saved), obj=saved, form_url=url)


def _too_few(policy: Policy) -> str:
    """Return what to say of a policy that not enough people can meet; empty where they can."""
    if policy.outcome != Policy.Outcome.APPROVALS or not policy.is_active:
        return ""
    count = people_with(Role.APPROVER, policy.team).count()
    if count >= policy.approvals:
        return ""
    whose = f"in the team {policy.team}" if policy.team else "in all"
    return (
        f"“{policy}” asks for {approvals_of(policy.approvals, demand_of(policy))}; approvers {whose}: {count}. "
        "Until there are more, admins have to approve in their place, or its requests expire."
    )


def _tried(changed: Policy) -> list[Difference]:
    latest = PoolRequest.objects.select_related("author").prefetch_related("author__groups").order_by("-pk")
    policies = policies_in_force()
    return list(differences(latest[:LOOKED_AT], policies, with_changed(policies, changed)))
