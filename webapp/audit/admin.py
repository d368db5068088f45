"""The audit trail, to search, to carry away and to verify."""

import json
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from webapp.audit.models import AuditLine
from webapp.audit.operating import ReadOnlyAdmin, pretty, starts_with
from webapp.audit.trail import json_lines, note, verified

VERIFIED_AT_ONCE = 50_000  # some seconds
_FIELDS = ("number", "at", "actor", "actor_id", "act", "about", "address", "was", "will", "previous", "hash")


@admin.register(AuditLine)
class AuditLineAdmin(ReadOnlyAdmin):
    """Every act that was noted."""

    noun = "line"
    when_empty = "Every act is noted here. There was none so far."
    called = {"at": "when", "actor": "who", "actor_id": "number of the person", "about": "about", "address": "from"}
    change_list_template = "admin/audit_list.html"
    list_display = ("number", "at", "actor", "act", "about", "address")
    ordering = ("-number",)
    fields = _FIELDS
    search_fields = ("about",)
    search_help_text = (
        "How an act or object begins (role.granted, request NP-1042, person 3), or a whole name or address."
    )

    def get_urls(self) -> list[URLPattern]:
        """Add what can be done with the whole."""
        view = self.admin_site.admin_view
        return [
            path("export/", view(self.export), name="audit_auditline_export"),
            path("verify/", view(self.verify), name="audit_auditline_verify"),
            *super().get_urls(),
        ]

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[AuditLine], search_term: str
    ) -> tuple[QuerySet[AuditLine], bool]:
        """Find by columns that have an index."""
        words = search_term.strip()
        begins = starts_with("act", words) | starts_with("about", words)
        return (queryset.filter(begins | Q(actor=words) | Q(address=words)) if words else queryset), False

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """Send the trail as JSON lines, oldest first; that it was taken away is noted in it."""
        self._demand_reader(request)
        note("audit.exported", by=request.user, about="audit trail")
        headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"'}
        return StreamingHttpResponse(
            (f"{line}\n" for line in json_lines()), content_type="application/x-ndjson", headers=headers
        )

    def verify(self, request: HttpRequest) -> HttpResponse:
        """Verify the trail from a line on, as much as goes in some seconds; the page leads on from there."""
        self._demand_reader(request)
        after = request.POST.get("after", "")
        found = verified(int(after), VERIFIED_AT_ONCE) if after.isdecimal() and len(after) < 18 else None
        context = {**self.admin_site.each_context(request), "title": "Verify the audit trail", "found": found}
        return TemplateResponse(request, "admin/verify_audit.html", context)

    def _demand_reader(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    @admin.display(description="before")
    def was(self, line: AuditLine) -> str:
        """What was there."""
        return _shown(line.before)

    @admin.display(description="after")
    def will(self, line: AuditLine) -> str:
        """What stands there now."""
        return _shown(line.after)


def _shown(text: str) -> Any:
    return pretty(json.loads(text)) if text else "nothing"
