"""Notices to people, webhooks, and the log of everything that leaves the portal."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from webapp.notices.addresses import demand_callable, origin_of
from webapp.notices.events import CONFIRM, TEST, Event, demand_known


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Named filters."""

    def of(self, person: Any) -> Self:
        """Return a person's notices, the newest first."""
        return self.filter(person=person).order_by("-pk")

    def unread(self) -> Self:
        """Return those that were not read yet."""
        return self.filter(read_at=None)


class Notice(models.Model):
    """Something that a person should know, shown in the portal; `url` is a path."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    event = models.CharField(max_length=20, choices=Event.choices)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=500)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="notices_of_a_person"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notices_unread"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address that marks the notice as read and leads on to what it is about."""
        return reverse("notices:open", args=[self.pk])


class Preference(models.Model):
    """What a person does not want to be told of, as lists of events: an event that is new reaches everybody."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preference")
    no_mail = models.JSONField(default=list, blank=True)
    no_notices = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return str(self.person)


class Webhook(models.Model):
    """A program that is told of events. The secret that signs is kept sealed and never shown."""

    name = models.CharField(max_length=60, unique=True)
    url = models.CharField(max_length=500, validators=[demand_callable])
    events = models.JSONField(default=list, validators=[demand_known])
    sealed_secret = models.TextField(editable=False)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def origin(self) -> str:
        """Scheme, host and port of the address."""
        return origin_of(self.url)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Named filters."""

    def due(self, now: datetime) -> Self:
        """Return what should be sent now, and what somebody has begun to send and not ended within the lease."""
        return self.filter(state__in=OPEN, next_at__lte=now)


class Delivery(models.Model):
    """A mail or a call of a webhook: a row first, sent after the commit, kept as the log.

    waiting -> sending -> delivered | waiting (again, later) | failed. `next_at` is when it is due; while it is
    being sent, when whoever sends counts as dead.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", "mail"
        WEBHOOK = "webhook", "webhook"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        SENDING = "sending", "being sent"
        DELIVERED = "delivered", "delivered"
        FAILED = "failed", "failed"

    channel = models.CharField(max_length=10, choices=Channel.choices)
    event = models.CharField(
        max_length=20, choices=[*Event.choices, (TEST, "A test"), (CONFIRM, "A mail address is confirmed")]
    )
    webhook = models.ForeignKey(Webhook, on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries")
    address = models.CharField(max_length=500)
    subject = models.CharField(max_length=220)
    content = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="webhook") | Q(webhook=None), name="only_webhook_deliveries_have_a_webhook"
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(delivered_at=None)),
                name="what_is_delivered_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"], condition=Q(state__in=["waiting", "sending"]), name="deliveries_due"
            ),
            models.Index(fields=["state", "-id"], name="deliveries_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}: {self.subject}"


OPEN = (Delivery.State.WAITING, Delivery.State.SENDING)
