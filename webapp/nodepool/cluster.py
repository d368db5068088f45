"""The cluster that a node pool is meant for, as far as the rules ask."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from webapp.nodepool.choices import NETWORK_LABELS

Category = Literal["CCE", "Turbo"]

# Reference 2.6: the number of nodes that a cluster flavor takes, by the last word of its name.
MAX_NODES_BY_SIZE = {"small": 50, "medium": 200, "large": 1000, "xlarge": 2000}


@dataclass(frozen=True, slots=True)
class Cluster:
    """What the rules know of a cluster; None stands for "not known", and rules are silent about it.

    `network_mode` is `vpc-router`, `overlay_l2` or `eni`; `pod_mask` the node mask for pods (24-28);
    `node_count` counts all nodes of the cluster; ids are 36 characters, `subnet_id` is a network id.
    """

    category: Category = "CCE"
    version: str = ""
    id: str = ""
    name: str = ""
    phase: str | None = None
    network_mode: str | None = None
    max_nodes: int | None = None
    node_count: int | None = None
    vpc_id: str | None = None
    subnet_id: str | None = None
    pod_mask: int | None = None

    @classmethod
    def from_api(cls, document: Mapping[str, Any]) -> Self:
        """Read a cluster as `GET .../clusters/{id}` answers it (reference 2.6); odd values become unknown."""
        metadata, spec, status = (_object(document.get(key)) for key in ("metadata", "spec", "status"))
        network, host = _object(spec.get("containerNetwork")), _object(spec.get("hostNetwork"))
        mask = _object(spec.get("extendParam")).get("alpha.cce/fixPoolMask")
        return cls(
            category="Turbo" if spec.get("category") == "Turbo" else "CCE",
            version=str(spec.get("version") or ""),
            id=str(metadata.get("uid") or ""),
            name=str(metadata.get("name") or ""),
            phase=status.get("phase"),
            network_mode=network.get("mode"),
            max_nodes=MAX_NODES_BY_SIZE.get(str(spec.get("flavor") or "").rpartition(".")[2]),
            vpc_id=host.get("vpc"),
            subnet_id=host.get("subnet"),
            pod_mask=int(str(mask)) if str(mask).isdigit() else None,
        )

    @classmethod
    def of(cls, described: Any) -> "Cluster":
        """Return a cluster, or read `{"category": "standard" | "turbo", "version": ...}`; odd values are unknown."""
        if isinstance(described, Cluster):
            return described
        words = _object(described)
        category, version = (_text(words.get(name))[:40] for name in ("category", "version"))
        return cls(category="Turbo" if category.lower() == "turbo" else "CCE", version=version)

    @property
    def is_turbo(self) -> bool:
        """Whether this is a CCE Turbo cluster."""
        return self.category == "Turbo"

    @property
    def network(self) -> str:
        """The network of its containers, in words."""
        return NETWORK_LABELS.get(self.network_mode or "", self.network_mode or "network not known")

    def with_nodes(self, count: int) -> Self:
        """Return the same cluster with its number of nodes known."""
        return replace(self, node_count=count)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
