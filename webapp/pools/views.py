"""Pages of clusters and node pools."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from webapp.accounts.access import cloud_needed
from webapp.accounts.http import UserRequest
from webapp.cloud.client import Cloud
from webapp.nodepool import Cluster
from webapp.nodepool.formats import cleaned
from webapp.pools.exports import export_page, target_of
from webapp.pools.models import PoolStatus
from webapp.pools.phases import condition_of, counts_of
from webapp.pools.status import condition, interval_s, status_of

_STOP_POLLING = 286


@cloud_needed
@require_GET
def clusters(request: UserRequest) -> HttpResponse:
    """List the clusters of the project."""
    assert request.cloud  # noqa: S101 - the decorator saw to it
    found = [Cluster.from_api(one) for one in Cloud(request.cloud).clusters()]
    return render(request, "pools/clusters.html", {"clusters": found})


@cloud_needed
@require_GET
def pools(request: UserRequest, cluster_id: str) -> HttpResponse:
    """List the node pools of a cluster."""
    assert request.cloud  # noqa: S101 - the decorator saw to it
    cloud = Cloud(request.cloud)
    cluster = Cluster.from_api(cloud.cluster(cluster_id))
    rows = [(one, condition_of(one), counts_of(one)) for one in cloud.node_pools(cluster_id)]
    return render(request, "pools/list.html", {"cluster": cluster, "rows": rows})


@cloud_needed
@require_GET
def pool(request: UserRequest, cluster_id: str, pool_id: str) -> HttpResponse:
    """Show a node pool, whoever made it."""
    return render(request, "pools/pool.html", _pool_context(request, cluster_id, pool_id))


@cloud_needed
@require_GET
def pool_status(request: UserRequest, cluster_id: str, pool_id: str) -> HttpResponse:
    """Return the part of a pool's page that changes."""
    return _fragment(request, _pool_context(request, cluster_id, pool_id))


@cloud_needed
@require_GET
def export_pool(request: UserRequest, cluster_id: str, pool_id: str, name: str) -> HttpResponse:
    """Show a live pool in one of the formats, without what the cloud writes itself."""
    assert request.cloud  # noqa: S101 - the decorator saw to it
    body = cleaned(Cloud(request.cloud).node_pool(cluster_id, pool_id)).body
    back = reverse("pools:pool", args=[cluster_id, pool_id])
    return export_page(request, name, body, target_of(request.cloud, cluster_id), back=back)


def shown(status: PoolStatus) -> dict[str, Any]:
    """Return what templates show of a pool's state."""
    state = condition(status)
    return {
        "status": status,
        "condition": state,
        "counts": counts_of(status.document or {}),
        "json": json.dumps(status.document or {}, indent=2, ensure_ascii=False),
        "events": list(status.changes.all()),
        "is_final": state.is_final,
        "interval": interval_s(status),
        "seen": f"pool-{status.version}",
    }


def _pool_context(request: UserRequest, cluster_id: str, pool_id: str) -> dict[str, Any]:
    assert request.cloud  # noqa: S101 - the decorator saw to it
    return shown(status_of(request.cloud, request.cloud.project_id, cluster_id, pool_id))


def _fragment(request: UserRequest, context: dict[str, Any]) -> HttpResponse:
    """Return the fragment; nothing where nothing changed, and the word to stop where nothing can."""
    is_unchanged = request.GET.get("seen") == context["seen"]
    if is_unchanged:
        return HttpResponse(status=204)
    status = _STOP_POLLING if context["is_final"] else 200
    return render(request, "pools/_status.html", context | {"is_fragment": True}, status=status)
