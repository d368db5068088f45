"""The forms of calls and answers, as the OpenAPI document shows them."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webapp.api.fields import Name, Text
from webapp.nodepool.formats import FORMATS
from webapp.nodepool.formats.base import without_password
from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import MAX_BYTES
from webapp.wizard.fixing import fix_at
from webapp.wizard.models import Draft

ID = r"^[A-Za-z0-9-]{1,64}$"
_ANY = {"description": "The request body of node pool creation (docs/cloud-api.md, section 1)."}


@extend_schema_field(_ANY)
class BodyField(serializers.JSONField):
    """A node pool's body: any JSON value, because saying what is wrong with it is what it is sent for."""

    def validate_empty_values(self, data: JSON) -> tuple[bool, JSON]:
        """Take null for a value like others; `allow_null` would say so in the document a second time."""
        return (True, None) if data is None else super().validate_empty_values(data)


class ClusterSerializer(serializers.Serializer):
    """Where the body is meant for: a kind and version, or a cluster of the cloud."""

    category = serializers.ChoiceField(["standard", "turbo"], required=False)
    version = Text(max_length=40, required=False, allow_blank=True, help_text="Such as v1.29.")
    id = Name(ID, required=False, help_text="Needs a cloud token.")


class ValidateSerializer(serializers.Serializer):
    """A body, and the cluster that it is held against."""

    cluster = ClusterSerializer()
    body = BodyField()


class LayoutCallSerializer(serializers.Serializer):
    """A body whose disks are to be laid out."""

    body = BodyField()


class ProblemSerializer(serializers.Serializer):
    """One thing that is wrong with the body, at its JSON pointer."""

    pointer = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    message = serializers.CharField()
    source = serializers.CharField(allow_blank=True)


class VerdictSerializer(serializers.Serializer):
    """What is wrong with a body."""

    valid = serializers.BooleanField()
    errors = ProblemSerializer(many=True)
    warnings = ProblemSerializer(many=True)


class DiskSerializer(serializers.Serializer):
    """A disk, and who took it."""

    pointer = serializers.CharField()
    type = serializers.CharField(allow_blank=True)
    size_gib = serializers.IntegerField()
    is_encrypted = serializers.BooleanField()
    selector = serializers.CharField(allow_null=True, allow_blank=True)
    group = serializers.CharField(allow_null=True, allow_blank=True)


class VolumeSerializer(serializers.Serializer):
    """A logical volume of a group."""

    pointer = serializers.CharField()
    space = serializers.CharField(allow_blank=True)
    percent = serializers.IntegerField()
    size_gib = serializers.IntegerField()
    lv_type = serializers.CharField(allow_blank=True)
    path = serializers.CharField(allow_blank=True)


class GroupSerializer(serializers.Serializer):
    """A volume group."""

    pointer = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    is_managed = serializers.BooleanField()
    takes_local = serializers.BooleanField()
    size_gib = serializers.IntegerField()
    free_gib = serializers.IntegerField()
    disks = DiskSerializer(many=True)
    volumes = VolumeSerializer(many=True)


class LayoutSerializer(serializers.Serializer):
    """What becomes of a node's disks."""

    is_default = serializers.BooleanField(help_text="No storage section: the cloud fills in its own.")
    root = DiskSerializer(allow_null=True)
    disks = DiskSerializer(many=True)
    groups = GroupSerializer(many=True)
    raw = DiskSerializer(many=True)
    unmatched = serializers.ListField(child=serializers.CharField(), help_text="Selectors that find no disk.")


class ExportCallSerializer(serializers.Serializer):
    """A body to be written in a format; the ids go into programs that need them."""

    body = BodyField()
    cluster_id = Name(ID, required=False, allow_blank=True, default="")
    project_id = Name(ID, required=False, allow_blank=True, default="")


class NoteSerializer(serializers.Serializer):
    """Something that a format cannot carry, or that was not taken over."""

    pointer = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)


class ExportedSerializer(serializers.Serializer):
    """A body in a format, and what the format cannot express."""

    format = serializers.CharField()
    text = serializers.CharField()
    left_out = NoteSerializer(many=True)


class ImportCallSerializer(serializers.Serializer):
    """A text in a format that can be read, and where the body is meant for."""

    format = serializers.ChoiceField(
        [one.name for one in FORMATS.values() if one.read], required=False, help_text="Found out where it is not said."
    )
    text = Text(max_length=MAX_BYTES, trim_whitespace=False)
    cluster = ClusterSerializer(required=False)


