"""Drafts: what a person has typed so far, kept on the server; and presets, which drafts begin with."""

import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Self

from django.conf import settings
from django.db import connection, models
from django.urls import get_script_prefix, reverse
from django.utils.functional import cached_property

from webapp.nodepool import Cluster
from webapp.nodepool.defaults import BLANK, blank_body
from webapp.nodepool.pointers import JSON
from webapp.rows import first, objects

_RECENT = """
    SELECT id, owner_id, cluster_facts, body, last_step, updated_at FROM wizard_draft
    WHERE owner_id = %s ORDER BY updated_at DESC LIMIT %s
"""
_OWN = "SELECT * FROM wizard_draft WHERE id = %s AND owner_id = %s"
_CHANGE = """
    UPDATE wizard_draft
    SET body = %(body)s, cluster_facts = %(cluster_facts)s, touched = %(touched)s, version = %(version)s,
        last_step = %(last_step)s, updated_at = %(updated_at)s
    WHERE id = %(id)s AND version = %(seen)s
"""
_ANY = uuid.UUID(int=0)


@lru_cache(maxsize=8)
def _address_of_steps(_script_prefix: str) -> str:
    """Return what the addresses of the steps of the draft `_ANY` begin with."""
    return reverse("wizard:step", args=[_ANY, "-"]).removesuffix("-")


class DraftQuerySet(models.QuerySet["Draft"]):
    """Named filters."""

    def of(self, person: Any) -> Self:
        """Return the drafts of one person, the latest first."""
        return self.filter(owner=person).order_by("-updated_at")

    def change(self, draft: "Draft", changes: Mapping[str, Any]) -> bool:
        """Write what a save changes of a draft, by a fixed statement; False where its version is another by now."""
        said = {**changes, "id": draft.pk}
        fields = [one for one in self.model._meta.concrete_fields if one.name in said]
        values = {one.name: one.get_db_prep_save(said[one.name], connection) for one in fields}
        with connection.cursor() as cursor:
            cursor.execute(_CHANGE, {**values, "seen": draft.version})
            return cursor.rowcount == 1

    def recent(self, person: Any, most: int) -> list["Draft"]:
        """Return a person's latest drafts, with what a list shows of them, by a fixed statement."""
        return objects(self.model, _RECENT, [person.pk, most])

    def own(self, person: Any, pk: uuid.UUID) -> "Draft | None":
        """Return a draft of a person, by a fixed statement: every page and every post of the wizard reads one."""
        key = self.model._meta.pk.get_db_prep_value(pk, connection)
        return first(self.model, _OWN, [key, person.pk])


class Draft(models.Model):
    """A node pool in the making.

    `version` grows with every change. `touched` keeps, per step, at which version and by which open page it was
    last changed (two tabs collide only where they change the same step), and whose cloud was chosen from.
    `left_out` lists what was not taken over when it began, as pairs of pointer and message; `fixed` holds the
    places that its preset fixes (see fixing.py), and `baseline` what it is compared with, as `{"name", "body"}`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    cluster_facts = models.JSONField(default=dict, blank=True)
    body = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    touched = models.JSONField(default=dict, blank=True)
    last_step = models.CharField(max_length=30, default="basics")
    origin = models.CharField(max_length=200, blank=True)
    left_out = models.JSONField(default=list, blank=True)
    fixed = models.JSONField(default=dict, blank=True)
    baseline = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "-updated_at"])]

    def __str__(self) -> str:
        return self.name or "Unnamed node pool"

    def get_absolute_url(self) -> str:
        """Return the step that was open last."""
        return self.url_of(self.last_step)

    def url_of(self, step: str) -> str:
        """Return the address of a step."""
        return self._url_of_steps + step

    @cached_property
    def _url_of_steps(self) -> str:
        """What the addresses of all steps begin with: a page names each of them."""
        return _address_of_steps(get_script_prefix()).replace(str(_ANY), str(self.pk))

    @property
    def name(self) -> str:
        """The pool's name, as far as one was typed."""
        metadata: Any = self.body.get("metadata")
        return str(metadata.get("name") or "") if isinstance(metadata, Mapping) else ""

    @property
    def cluster(self) -> Cluster | None:
        """The cluster that was chosen, as it was then."""
        return Cluster(**self.cluster_facts) if self.cluster_facts else None

    @property
    def compared(self) -> tuple[JSON, str]:
        """What the body is compared with, and what that is called."""
        return (self.baseline["body"], self.baseline["name"]) if self.baseline else (blank_body(), BLANK)

    def was_left(self, step: str) -> bool:
        """Whether the person was done with a step once: from then on its problems are shown."""
        return bool((self.touched.get(step) or {}).get("left"))

    def is_from_elsewhere(self, step: str, scope: str) -> bool:
        """Whether a step was filled in from the cloud of another project or person than this one."""
        known = (self.touched.get(step) or {}).get("scope", "")
        return bool(known and scope and known != scope)


class Preset(models.Model):
    """A body to start from. `fixed` maps the pointers of places that nobody may change to the reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    description = models.TextField(blank=True)
    body = models.JSONField()
    fixed = models.JSONField(default=dict, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="presets")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
