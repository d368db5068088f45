"""Creations, the last known state of pools, and what changed when."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models


class Creation(models.Model):
    """One order to create a node pool: a frozen body, and what became of it.

    `key` makes it one: a second order with the same key is the same order. `claimed_at` is when its sender last gave a
    sign of life, `sent_at` when the order itself went out: without it, nothing did.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "waiting to be sent"
        SENDING = "sending", "being sent"
        ACCEPTED = "accepted", "accepted"
        REFUSED = "refused", "refused"
        UNKNOWN = "unknown", "answer lost"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=100, unique=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="creations")
    project_id = models.CharField(max_length=64)
    cluster_id = models.CharField(max_length=64)
    cluster_name = models.CharField(max_length=200)
    name = models.CharField(max_length=64)
    body = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    pool_id = models.CharField(max_length=64, blank=True)
    problem = models.JSONField(null=True, blank=True)
    looks = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["author", "-created_at"]), models.Index(fields=["cluster_id", "pool_id"])]

    def __str__(self) -> str:
        return self.name


class PoolStatus(models.Model):
    """The last answer about a pool. `asked_at` is when it was asked for or changed; empty where neither was done."""

    project_id = models.CharField(max_length=64)
    cluster_id = models.CharField(max_length=64)
    pool_id = models.CharField(max_length=64)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    document = models.JSONField(null=True, blank=True)
    nodes = models.JSONField(default=list, blank=True)
    is_gone = models.BooleanField(default=False)
    problem = models.JSONField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project_id", "cluster_id", "pool_id"], name="one_status_per_pool")
        ]

    def __str__(self) -> str:
        return self.pool_id

    @property
    def name(self) -> str:
        """The pool's name."""
        metadata: Any = (self.document or {}).get("metadata") or {}
        return str(metadata.get("name") or self.pool_id)


class ClusterWatch(models.Model):
    """When the pools of a cluster were asked for and answered; whoever asks the cloud next claims `asked_at`."""

    project_id = models.CharField(max_length=64)
    cluster_id = models.CharField(max_length=64)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    nodes_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project_id", "cluster_id"], name="one_watch_per_cluster")]

    def __str__(self) -> str:
        return self.cluster_id


class StatusChange(models.Model):
    """One event in a pool's life, as the portal saw it."""

    status = models.ForeignKey(PoolStatus, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(auto_now_add=True)
    text = models.CharField(max_length=300)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text
