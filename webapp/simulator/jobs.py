"""Jobs: of nodes that are made, and of pools that are deleted (section 2.5).

A job names its parts by their uid alone; each part can be asked for in turn.
"""

from collections.abc import Iterator
from typing import Any

from webapp.simulator import seed
from webapp.simulator.clock import stamp
from webapp.simulator.pools import BUILD_S, INSTALL_S, Node, Pool

Document = dict[str, Any]


def of_pool(pool: Pool, cluster_id: str, now: float) -> Iterator[Document]:
    """Yield every job that a pool has, the parts of jobs among them."""
    for node in pool.nodes:
        if node.born <= now:
            yield from _of_node(pool, node, cluster_id, now)
    if pool.deleted_at is not None:
        yield deletion(pool, cluster_id, now)


def deletion(pool: Pool, cluster_id: str, now: float) -> Document:
    """Return the job of a pool's deletion."""
    phase = "Success" if pool.is_gone(now) else "Running"
    spec = {"type": "DeleteNodePool", "clusterUID": cluster_id, "resourceID": pool.uid, "resourceName": pool.name}
    return _job(pool.deletion_job, spec, phase, pool.deleted_at or now, now)


def _of_node(pool: Pool, node: Node, cluster_id: str, now: float) -> Iterator[Document]:
    """Yield the job of a node, the one below it, and that one's two parts."""
    outer, middle, machine, install = (seed.made_id(part, node.uid) for part in ("job", "sub", "vm", "install"))
    about = {"clusterUID": cluster_id, "resourceID": node.uid, "resourceName": node.name}
    age, failure = now - node.born, pool.failure
    made = "Failed" if failure else "Success" if age >= BUILD_S else "Running"
    done = "Failed" if failure else "Success" if age >= BUILD_S + INSTALL_S else "Running"
    reason = f"[CreateNodeVM.DoError] {failure}" if failure else ""
    server = {"serverId": seed.made_id("server", node.uid)}
    yield _job(
        outer, {"type": "ScaleupCluster", **about, "extendParam": server}, done, node.born, now, reason, [middle]
    )
    yield _job(middle, {"type": "CreateNode", **about}, done, node.born, now, reason, [machine, install])
    yield _job(machine, {"type": "CreateNodeVM", **about}, made, node.born, now, reason)
    started = "Initializing" if made == "Running" else done
    yield _job(install, {"type": "InstallNode", **about}, started, node.born, now)


def _job(  # noqa: PLR0913, PLR0917 - one column each
    uid: str, spec: Document, phase: str, born: float, now: float, reason: str = "", parts: list[str] | None = None
) -> Document:
    names = [{"metadata": {"uid": part}} for part in parts or ()]
    return {
        "kind": "Job",
        "apiVersion": "v3",
        "metadata": {"uid": uid, "creationTimestamp": stamp(born), "updateTimestamp": stamp(now)},
        "spec": {**spec, **({"subJobs": names} if names else {})},
        "status": {"phase": phase, "reason": reason if phase == "Failed" else ""},
    }


def in_old_words(job: Document) -> Document:
    """Return a job as the API v2 says it: keys of the spec in small letters, the state under another name."""
    spec = {key.lower(): value for key, value in job["spec"].items()}
    status = {"status": job["status"]["phase"], "reason": job["status"]["reason"]}
    return {"kind": "Job", "apiVersion": "v2", "metadata": job["metadata"], "spec": spec, "status": status}
