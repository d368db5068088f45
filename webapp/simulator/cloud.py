"""The state of the local cloud, and what CCE does with it."""

import threading
from collections import Counter
from typing import Any

from webapp.nodepool import Cluster, Facts, Problem, check
from webapp.nodepool.facts import (
    Agency,
    Eip,
    Flavor,
    Image,
    KeyPair,
    KmsKey,
    SecurityGroup,
    ServerGroup,
    Subnet,
    VolumeType,
    Zone,
)
from webapp.nodepool.shells import without_shells
from webapp.simulator import jobs, pools, seed, usage
from webapp.simulator.answers import cce_error
from webapp.simulator.clock import Clock
from webapp.simulator.faults import Faults
from webapp.simulator.tokens import Token, Tokens

# Which CCE code a broken rule is answered with; any other is CCE.01400001 (docs/cloud-api.md 3.2).
_CODES = {
    "NP-OS-06": "CCE.01400018",
    "NP-OS-07": "CCE.01400018",
    "NP-X-04": "CCE.01400018",
    "NP-COUNT-01": "CCE.01400014",
    "NP-NIC-02": "CCE.01400002",
    "NP-FLAV-03": "CCE.01400021",
    "NP-FLAV-06": "CCE.01400016",
    "NP-VOL-TYPE-03": "CCE.01400022",
}
_OPEN_PHASES = ("Available", "ScalingUp", "ScalingDown")


