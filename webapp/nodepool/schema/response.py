"""What the cloud answers about pools and nodes (API reference, tables 26 to 31; docs/cloud-api.md 2.2 and 2.7).

Everything may be missing: what the portal shows must never break on an answer.
"""

from typing import Any

from pydantic import Field, field_validator

from webapp.nodepool.schema.request import Table


class Answered(Table):
    """A part of an answer, in which a value of another type than documented counts as missing."""

    @field_validator("*", mode="wrap")
    @classmethod
    def _or_missing(cls, value: Any, handler: Any, info: Any) -> Any:
        try:
            return handler(value)
        except ValueError:
            return cls.model_fields[info.field_name].get_default(call_default_factory=True)


class PoolStatus(Answered):
    """Table 31: counters and phase."""

    current_node: int = 0
    creating_node: int = 0
    deleting_node: int = 0
    phase: str = ""
    job_id: str = ""


class PoolMetadata(Answered):
    """Table 27."""

    name: str = ""
    uid: str = ""


class PoolSpec(Answered):
    """Table 28, as far as the portal reads it."""

    initial_node_count: int = 0


class NodePool(Answered):
    """Table 26."""

    metadata: PoolMetadata = Field(default_factory=PoolMetadata)
    spec: PoolSpec = Field(default_factory=PoolSpec)
    status: PoolStatus = Field(default_factory=PoolStatus)


class NodeMetadata(Answered):
    """Name, id and the pool of a node."""

    name: str = ""
    uid: str = ""
    annotations: dict[str, str] = Field(default_factory=dict)


class NodeStatus(Answered):
    """Phase and address of a node."""

    phase: str = ""
    private_ip: str = Field(default="", alias="privateIP")


class Node(Answered):
    """One node of a cluster."""

    metadata: NodeMetadata = Field(default_factory=NodeMetadata)
    status: NodeStatus = Field(default_factory=NodeStatus)

    @property
    def pool_id(self) -> str:
        """The id of the pool that the node belongs to; other text for a node outside of pools."""
        return self.metadata.annotations.get("kubernetes.io/node-pool.id", "")
