"""Webhooks, and the log of everything that leaves the portal."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from webapp.audit.admin_fields import SecretField
from webapp.audit.operating import ListAdmin, ReadOnlyAdmin
from webapp.notices.delivering import test_webhook
from webapp.notices.events import Event
from webapp.notices.models import Delivery, Webhook
from webapp.notices.webhooks import (
    SHORTEST_SECRET,
    change_webhook,
    create_webhook,
    delete_webhook,
    redeliver,
    secret_problem,
)


class WebhookForm(forms.ModelForm):  # type: ignore[type-arg]
    """A webhook; its secret goes in and never comes out."""

    events = forms.MultipleChoiceField(choices=Event.choices, widget=forms.CheckboxSelectMultiple)
    secret = SecretField(
        help_text=f"Signs each call; at least {SHORTEST_SECRET} characters, never shown. Empty keeps the one there is.",
    )

    class Meta:
        model = Webhook
        fields = ("name", "url", "is_active")

    def clean_secret(self) -> str:
        """Ask for one where there is none, and for a long one."""
        secret = str(self.cleaned_data["secret"])
        if problem := secret_problem(self.instance, secret):
            raise forms.ValidationError(problem)
        return secret


@admin.register(Webhook)
class WebhookAdmin(ListAdmin):
    """Programs that are told of events."""

    noun = "webhook"
    when_empty = "Programs stand here that are told of events. Admins add one with its address and a secret."
    called = {"origin": "receiver"}
    buttons = {"send_test": "Send a test, as saved"}
    form = WebhookForm
    list_display = ("name", "origin", "event_words", "is_active")
    list_filter = ("is_active",)
    ordering = ("name",)
    search_fields = ("name",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show readers no more of the address than its origin: the path may be a secret of the receiver."""
        if obj is None or self.has_change_permission(request, obj):
            return ("name", "url", "events", "secret", "is_active")
        return ("name", "origin", "event_words", "is_active")

    def save_model(self, request: Any, obj: Webhook, form: Any, change: bool) -> None:
        """Save by the one function that seals and notes."""
        said = {name: form.cleaned_data[name] for name in ("name", "url", "events", "secret", "is_active")}
        if change:
            change_webhook(obj, by=request.user, **said)
        else:
            obj.pk = create_webhook(by=request.user, **said).pk

    def delete_model(self, request: Any, obj: Webhook) -> None:
        """Delete by the one function that notes."""
        delete_webhook(obj, by=request.user)

    def send_test(self, request: Any, obj: Webhook) -> str:
        """Send a test now and say what came of it."""
        delivery = test_webhook(obj, request.user)
        if delivery.state == Delivery.State.DELIVERED:
            return f"The receiver took the test and answered {delivery.status_code}."
        messages.error(request, f"The test was not delivered. {delivery.error}")
        return ""

    @admin.display(description="events")
    def event_words(self, webhook: Webhook) -> str:
        """The events by name."""
        return "; ".join(Event(one).label for one in webhook.events if one in Event)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Mails and calls, each with what became of it."""

    noun = "delivery"
    when_empty = "Mails and calls of webhooks stand here, with what became of each. Nothing was sent so far."
    called = {
        "created_at": "made",
        "address": "to",
        "status_code": "answered with",
        "next_at": "next attempt",
        "delivered_at": "delivered",
    }
    buttons = {"send_again": "Send again"}
    actions = ("send_selected_again",)
    list_display = ("created_at", "channel", "address", "subject", "state", "attempts")
    list_filter = ("state", "channel", "event")
    ordering = ("-pk",)
    fields = (*list_display, "event", "webhook", "status_code", "error", "next_at", "delivered_at")
    list_select_related = ("webhook",)

    def send_again(self, request: Any, obj: Delivery) -> str:
        """Put one in line again."""
        if redeliver(obj, by=request.user):
            return "It is in line again."
        return "It is in line already."

    @admin.action(description="Send again", permissions=["act"])
    def send_selected_again(self, request: Any, queryset: "QuerySet[Delivery]") -> None:
        """Put several in line again."""
        count = sum(redeliver(one, by=request.user) for one in queryset.iterator())
        messages.info(request, f"{count} of them are in line again.")
