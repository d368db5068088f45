"""CCE over HTTP: clusters, node pools, nodes, jobs (section 2)."""

from typing import Any

from werkzeug.wrappers import Request, Response

from webapp.nodepool.reading import Unreadable, read_json
from webapp.simulator import jobs, pools
from webapp.simulator.answers import answer, cce_error
from webapp.simulator.cloud import Cloud
from webapp.simulator.tokens import Token


def clusters(_: Request, cloud: Cloud, token: Token, **__: str) -> Response:
    """All clusters of the project."""
    items = list(cloud.clusters[token.project].values())
    return answer({"kind": "Cluster", "apiVersion": "v3", "items": items})


def cluster(_: Request, cloud: Cloud, token: Token, *, c: str, **__: str) -> Response:
    """One cluster."""
    return answer(cloud.cluster(token.project, c))


def nodes(_: Request, cloud: Cloud, token: Token, *, c: str, **__: str) -> Response:
    """All nodes of a cluster."""
    cloud.cluster(token.project, c)
    now = cloud.clock.now()
    items = [one for pool in cloud.pools_in(c).values() for one in pool.node_documents(now)]
    return answer({"kind": "List", "apiVersion": "v3", "items": items})


def node(_: Request, cloud: Cloud, token: Token, *, c: str, item: str, **__: str) -> Response:
    """One node."""
    cloud.cluster(token.project, c)
    now = cloud.clock.now()
    for pool in cloud.pools_in(c).values():
        for one in pool.node_documents(now):
            if one["metadata"]["uid"] == item:
                return answer(one)
    raise cce_error(404, "CCE.01404001", "Resource not found: the node does not exist.")


def list_pools(request: Request, cloud: Cloud, token: Token, *, c: str, **__: str) -> Response:
    """All node pools of a cluster."""
    cloud.cluster(token.project, c)
    now = cloud.clock.now()
    items = [pool.document(now) for pool in cloud.pools_in(c).values()]
    if request.args.get("showDefaultNodePool") == "true":
        items.append(pools.default_document())
    return answer({"kind": "List", "apiVersion": "v3", "items": items})


def create_pool(request: Request, cloud: Cloud, token: Token, *, c: str, **__: str) -> Response:
    """Create a node pool."""
    cloud.cluster(token.project, c)
    return answer(cloud.create(token, c, _json(request)), 201)


def get_pool(_: Request, cloud: Cloud, token: Token, *, c: str, item: str, **__: str) -> Response:
    """One node pool."""
    return answer(cloud.pool(token.project, c, item).document(cloud.clock.now()))


def update_pool(request: Request, cloud: Cloud, token: Token, *, c: str, item: str, **__: str) -> Response:
    """Change a node pool."""
    return answer(cloud.update(token, c, item, _json(request)))


def delete_pool(_: Request, cloud: Cloud, token: Token, *, c: str, item: str, **__: str) -> Response:
    """Delete a node pool."""
    return answer(cloud.delete(token, c, item))


def job(_: Request, cloud: Cloud, token: Token, *, item: str, **__: str) -> Response:
    """One job, or a part of one."""
    return answer(cloud.job(token.project, item))


def old_job(_: Request, cloud: Cloud, token: Token, *, item: str, **__: str) -> Response:
    """One job as the API v2 says it."""
    return answer(jobs.in_old_words(cloud.job(token.project, item)))


def old_jobs(_: Request, cloud: Cloud, token: Token, **__: str) -> Response:
    """All jobs as the API v2 lists them: a bare array."""
    return answer([jobs.in_old_words(one) for one in cloud.all_jobs(token.project)])


def configuration(_: Request, cloud: Cloud, token: Token, *, c: str, item: str, **__: str) -> Response:
    """The configuration of a pool: what was put there."""
    return answer(_configuration(cloud.pool(token.project, c, item)))


def configure(request: Request, cloud: Cloud, token: Token, *, c: str, item: str, **__: str) -> Response:
    """Replace the configuration of a pool."""
    pool, body = cloud.pool(token.project, c, item), _json(request)
    spec = body.get("spec") if isinstance(body, dict) else None
    packages = spec.get("packages") if isinstance(spec, dict) else None
    if not isinstance(packages, list):
        raise cce_error(400, "CCE.01400001", "/spec/packages: This is needed.")
    pool.configuration = packages
    return answer(_configuration(pool))


def synchronize(_: Request, cloud: Cloud, token: Token, *, c: str, item: str, **__: str) -> Response:
    """Bring labels and taints of a pool to its nodes."""
    cloud.pool(token.project, c, item)
    return answer({})


def _configuration(pool: pools.Pool) -> dict[str, Any]:
    metadata = {"name": "configuration"}
    return {"kind": "Configuration", "apiVersion": "v3", "metadata": metadata, "spec": {"packages": pool.configuration}}


def cce_quotas(_: Request, cloud: Cloud, token: Token, **__: str) -> Response:
    """How many clusters there may be (2.8)."""
    used = len(cloud.clusters[token.project])
    resource = {"quotaKey": "cluster", "quotaLimit": 50, "used": used, "unit": "count"}
    return answer({"quotas": {"resources": [resource]}})


def _json(request: Request) -> Any:
    if request.mimetype != "application/json":
        raise cce_error(400, "CCE.01400006", "The content type must be application/json.")
    try:
        return read_json(request.get_data())
    except Unreadable as error:
        raise cce_error(400, "CCE.01400001", f"The request body is not valid JSON. {error}") from None
