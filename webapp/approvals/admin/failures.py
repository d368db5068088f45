"""The failure catalogue, and what it does not know yet."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from webapp.approvals.models import CatalogueEntry, UnmatchedFailure
from webapp.audit.operating import AuditedAdmin, ReadOnlyAdmin
from webapp.nodepool import pointers


class CatalogueEntryForm(forms.ModelForm):
    """What a failure means."""

    class Meta:
        model = CatalogueEntry
        fields = "__all__"  # noqa: DJ007 - the admin names them
        labels = {
            "whose": "Whose move",
            "pointer": "Field to open",
            "is_retryable": "A retry may help",
            "asks_quota": "Admins can be asked for quota",
        }
        help_texts = {
            "code": "A code of the cloud such as CCE.01400008, a phase such as SoldOut, or HTTP 403 where none came.",
            "pointer": "The place in the body, such as /spec/nodeTemplate/flavor; empty for none.",
        }
        widgets = {name: forms.Textarea(attrs={"rows": 2, "cols": 60}) for name in ("sentence", "remedy")}

    def clean_pointer(self) -> str:
        """Take JSON pointers into the body alone."""
        pointer = str(self.cleaned_data["pointer"]).strip()
        if pointer and (pointer[0] != "/" or pointers.split(pointer)[0] not in ("metadata", "spec")):
            raise forms.ValidationError("Give a place in the body: /metadata/… or /spec/….")
        return pointer


@admin.register(CatalogueEntry)
class CatalogueEntryAdmin(AuditedAdmin):
    """What failures mean for people."""

    noun = "catalogue entry"
    when_empty = "What failures mean for people stands here. Admins add an entry for each code of the cloud."
    told = ("code", "sentence", "whose", "remedy", "pointer", "is_retryable", "asks_quota")
    form = CatalogueEntryForm
    fields = told
    list_display = ("code", "sentence", "whose", "is_retryable")
    list_filter = ("whose", "is_retryable")
    search_fields = ("code", "sentence")

    def write(self, obj: CatalogueEntry, form: Any) -> None:
        """Take the code off the list of those that are not known."""
        super().write(obj, form)
        UnmatchedFailure.objects.filter(code=obj.code).delete()


@admin.register(UnmatchedFailure)
class UnmatchedFailureAdmin(ReadOnlyAdmin):
    """Codes that came and are in no entry, the most frequent first."""

    noun = "failure"
    when_empty = (
        "Codes of failures stand here that the catalogue does not know, to be added to it. None has come: every "
        "failure was known."
    )
    called = {"count": "times", "last_at": "last seen"}
    list_display = ("code", "count", "last_at", "add_entry")
    fields = ("code", "count", "last_at", "example")
    search_fields = ("code",)

    @admin.display(description="add to the catalogue")
    def add_entry(self, found: UnmatchedFailure) -> str:
        """A link to a new entry, filled in as far as possible."""
        values = {"code": found.code, "sentence": found.example[:300]}
        url = f"{reverse('admin:approvals_catalogueentry_add')}?{urlencode(values)}"
        return format_html('<a href="{}" aria-label="Add {} to the catalogue">Add</a>', url, found.code)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Offer the link to those who may add."""
        person: Any = request.user
        may = person.has_perm("approvals.add_catalogueentry")
        return self.list_display if may else self.list_display[:-1]
