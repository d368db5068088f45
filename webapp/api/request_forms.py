"""The forms of calls and answers about requests."""

from typing import Any

from rest_framework import serializers

from webapp.api.fields import Flag, Name, Text
from webapp.api.serializers import ID, ObjectField, ShownBodyField
from webapp.approvals.models import Kind, PoolRequest
from webapp.approvals.naming import LONGEST_POINTER
from webapp.approvals.rights import missing_in
from webapp.approvals.workflow import LONGEST_TEXT, State


class RequestCallSerializer(serializers.Serializer):
    """What somebody asks for: a new pool with its body, or the change of one with what shall be different."""

    kind = serializers.ChoiceField(Kind.choices)
    cluster_id = Name(ID)
    pool_id = Name(ID, required=False, help_text="Needed for anything but create.")
    body = ObjectField(required=False)
    reason = Text(required=False, allow_blank=True, max_length=LONGEST_TEXT, default="")
    start_at_once = Flag(required=False, default=True)


class RevisionCallSerializer(serializers.Serializer):
    """A new body of a request; what is not said beside it stays as it is."""

    body = ObjectField()
    reason = Text(required=False, allow_blank=True, max_length=LONGEST_TEXT)
    start_at_once = Flag(required=False)


class ActSerializer(serializers.Serializer):
    """The words that go with an act."""

    comment = Text(required=False, allow_blank=True, max_length=LONGEST_TEXT, default="")
    pointer = Text(required=False, allow_blank=True, max_length=LONGEST_POINTER, default="")
    to = Text(required=False, allow_blank=True, max_length=150, default="")
    digest = Text(required=False, allow_blank=True, max_length=64, default="")


class RequestSerializer(serializers.Serializer):
    """A request, and what became of it."""

    id = serializers.CharField(source="reference")
    kind = serializers.ChoiceField(Kind.choices)
    state = serializers.ChoiceField(State.choices)
    name = serializers.CharField(allow_blank=True)
    author = serializers.CharField(source="author.username")
    reason = serializers.CharField(allow_blank=True)
    project_id = serializers.CharField()
    cluster_id = serializers.CharField()
    pool_id = serializers.CharField(allow_blank=True)
    revision = serializers.IntegerField()
    digest = serializers.CharField()
    body = ShownBodyField(read_only=True)
    marks = serializers.ListField(child=serializers.CharField())
    verdict = ObjectField()
    missing = serializers.SerializerMethodField()
    problem = ObjectField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    launched_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_missing(self, found: PoolRequest) -> list[dict[str, Any]]:
        """Return the approvals that are still needed."""
        return missing_in(found) if found.is_open else []


class LineSerializer(serializers.Serializer):
    """One act on a request."""

    at = serializers.DateTimeField()
    actor = serializers.CharField()
    text = serializers.CharField()
    comment = serializers.CharField(allow_blank=True)


class ReasonSerializer(serializers.Serializer):
    """A policy that matched, and why."""

    policy = serializers.CharField()
    version = serializers.IntegerField()
    because = serializers.ListField(child=serializers.CharField())


class VerdictOfPolicySerializer(serializers.Serializer):
    """What policy says about a request."""

    sentence = serializers.CharField()
    refusal = serializers.CharField(allow_blank=True)
    demands = serializers.ListField(child=ObjectField())
    reasons = ReasonSerializer(many=True)
    allows_bulk = serializers.BooleanField()
    escalation_id = serializers.IntegerField(allow_null=True)


class AuditLineSerializer(serializers.Serializer):
    """One line of the audit trail."""

    number = serializers.IntegerField()
    at = serializers.CharField()
    actor = serializers.CharField()
    actor_id = serializers.CharField(allow_blank=True)
    act = serializers.CharField()
    about = serializers.CharField(allow_blank=True)
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)
    address = serializers.CharField(allow_blank=True)
    previous = serializers.CharField(allow_blank=True)
    hash = serializers.CharField()
