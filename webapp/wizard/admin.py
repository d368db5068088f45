"""Presets: offered or not. What they hold is edited in the portal, with the wizard's own fields."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from webapp.audit.operating import ReadOnlyAdmin, pretty
from webapp.wizard.models import Preset
from webapp.wizard.presets import set_active


@admin.register(Preset)
class PresetAdmin(ReadOnlyAdmin):
    """All presets, those that are not offered too."""

    noun = "preset"
    when_empty = (
        "Presets stand here, which people begin with. One is made of a draft in the portal: open its review and choose "
        "“Save as a preset”."
    )
    called = {"is_active": "offered"}
    buttons = {"offer": "Offer it", "withdraw": "Offer it no more"}
    actions = ("offer_selected", "withdraw_selected")
    list_display = ("name", "is_active", "author", "updated_at")
    list_filter = ("is_active",)
    list_select_related = ("author",)
    ordering = ("name",)
    search_fields = ("name",)
    fields = ("page", "name", "description", "is_active", "author", "fixed_places", "whole", "created_at", "updated_at")

    def offer(self, request: Any, obj: Preset) -> str:
        """Offer one."""
        set_active(obj, is_active=True, by=request.user)
        return f"“{obj}” is offered to everybody."

    def withdraw(self, request: Any, obj: Preset) -> str:
        """Offer one no more."""
        set_active(obj, is_active=False, by=request.user)
        return f"“{obj}” is not offered any more."

    @admin.action(description="Offer", permissions=["act"])
    def offer_selected(self, request: HttpRequest, queryset: QuerySet[Preset]) -> None:
        """Offer several."""
        for one in queryset:
            messages.info(request, self.offer(request, one))

    @admin.action(description="Offer no more", permissions=["act"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[Preset]) -> None:
        """Offer several no more."""
        for one in queryset:
            messages.info(request, self.withdraw(request, one))

    @admin.display(description="page")
    def page(self, preset: Preset) -> str:
        """A link to where it is edited."""
        return format_html('<a href="{}">Edit in the portal</a>', reverse("wizard:preset", args=[preset.pk]))

    @admin.display(description="fixed")
    def fixed_places(self, preset: Preset) -> str:
        """The places that nobody may change, with the reason."""
        return pretty(preset.fixed)

    @admin.display(description="body")
    def whole(self, preset: Preset) -> str:
        """What a draft begins with."""
        return pretty(preset.body)
