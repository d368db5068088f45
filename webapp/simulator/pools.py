"""Node pools whose state is a function of the clock (docs/cloud-api.md 2.2 to 2.7, 6.4)."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from webapp.nodepool.defaults import default_storage
from webapp.nodepool.facts import Flavor
from webapp.nodepool.shells import as_the_cloud_keeps_it
from webapp.simulator import seed
from webapp.simulator.clock import stamp

NODE_EVERY_S = 90.0  # the cloud starts one node after the other
BUILD_S, INSTALL_S = 120.0, 180.0
DELETE_EVERY_S = 40.0
OWN_LABEL = "cce.cloud.com/cce-nodepool"
CHECK_S = 20.0  # how long a pool stays Synchronizing before it is known that a flavor is sold out


@dataclass
class Node:
    """A node; times in simulated seconds."""

    name: str
    uid: str
    zone: str
    address: str
    born: float
    dies: float | None = None

    def phase(self, now: float, failure: str = "") -> str:
        """Return the node's phase (2.7)."""
        if self.dies is not None:
            return "Deleting"
        if failure:
            return "Abnormal"
        age = now - self.born
        return "Build" if age < BUILD_S else "Installing" if age < BUILD_S + INSTALL_S else "Active"


@dataclass
class Pool:
    """A node pool: what was sent, and the nodes that come of it; `failure` says why none of them works."""

    uid: str
    spec: dict[str, Any]
    name: str
    public_key: str
    born: float
    nodes: list[Node] = field(default_factory=list)
    deleted_at: float | None = None
    stuck: str = ""
    changed_at: float = 0.0
    failure: str = ""
    configuration: list[Any] = field(default_factory=list)

    @property
    def deletion_job(self) -> str:
        """The uid of the job that a deletion has."""
        return seed.made_id("delete", self.uid)

    @property
    def subnet_id(self) -> str:
        """The subnet that was asked for; empty for the cluster's own."""
        card = self.spec["nodeTemplate"].get("nodeNicSpec", {}).get("primaryNic", {})
        return str(card.get("subnetId") or "")

    def living(self, now: float) -> list[Node]:
        """Return the nodes that are there, or will be: those to come have their birth ahead."""
        return [node for node in self.nodes if node.dies is None or node.dies > now]

    def is_gone(self, now: float) -> bool:
        """Whether a deleted pool has lost its last node."""
        return self.deleted_at is not None and not any(self._there(now)) and now >= self.deleted_at + CHECK_S

    def status(self, now: float) -> dict[str, Any]:
        """Return the counters and the phase (2.4)."""
        there = self._there(now)
        phases = Counter(node.phase(now, self.failure) for node in there)
        coming = [node for node in self.living(now) if node.born > now]
        creating = phases["Build"] + phases["Installing"] + len(coming)
        status = {
            "currentNode": phases["Active"],
            "creatingNode": creating,
            "deletingNode": phases["Deleting"],
            "phase": self._phase(now, creating + phases["Deleting"]),
        }
        if self.deleted_at is not None:
            status["jobId"] = self.deletion_job
        return status

    def _there(self, now: float) -> list[Node]:
        return [node for node in self.living(now) if node.born <= now]

    def _phase(self, now: float, moving: int) -> str:
        if self.deleted_at is not None:
            return "Deleting"
        if self.failure and self.nodes and now >= self.changed_at + CHECK_S:
            return "Error"
        if self.stuck and now >= self.changed_at + CHECK_S:
            return self.stuck
        return "Synchronizing" if moving or self.stuck else ""

    def document(self, now: float) -> dict[str, Any]:
        """Return the pool as the API answers it, with what the server adds (2.2)."""
        metadata = {"name": self.name, "uid": self.uid, "creationTimestamp": stamp(self.born)}
        return {
            "kind": "NodePool",
            "apiVersion": "v3",
            "metadata": metadata,
            "spec": self._echo(),
            "status": self.status(now),
        }

    def _echo(self) -> dict[str, Any]:
        template = dict(self.spec["nodeTemplate"])
        template["login"] = {**template["login"], "userPassword": {}}
        template.setdefault("storage", default_storage({"spec": {"nodeTemplate": template}}))
        template.setdefault("publicIP", {"eip": {"bandwidth": {}}})
        template.setdefault("billingMode", 0)
        template.setdefault("taints", [])
        template.setdefault("userTags", [])
        template.setdefault("os", "EulerOS 2.9")
        is_old = template["os"] == "EulerOS 2.5"
        template.setdefault("runtime", {"name": "docker" if is_old else "containerd"})
        template["k8sTags"] = {OWN_LABEL: self.name, **template.get("k8sTags", {})}
        extend = template.get("extendParam", {})
        template["extendParam"] = {"publicKey": self.public_key, **extend} if self.public_key else extend
        spec = {"type": "vm", **self.spec, "nodeTemplate": template}
        spec.setdefault("autoscaling", {})
        spec.setdefault("nodeManagement", {})
        spec.setdefault("customSecurityGroups", [])
        return spec

    def scale(self, count: int, flavor: Flavor | None, sold_out: set[str], now: float) -> None:
        """Add or remove nodes until there are `count`; one zone takes all that one action adds (1.2)."""
        living = [node for node in self.living(now) if node.dies is None]
        self.changed_at, self.stuck = now, ""
        missing = count - len(living)
        if missing > 0:
            zone = self._zone(flavor, sold_out, living)
            if zone is None:
                self.stuck = "SoldOut"
                return
            self.nodes += [self._node(zone, now + index * NODE_EVERY_S) for index in range(missing)]
        for index, node in enumerate(living[count:]):
            node.dies = now + (index + 1) * DELETE_EVERY_S

    def delete(self, now: float) -> None:
        """Begin to delete the pool and all its nodes."""
        self.deleted_at = now
        self.nodes = [node for node in self.living(now) if node.born <= now]
        for index, node in enumerate(self.nodes):
            node.dies = now + (index + 1) * DELETE_EVERY_S

    def _zone(self, flavor: Flavor | None, sold_out: set[str], living: list[Node]) -> str | None:
        """Return the zone for new nodes: with `random` the one that has fewest of them and is not sold out."""
        wanted = self.spec["nodeTemplate"]["az"]
        if flavor is not None and flavor.id in sold_out:
            return None
        open_zones = [zone for zone in seed.ZONES if flavor is None or flavor.is_usable_in(zone)]
        if wanted != "random":
            return wanted if wanted in open_zones or flavor is None else None
        counts = Counter(node.zone for node in living)
        return min(open_zones, key=lambda zone: counts[zone], default=None)

    def _node(self, zone: str, born: float) -> Node:
        name = f"{self.name}-{secrets.token_hex(3)[:5]}"
        address = f"10.0.0.{20 + secrets.randbelow(200)}"
        return Node(name, seed.made_id(self.uid, name), zone, address, born)

    def node_documents(self, now: float) -> list[dict[str, Any]]:
        """Return the pool's nodes as the API lists them (2.7)."""
        template = self.spec["nodeTemplate"]
        kept = ("flavor", "os", "login", "rootVolume", "dataVolumes")
        spec = {key: template[key] for key in kept if key in template}
        return [
            {
                "kind": "Node",
                "apiVersion": "v3",
                "metadata": {
                    "name": node.name,
                    "uid": node.uid,
                    "creationTimestamp": stamp(node.born),
                    "annotations": {"kubernetes.io/node-pool.id": self.uid},
                    "labels": {OWN_LABEL: self.name},
                },
                "spec": {**spec, "az": node.zone, "login": {"sshKey": spec["login"].get("sshKey", "")}},
                "status": {
                    "phase": node.phase(now, self.failure),
                    "jobID": seed.made_id("job", node.uid),
                    "serverId": seed.made_id("server", node.uid),
                    "privateIP": node.address,
                    "publicIP": "",
                },
            }
            for node in self._there(now)
        ]


def made(body: dict[str, Any], public_key: str, now: float) -> Pool:
    """Return a new pool of a request's body."""
    plain = as_the_cloud_keeps_it(body)
    spec = plain["spec"]
    uid = seed.made_id("pool", secrets.token_hex(16))
    return Pool(uid, spec, plain["metadata"]["name"], public_key, now, changed_at=now)


def default_document() -> dict[str, Any]:
    """Return the pool that stands for nodes outside of pools (2.3); the local cloud has none of those."""
    status = {"currentNode": 0, "creatingNode": 0, "deletingNode": 0, "phase": ""}
    return {
        "kind": "NodePool",
        "apiVersion": "v3",
        "metadata": {"name": "DefaultPool", "uid": seed.made_id("pool", "DefaultPool")},
        "spec": {"type": "vm", "initialNodeCount": 0, "nodeTemplate": {}, "autoscaling": {}, "nodeManagement": {}},
        "status": status,
    }