class Cloud:
    """Everything that the local cloud holds; one lock guards what changes."""

    def __init__(self, speed: float, token_life_s: float) -> None:
        self.clock = Clock(speed)
        self.tokens = Tokens(token_life_s)
        self.faults = Faults()
        self.lock = threading.RLock()
        self.log: list[dict[str, Any]] = []
        self.reset()

    def reset(self) -> None:
        """Return to the state of the start; tokens stay in force."""
        with self.lock:
            self.clusters = {project: seed.clusters(project) for project in seed.PROJECTS}
            self.pools: dict[str, dict[str, pools.Pool]] = {}
            self.ended: dict[str, dict[str, Any]] = {}  # jobs of pools that are gone, by project and uid
            self.faults.replace([])
            self.log.clear()
            self.calls: Counter[str] = Counter()  # by method and path, since the start
            self.created: Counter[str] = Counter()  # pools that were accepted, by name
            self.clashes: Counter[str] = Counter()  # pools that were refused because of their name

    def cluster(self, project: str, cluster_id: str) -> dict[str, Any]:
        """Return a cluster. Raises Refusal."""
        found = self.clusters.get(project, {}).get(cluster_id)
        if found is None:
            raise cce_error(404, "CCE.01404001", "Resource not found: the cluster does not exist.")
        return found

    def pools_in(self, cluster_id: str) -> dict[str, pools.Pool]:
        """Return the pools that are there now, by id."""
        now = self.clock.now()
        there = self.pools.setdefault(cluster_id, {})
        for uid in [uid for uid, pool in there.items() if pool.is_gone(now)]:
            gone = there.pop(uid)
            self.ended[gone.deletion_job] = jobs.deletion(gone, cluster_id, now)
        return there

    def job(self, project: str, uid: str) -> dict[str, Any]:
        """Return a job of a project's pools. Raises Refusal."""
        for one in self.all_jobs(project):
            if one["metadata"]["uid"] == uid:
                return one
        raise cce_error(404, "CCE.01404001", "Resource not found: the job does not exist.")

    def all_jobs(self, project: str) -> list[dict[str, Any]]:
        """Return every job of a project."""
        now, clusters = self.clock.now(), self.clusters[project]
        found = [
            one
            for cluster_id in clusters
            for pool in list(self.pools_in(cluster_id).values())
            for one in jobs.of_pool(pool, cluster_id, now)
        ]
        return found + [one for one in self.ended.values() if one["spec"]["clusterUID"] in clusters]

    def used(self, project: str) -> usage.Usage:
        """Return what a project uses of its quotas."""
        there = [pool for cluster_id in self.clusters[project] for pool in self.pools_in(cluster_id).values()]
        return usage.of_pools(((pool, self.flavor(pool)) for pool in there), self.clock.now())

    def nodes_in(self, project: str, subnet_id: str) -> int:
        """Return how many nodes of a project's pools have an address of a subnet."""
        now = self.clock.now()
        return sum(
            len(pool.living(now))
            for cluster_id, document in self.clusters[project].items()
            for pool in self.pools_in(cluster_id).values()
            if (pool.subnet_id or document["spec"]["hostNetwork"]["subnet"]) == subnet_id
        )

    def pool(self, project: str, cluster_id: str, pool_id: str) -> pools.Pool:
        """Return a pool. Raises Refusal."""
        self.cluster(project, cluster_id)
        found = self.pools_in(cluster_id).get(pool_id)
        if found is None:
            raise cce_error(404, "CCE.01404001", "Resource not found: the node pool does not exist.")
        return found

    def create(self, token: Token, cluster_id: str, body: Any) -> dict[str, Any]:
        """Create a node pool, in the order of 6.4. Raises Refusal."""
        document = self.cluster(token.project, cluster_id)
        if document["status"]["phase"] not in _OPEN_PHASES:
            raise cce_error(403, "CCE.01403001", f"The cluster is {document['status']['phase']}, not Available.")
        there = self.pools_in(cluster_id)
        cluster = Cluster.from_api(document).with_nodes(sum(len(pool.nodes) for pool in there.values()))
        self._refuse_errors(check(body, cluster))
        self._demand_free_name(cluster_id, body["metadata"]["name"])
        self._refuse_errors(check(body, cluster, self.facts(token)))
        spec = body["spec"]
        self._demand_quota(token.project, spec["nodeTemplate"], spec.get("type", "vm"), spec["initialNodeCount"])
        now = self.clock.now()
        key = body["spec"]["nodeTemplate"]["login"].get("sshKey", "")
        pool = pools.made(body, _public_key(token.user, key) if key else "", now)
        pool.failure = self.faults.node_failure()
        pool.scale(pool.spec["initialNodeCount"], self.flavor(pool), self.faults.sold_out(), now)
        there[pool.uid] = pool
        self.created[pool.name] += 1
        return pool.document(now)

    def update(self, token: Token, cluster_id: str, pool_id: str, body: Any) -> dict[str, Any]:
        """Change a pool: name, count, autoscaling, labels, taints, tags (2.3). Raises Refusal."""
        pool = self.pool(token.project, cluster_id, pool_id)
        if pool.deleted_at is not None:
            raise cce_error(409, "CCE.01409001", "The node pool is being deleted.")
        changed = _changed(pool, body)
        self._demand_free_name(cluster_id, changed["metadata"]["name"], but=pool)
        others = sum(len(one.nodes) for one in self.pools_in(cluster_id).values() if one is not pool)
        cluster = Cluster.from_api(self.cluster(token.project, cluster_id)).with_nodes(others)
        self._refuse_errors(check(changed, cluster))
        spec, count, now = changed["spec"], changed["spec"]["initialNodeCount"], self.clock.now()
        more = max(0, count - len(pool.living(now)))
        self._demand_quota(token.project, spec["nodeTemplate"], spec.get("type", "vm"), more)
        pool.name, pool.spec = changed["metadata"]["name"], spec
        pool.scale(count, self.flavor(pool), self.faults.sold_out(), now)
        return pool.document(now)

    def delete(self, token: Token, cluster_id: str, pool_id: str) -> dict[str, Any]:
        """Delete a pool and its nodes. Raises Refusal."""
        pool = self.pool(token.project, cluster_id, pool_id)
        if pool.deleted_at is not None:
            raise cce_error(409, "CCE.01409001", "The node pool is being deleted.")
        pool.delete(self.clock.now())
        return pool.document(self.clock.now())

    def flavor(self, pool: pools.Pool) -> Flavor | None:
        """Return a pool's flavor."""
        return next((one for one in FLAVORS if one.id == pool.spec["nodeTemplate"]["flavor"]), None)

    def facts(self, token: Token) -> Facts:
        """Return what the services would say to this token."""
        return Facts(
            flavors=FLAVORS,
            zones=tuple(Zone(name) for name in seed.ZONES),
            volume_types=tuple(VolumeType.from_api(one) for one in seed.volume_types()),
            key_pairs=tuple(KeyPair(name) for name in seed.KEY_PAIRS[token.user]),
            kms_keys=tuple(KmsKey.from_api(one) for one in seed.kms_keys()),
            subnets=tuple(Subnet.from_api(one) for one in seed.subnets()),
            security_groups=tuple(SecurityGroup.from_api(one) for one in seed.security_groups()),
            eips=tuple(Eip.from_api(one) for one in seed.eips()),
            server_groups=tuple(ServerGroup.from_api(one) for one in seed.server_groups()),
            images=tuple(Image.from_api(one) for one in seed.images()),
            agencies=tuple(Agency.from_api(one) for one in seed.agencies()),
        )

    def _demand_free_name(self, cluster_id: str, name: str, but: pools.Pool | None = None) -> None:
        if any(pool.name == name for pool in self.pools_in(cluster_id).values() if pool is not but):
            self.clashes[name] += 1
            raise cce_error(409, "CCE.01409001", f"The node pool {name} already exists.")

    def _demand_quota(self, project: str, template: dict[str, Any], kind: str, nodes: int) -> None:
        flavor = next((one for one in FLAVORS if one.id == template["flavor"]), None)
        wanted = self.used(project) + usage.of_nodes(template, kind, flavor, nodes)
        if nodes and (broken := usage.broken_quota(wanted)):
            raise cce_error(400, *broken)

    def _refuse_errors(self, problems: list[Problem]) -> None:
        for problem in problems:
            if problem.is_error:
                code = _CODES.get(problem.code, "CCE.01400001")
                raise cce_error(400, code, f"{problem.pointer}: {problem.message} ({problem.code})")


