"""Requests and what belongs to them, and the policies that judge them."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.urls import reverse

from webapp.approvals.naming import LONGEST_POINTER
from webapp.approvals.workflow import ACTS, State
from webapp.nodepool import Cluster

_PERSON = settings.AUTH_USER_MODEL
_FIRST_NUMBER = 1000


class Kind(models.TextChoices):
    """What a request asks for."""

    CREATE = "create", "create"
    SCALE = "scale", "scale"
    UPDATE = "update", "change"
    DELETE = "delete", "delete"


class PoolRequest(models.Model):
    """Something that somebody wants done with a node pool: the body is frozen, each edit makes a new revision.

    `demands` are the approvals that policy asks for: `[{"team": id or null, "team_name": ..., "count": n}]`, and
    `asked_teams` their teams as a database finds them (`policy.teams_in`); empty where a former version made it.
    `baseline` is what the body is compared with (the live pool, or what a blank draft or preset holds), and
    `baseline_name` what that is called.
    `held_at` is when whoever launches it last gave a sign of life, `tried_at` when a sweep last took it up.
    """

    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.SUBMITTED)
    author = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="pool_requests")
    last_editor = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    key = models.CharField(max_length=120, unique=True)
    project_id = models.CharField(max_length=64)
    project_name = models.CharField(max_length=100)
    cluster_id = models.CharField(max_length=64)
    cluster_facts = models.JSONField(default=dict)
    pool_id = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=64)
    body = models.JSONField(default=dict)
    baseline = models.JSONField(default=dict)
    baseline_name = models.CharField(max_length=200, blank=True, db_default="", default="")
    digest = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    draft_url = models.CharField(max_length=200, blank=True)
    amounts = models.JSONField(default=dict)
    marks = models.JSONField(default=list)
    quotas = models.JSONField(default=dict)
    verdict = models.JSONField(default=dict)
    demands = models.JSONField(default=list)
    asked_teams = models.CharField(max_length=500, blank=True, db_default="", default="")
    start_at_once = models.BooleanField(default=False)
    launch_session = models.CharField(max_length=40, blank=True)
    launch = models.ForeignKey("pools.Creation", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    problem = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    escalate_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    launched_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "request"
        indexes = [
            models.Index(fields=["state", "submitted_at"]),
            models.Index(fields=["author", "-created_at"]),
            models.Index(fields=["cluster_id", "pool_id"]),
            models.Index(fields=["project_id", "-created_at"]),
            models.Index(fields=["-created_at"]),
            models.Index(fields=["state", "-id"], name="requests_by_state"),
            models.Index(fields=["kind", "-id"], name="requests_by_kind"),
            models.Index(fields=["name"], name="requests_by_name", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    def get_absolute_url(self) -> str:
        """Return the request's permanent address."""
        return reverse("approvals:request", args=[self.number])

    @property
    def number(self) -> int:
        """The number that people call it by."""
        return number_of(int(self.pk))

    @property
    def reference(self) -> str:
        """The number as people write it."""
        return f"NP-{self.number}"

    @property
    def place(self) -> tuple[str, str, str]:
        """Where its pool is: project, cluster, pool."""
        return self.project_id, self.cluster_id, self.pool_id

    @property
    def cluster(self) -> Cluster:
        """The cluster as it was when the request was made."""
        return Cluster(**self.cluster_facts)

    @property
    def mark_words(self) -> list[str]:
        """The security-sensitive choices, in few words."""
        return [one.replace("-", " ") for one in self.marks]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state == State.SUBMITTED


def pk_of(number: int) -> int:
    """Return the primary key behind a request's number."""
    return number - _FIRST_NUMBER


def number_of(pk: int) -> int:
    """Return the number of the request behind a primary key."""
    return pk + _FIRST_NUMBER


class Revision(models.Model):
    """What a request asked for as it was submitted one time, and in which cluster."""

    request = models.ForeignKey(PoolRequest, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    body = models.JSONField(default=dict)
    cluster_name = models.CharField(max_length=200, blank=True, db_default="", default="")
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="one_revision_per_number")]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.number}"


class Decision(models.Model):
    """What one person decided about one revision; an approval holds the digest of what was approved.

    `teams` are the demanded teams (ids, null for any approver) for which it counts, `voices` the people (ids) whose
    voices it takes; null where a former version wrote it.
    """

    request = models.ForeignKey(PoolRequest, on_delete=models.CASCADE, related_name="decisions")
    revision = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="pool_decisions")
    act = models.CharField(max_length=20)
    teams = models.JSONField(default=list)
    voices = models.JSONField(null=True, blank=True)
    comment = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "revision", "by"], name="one_decision_per_person_and_revision")
        ]
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.act} by {self.by}"

    @property
    def past(self) -> str:
        """What was done, as a verb."""
        return ACTS[self.act].past


