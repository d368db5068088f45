"""Teams, and the groups elsewhere from which roles and teams follow."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

from webapp.accounts.models import GroupRole, Team
from webapp.audit.operating import AuditedAdmin

_SHOWN = 200
admin.site.unregister(Group)  # as Django would show it, without the trail


@admin.register(Team)
class TeamAdmin(AuditedAdmin):
    """Teams. Who is in one is changed on the page of the person."""

    noun = "team"
    when_empty = "Policies ask teams for approvals. Admins add a team here, and people join it on their own page."
    told = ("name",)
    fields = ("name", "members")
    readonly_fields = ("members",)
    list_display = ("name", "member_count")
    ordering = ("name",)
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """Count the members."""
        return super().get_queryset(request).annotate(how_many=Count("user"))

    @admin.display(description="members", ordering="how_many")
    def member_count(self, team: Any) -> int:
        """How many members it has."""
        return int(team.how_many)

    @admin.display(description="members")
    def members(self, team: Team) -> str:
        """The members by name."""
        people = team.user_set.order_by("username")[:_SHOWN] if team.pk else ()
        return format_html_join("", "<div>{}</div>", ((one,) for one in people)) or "none"


@admin.register(GroupRole)
class GroupRoleAdmin(AuditedAdmin):
    """What membership in a group of IAM or of single sign-on gives here, from the next sign-in on."""

    noun = "group mapping"
    when_empty = (
        "Groups of IAM or of single sign-on stand here from which roles and teams follow. While there is none, roles "
        "are given on the page of each person."
    )
    called = {"pattern": "group", "kind": "of", "domain": "account"}
    told = ("kind", "domain", "pattern", "role", "team")
    fields = told
    list_display = ("pattern", "kind", "domain", "role", "team")
    list_filter = ("kind", "role")
    list_select_related = ("team",)
    ordering = ("pattern", "pk")
    search_fields = ("pattern",)