class ImportedSerializer(VerdictSerializer):
    """The body in a text, what was not taken over, and what is wrong with it."""

    format = serializers.CharField()
    body = BodyField()
    left_out = NoteSerializer(many=True)


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ObjectField(serializers.JSONField):
    """A JSON object."""


class ShownBodyField(ObjectField):
    """The body of a pool as anybody may read it: a password that was sent is not shown."""

    def to_representation(self, body: JSON) -> JSON:
        """Return it without passwords."""
        return without_password(super().to_representation(body))


class DocumentsSerializer(serializers.Serializer):
    """Documents as the cloud answers them."""

    items = serializers.ListField(child=ObjectField())


class DocumentSerializer(serializers.Serializer):
    """A document as the cloud answers it (docs/cloud-api.md 2.2 and 2.6)."""

    kind = serializers.CharField()
    apiVersion = serializers.CharField()  # noqa: N815 - the cloud's name
    metadata = ObjectField()
    spec = ObjectField()
    status = ObjectField(required=False)


class CountsSerializer(serializers.Serializer):
    """How many nodes there are, by the pool's counters."""

    wanted = serializers.IntegerField()
    current = serializers.IntegerField()
    creating = serializers.IntegerField()
    deleting = serializers.IntegerField()


class StatusSerializer(serializers.Serializer):
    """A pool's state in words."""

    word = serializers.CharField(help_text="Such as Ready, Working, No capacity, Deleted.")
    sentence = serializers.CharField()
    remedy = serializers.CharField(allow_blank=True)
    whose_move = serializers.CharField(allow_blank=True, help_text="Empty where nobody has to act.")
    is_moving = serializers.BooleanField()
    is_final = serializers.BooleanField(help_text="It does not change by itself any more.")
    counts = CountsSerializer()
    answered_at = serializers.DateTimeField(allow_null=True, help_text="When the cloud said so.")
    problem = ObjectField(allow_null=True, help_text="Why the cloud could not be asked last.")


class EventSerializer(serializers.Serializer):
    """A change in a pool's life, as the portal saw it."""

    at = serializers.DateTimeField()
    text = serializers.CharField()


class PickListSerializer(serializers.Serializer):
    """A pick list as it was at `fetched_at`; `error` says why it could not be had now."""

    name = serializers.CharField()
    items = serializers.ListField(child=ObjectField())
    fetched_at = serializers.DateTimeField()
    error = ObjectField(allow_null=True)


class DraftChangeSerializer(serializers.Serializer):
    """A body in the making, and the cluster that it is for."""

    body = ObjectField()
    cluster_id = Name(ID, required=False, help_text="Needs a cloud token.")


class DraftCallSerializer(serializers.Serializer):
    """A body in the making, the preset to begin with, or neither for a blank one; and the cluster that it is for."""

    body = ObjectField(required=False)
    preset = serializers.UUIDField(required=False, help_text="The id of a preset.")
    cluster_id = Name(ID, required=False, help_text="Needs a cloud token.")


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
class ReasonsField(serializers.JSONField):
    """Texts by JSON pointer."""


class PresetSerializer(serializers.Serializer):
    """A body to start from; `fixed` says why places of it cannot be changed, by JSON pointer."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    body = ObjectField()
    fixed = ReasonsField()
    author = serializers.CharField(help_text="Who fixed them.")
    updated_at = serializers.DateTimeField()


class DraftSerializer(serializers.Serializer):
    """A draft; `version` grows with every change."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    cluster_id = serializers.SerializerMethodField()
    body = ShownBodyField(read_only=True)
    fixed = serializers.SerializerMethodField()
    updated_at = serializers.DateTimeField()

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_fixed(self, draft: Draft) -> dict[str, str]:
        """Return who fixed which place, and why, by JSON pointer: these cannot be changed."""
        return {at: f"{fix_at(draft.fixed, at)}" for at in draft.fixed}

    def get_cluster_id(self, draft: Draft) -> str:
        """Return the id of the cluster that was chosen; empty for none."""
        return draft.cluster.id if draft.cluster else ""


class PlaceSerializer(serializers.Serializer):
    """A place of the call that cannot be understood."""

    pointer = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class ErrorSerializer(serializers.Serializer):
    """A problem document (RFC 9457)."""

    type = serializers.CharField(help_text="Always about:blank: the status says what it is.")
    title = serializers.CharField(help_text="The name of the status.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What is wrong, in a sentence.")
    errors = PlaceSerializer(many=True, required=False, help_text="The places of the call that are to blame.")
    cloud = serializers.DictField(required=False, help_text="What the cloud said.")