class Delegation(models.Model):
    """Somebody let another person decide in their place, with their teams."""

    request = models.ForeignKey(PoolRequest, on_delete=models.CASCADE, related_name="delegations")
    by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="delegated_requests")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "by", "to"], name="one_delegation_per_pair")]

    def __str__(self) -> str:
        return f"{self.by} to {self.to}"


class Comment(models.Model):
    """A word on a request, perhaps pinned to a place of its body."""

    request = models.ForeignKey(PoolRequest, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField()
    pointer = models.CharField(max_length=LONGEST_POINTER, blank=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.text[:60]


def _texts() -> Any:
    return models.JSONField(default=list, blank=True, help_text="Patterns such as prod-*; empty for any.")


def _limit(what: str) -> Any:
    return models.PositiveIntegerField(null=True, blank=True, help_text=f"More {what} than this at the most nodes.")


class Policy(models.Model):
    """A rule of the operator: who has to agree to what.

    All conditions that are given must hold. Policies are tried in their order; each that matches adds its demand, and
    one that approves by itself, refuses, or is marked as last ends the search. Without any match a request is approved.
    """

    class Outcome(models.TextChoices):
        AUTO = "auto", "approved by itself"
        APPROVALS = "approvals", "needs approvals"
        REFUSE = "refuse", "refused"

    name = models.CharField(max_length=100, unique=True)
    order = models.PositiveIntegerField(default=100, db_index=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    kinds = models.JSONField(default=list, blank=True, help_text="create, scale, update, delete; empty for any.")
    clusters = _texts()
    projects = _texts()
    flavor_families = _texts()
    requester_team = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    over_nodes = _limit("nodes")
    over_vcpus = _limit("vCPU")
    over_memory_gib = _limit("GiB of memory")
    over_disk_gib = _limit("GiB of disk")
    over_eips = _limit("EIPs")
    marks = models.JSONField(default=list, blank=True, help_text="Any of these security-sensitive choices.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    approvals = models.PositiveSmallIntegerField(default=1)
    team = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    refusal = models.CharField(max_length=300, blank=True, help_text="The reason that people are given.")
    is_last = models.BooleanField(default=False, help_text="Look no further when this one matches.")
    allows_bulk = models.BooleanField(default=False, help_text="Several requests may be decided in one go.")
    expires_after_h = models.PositiveIntegerField(default=168)
    remind_before_h = models.PositiveIntegerField(default=24)
    escalate_after_h = models.PositiveIntegerField(null=True, blank=True)
    escalation = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("order", "pk")
        verbose_name_plural = "policies"
        constraints = [
            models.CheckConstraint(
                name="a_refusal_has_its_reason", condition=~models.Q(outcome="refuse") | ~models.Q(refusal="")
            ),
            models.CheckConstraint(
                name="approvals_are_counted", condition=~models.Q(outcome="approvals") | models.Q(approvals__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CatalogueEntry(models.Model):
    """What a failure means for a person: a code of the cloud or a phase of a pool."""

    class Whose(models.TextChoices):
        YOURS = "yours", "yours"
        ADMIN = "your admin's", "your admin's"
        CLOUD = "the cloud's", "the cloud's"
        NOBODY = "nobody's", "nobody's: the portal goes on by itself"

    code = models.CharField(max_length=60, unique=True)
    sentence = models.CharField(max_length=300)
    whose = models.CharField(max_length=20, choices=Whose.choices, default=Whose.YOURS)
    remedy = models.CharField(max_length=300, blank=True)
    pointer = models.CharField(max_length=200, blank=True)
    is_retryable = models.BooleanField(default=False)
    asks_quota = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ("code",)
        verbose_name = "catalogue entry"
        verbose_name_plural = "failure catalogue"

    def __str__(self) -> str:
        return self.code


class UnmatchedFailure(models.Model):
    """A code that the catalogue does not know, and how often it came."""

    code = models.CharField(max_length=60, unique=True)
    count = models.PositiveIntegerField(default=0)
    example = models.TextField(blank=True)
    last_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-count",)

    def __str__(self) -> str:
        return self.code
