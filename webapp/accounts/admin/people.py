"""People: who they are, what they may, and whether they may come in."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html_join

from webapp.accounts.admin.person_form import OURS, NewPersonForm, PersonForm
from webapp.accounts.granting import LastAdmin, about, demand_an_admin, grant, join_team, leave_team, revoke
from webapp.accounts.models import RoleGrant, User
from webapp.accounts.roles import BY_ADMIN, Role
from webapp.audit.operating import AuditedAdmin, starts_with

_WHO = ("username", "first_name", "last_name", "email", "is_active", "new_password")
_MAY = ("given_roles", "all_roles", "given_teams", "all_teams")
_KNOWN = ("iam_user_id", "iam_domain_id", "last_login", "date_joined")


class RoleFilter(admin.SimpleListFilter):
    """People who have a role."""

    title = parameter_name = "role"

    def lookups(self, *_: Any) -> list[tuple[str, str]]:
        """Return the roles."""
        return [(one.value, one.label) for one in Role]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Narrow down."""
        role = self.value()
        return queryset.filter(pk__in=RoleGrant.objects.filter(role=role).values("person")) if role else queryset


@admin.register(User)
class PersonAdmin(AuditedAdmin):
    """People are switched off, never deleted: requests and the trail go on naming them."""

    noun = "person"
    when_empty = "People stand here once they have signed in, and portal accounts that admins add."
    called = {
        "username": "user name",
        "email": "mail address",
        "last_login": "last sign-in",
        "date_joined": "known since",
        "iam_user_id": "IAM user id",
        "iam_domain_id": "IAM domain id",
    }
    told = ("username", "first_name", "last_name", "email", "is_active")
    secrets = ("new_password",)
    form = PersonForm
    list_display = ("username", "name", "email", "role_words", "is_active", "last_login")
    list_filter = ("is_active", RoleFilter)
    ordering = ("username",)
    search_fields = ("username",)
    search_help_text = "The beginning of a user name, or a whole mail address."
    readonly_fields = ("all_roles", "all_teams", *_KNOWN)
    fieldsets = [(None, {"fields": _WHO}), ("What they may", {"fields": _MAY}), ("Known by", {"fields": _KNOWN})]

    def about(self, obj: User) -> str:
        """Return what the trail calls a person."""
        return about(obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Read the roles of all people at once."""
        return super().get_queryset(request).prefetch_related("role_grants").defer("password")

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Find by how the user name begins, or by the mail address."""
        words = search_term.strip()
        return (queryset.filter(starts_with("username", words) | Q(email=words)) if words else queryset), False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Ask for a password where somebody is new."""
        return super().get_form(request, obj, change, **({} if obj else {"form": NewPersonForm}) | kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out what is not there yet, and the password where nothing can be typed."""
        if obj is None:
            return [(None, {"fields": _WHO}), ("What they may", {"fields": ("given_roles", "given_teams")})]
        if self.has_change_permission(request, obj):
            return self.fieldsets
        shown = [name for name in _WHO if name != "new_password"]
        return [(None, {"fields": shown}), ("What they may", {"fields": ("all_roles", "all_teams")}), self.fieldsets[2]]

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Nobody deletes people."""
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Undo everything where two admins took each other's role at the same moment."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except LastAdmin as exc:
            messages.error(request, str(exc))
            return redirect(request.path)

    def write(self, obj: User, form: Any) -> None:
        """Save the person, with the new password where one was typed."""
        if password := form.cleaned_data["new_password"]:
            obj.set_password(password)
        obj.save()

    def save_related(self, request: Any, form: Any, _formsets: Any, _change: bool) -> None:
        """Give and take roles and teams, each with its line in the trail."""
        person, by = form.instance, request.user
        _bring_roles(person, {Role(one) for one in form.cleaned_data["given_roles"]}, by)
        _bring_teams(person, set(form.cleaned_data["given_teams"]), by)
        demand_an_admin()

    @admin.display(description="name")
    def name(self, person: User) -> str:
        """The full name."""
        return person.get_full_name()

    @admin.display(description="roles")
    def role_words(self, person: User) -> str:
        """All roles in words."""
        return ", ".join(role.label for role in Role if role in person.roles)

    @admin.display(description="Where roles come from")
    def all_roles(self, person: User) -> str:
        """Each role with its source."""
        given = [(Role(one.role).label, one.source, one.by) for one in person.role_grants.all()]
        if person.is_superuser:
            given.append((Role.ADMIN.label, "createsuperuser", "the machine"))
        return format_html_join("", "<div>{}: from {}, by {}</div>", given) or "none"

    @admin.display(description="Where teams come from")
    def all_teams(self, person: User) -> str:
        """Each team with its source."""
        given = [(one.team, one.source, one.by) for one in person.team_grants.select_related("team")]
        return format_html_join("", "<div>{}: from {}, by {}</div>", given) or "none"


def _bring_roles(person: User, wanted: set[Role], by: User) -> None:
    had = [(Role(one.role), one.source) for one in person.role_grants.filter(source__in=OURS)]
    for role, source in had:
        if role not in wanted:
            revoke(person, role, source=source, by=by)
    for role in sorted(wanted - {role for role, _ in had}):
        grant(person, role, source=BY_ADMIN, by=by)


def _bring_teams(person: User, wanted: set[Any], by: User) -> None:
    had = [(one.team, one.source) for one in person.team_grants.filter(source__in=OURS).select_related("team")]
    for team, source in had:
        if team not in wanted:
            leave_team(person, team, source=source, by=by)
    for team in wanted - {team for team, _ in had}:
        join_team(person, team, source=BY_ADMIN, by=by)