FLAVORS = tuple(Flavor.from_api(one) for one in seed.flavors())


def _public_key(user: str, name: str) -> str:
    return f"ssh-rsa AAAAB3NzaC1yc2E{seed.made_id(user, name).replace('-', '')} Generated-by-Nova"


def _changed(pool: pools.Pool, body: Any) -> dict[str, Any]:
    """Return the whole body of a pool with an update in it: only what can be changed is taken (2.3). Raises Refusal."""
    metadata, spec = (body.get(part) if isinstance(body, dict) else None for part in ("metadata", "spec"))
    if not isinstance(metadata, dict) or not isinstance(spec, dict):
        raise cce_error(400, "CCE.01400001", "/metadata and /spec are needed.")
    if "initialNodeCount" not in spec:
        raise cce_error(400, "CCE.01400001", "/spec/initialNodeCount: This is needed.")
    kind = pool.spec.get("type", "vm")
    if spec.get("type", kind) != kind:
        raise cce_error(400, "CCE.01400001", "/spec/type: The pool type is invalid: it cannot be changed.")
    wanted = spec.get("nodeTemplate")
    wanted = wanted if isinstance(wanted, dict) else {}
    kept = ("k8sTags", "taints", "userTags", "login")
    template = {**pool.spec["nodeTemplate"], **{key: wanted[key] for key in kept if key in wanted}}
    if isinstance(template.get("k8sTags"), dict):  # who sends back what was read sends the cloud's own label, too
        template["k8sTags"] = {key: value for key, value in template["k8sTags"].items() if key != pools.OWN_LABEL}
    changes = {key: spec[key] for key in ("initialNodeCount", "autoscaling") if key in spec}
    whole = {**pool.spec, **changes, "nodeTemplate": template}
    name = {"name": metadata.get("name") or pool.name}
    return without_shells({"kind": "NodePool", "apiVersion": "v3", "metadata": name, "spec": whole})
