"""Requests, to look at: whatever is done with one is done on its page in the portal."""

import re
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from webapp.accounts.models import User
from webapp.approvals.actions import about
from webapp.approvals.asked import MARKS
from webapp.approvals.models import PoolRequest, pk_of
from webapp.approvals.queries import BODIES
from webapp.audit.operating import ReadOnlyAdmin, pretty, starts_with

_NUMBER = re.compile(r"(?:NP-?)?(\d{1,12})", re.IGNORECASE)
_AUTHORS = 50
_FIELDS = (
    ("Request", ("page", "kind", "state", "author", "last_editor", "reason", "revision", "digest")),
    ("Where", ("project_name", "project_id", "cluster_name", "cluster_id", "name", "pool_id")),
    ("Judged", ("judged", "security")),
    ("Times", ("submitted_at", "decided_at", "launched_at", "ended_at", "expires_at", "remind_at", "escalate_at")),
    ("Launch", ("start_at_once", "failure")),
)


@admin.register(PoolRequest)
class PoolRequestAdmin(ReadOnlyAdmin):
    """All requests. The browser session that may launch one is shown nowhere."""

    noun = "request"
    when_empty = "Requests of everybody stand here. People make them in the portal, with “New node pool”."
    called = {
        "name": "pool",
        "project_name": "project",
        "submitted_at": "submitted",
        "decided_at": "decided",
        "launched_at": "launched",
        "ended_at": "ended",
        "expires_at": "expires",
        "remind_at": "reminder",
        "escalate_at": "passed on to more",
        "start_at_once": "starts by itself",
    }
    list_display = ("reference", "kind", "state", "name", "cluster_name", "project_name", "author", "submitted_at")
    list_filter = ("state", "kind")
    list_select_related = ("author",)
    ordering = ("-pk",)
    search_fields = ("name",)
    search_help_text = "A number such as NP-1042, or the beginning of a pool's or an author's name."
    fieldsets = [(title, {"fields": names}) for title, names in _FIELDS]

    def about(self, obj: PoolRequest) -> str:
        """Return what the trail calls it."""
        return about(obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PoolRequest]:
        """Leave the bodies in the database where a list is shown."""
        found = super().get_queryset(request).select_related("author", "last_editor").defer("launch_session")
        match: Any = request.resolver_match
        is_list = match and match.url_name.endswith("_changelist")
        return found.defer("launch_session", *BODIES) if is_list else found

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[PoolRequest], search_term: str
    ) -> tuple[QuerySet[PoolRequest], bool]:
        """Find by number, or by how a name begins: by columns that have an index."""
        words = search_term.strip()
        if not words:
            return queryset, False
        number = _NUMBER.fullmatch(words)
        authors = list(User.objects.filter(starts_with("username", words)).values_list("pk", flat=True)[:_AUTHORS])
        named = starts_with("name", words) | Q(author__in=authors)
        return queryset.filter(Q(pk=pk_of(int(number[1]))) | named if number else named), False

    @admin.display(description="request", ordering="pk")
    def reference(self, found: PoolRequest) -> str:
        """The number."""
        return found.reference

    @admin.display(description="cluster")
    def cluster_name(self, found: PoolRequest) -> str:
        """The cluster's name when the request was made."""
        return found.cluster.name

    @admin.display(description="page")
    def page(self, found: PoolRequest) -> str:
        """A link to the request's page in the portal."""
        return format_html('<a href="{}">{} in the portal</a>', found.get_absolute_url(), found.reference)

    @admin.display(description="verdict")
    def judged(self, found: PoolRequest) -> str:
        """What the policies said."""
        return pretty(found.verdict)

    @admin.display(description="look out for")
    def security(self, found: PoolRequest) -> str:
        """The security-sensitive choices."""
        return "; ".join(MARKS[one][0] for one in found.marks) or "none"

    @admin.display(description="failure")
    def failure(self, found: PoolRequest) -> str:
        """What went wrong."""
        return pretty(found.problem) if found.problem else "none"
