"""Pages of clusters and node pools."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_GET

from webapp.accounts.access import cloud_needed
from webapp.accounts.http import UserRequest
from webapp.cloud.client import Cloud
from webapp.cloud.errors import TokenRejected
from webapp.cloud.picklists import pick_lists, pools_of
from webapp.nodepool.formats import cleaned
from webapp.pools.exports import export_page, target_of
from webapp.pools.lines import CLOUD, Line, timed
from webapp.pools.models import PoolStatus
from webapp.pools.phases import condition_of, counts_of
from webapp.pools.status import condition, interval_s, is_unknown, status_of

_STOP_POLLING = 286


@cloud_needed
@require_GET
def clusters(request: UserRequest) -> HttpResponse:
    """List the clusters of the project; where the cloud does not answer, as they were before."""
    assert request.cloud  # noqa: S101 - the decorator saw to it
    found = pick_lists(request.cloud, ("clusters",), refresh=True)["clusters"]
    if found.error and (not found.items or isinstance(found.error, TokenRejected)):
        raise found.error
    return render(request, "pools/clusters.html", {"clusters": found.items, "found": found})


@cloud_needed
@require_GET
def pools(request: UserRequest, cluster_id: str) -> HttpResponse:
    """List the node pools of a cluster; where the cloud does not answer, as they were before."""
    assert request.cloud  # noqa: S101 - the decorator saw to it
    cluster, found = pools_of(request.cloud, cluster_id)
    rows = [(one, condition_of(one), counts_of(one)) for one in found.items]
    return render(request, "pools/list.html", {"cluster": cluster, "rows": rows, "found": found})


@cloud_needed
@require_GET
def pool(request: UserRequest, cluster_id: str, pool_id: str) -> HttpResponse:
    """Show a node pool, whoever made it."""
    return render(request, "pools/pool.html", shown(_status(request, cluster_id, pool_id)))


@cloud_needed
@require_GET
def pool_status(request: UserRequest, cluster_id: str, pool_id: str) -> HttpResponse:
    """Return the part of a pool's page that changes."""
    status = _status(request, cluster_id, pool_id)
    if unchanged := nothing_new(request, seen_of(status)):
        return unchanged
    context = shown(status)
    return fragment(request, "pools/_status.html", context, is_last=context["is_final"])


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
        "events": list(timed(Line(one.at, CLOUD, f"says “{one.text}”") for one in status.changes.all())),
        "is_final": state.is_final and (status.document is not None or is_unknown(status)),
        "interval": interval_s(status),
        "seen": seen_of(status),
    }


def _status(request: UserRequest, cluster_id: str, pool_id: str) -> PoolStatus:
    assert request.cloud  # noqa: S101 - the decorator saw to it
    return status_of(request.cloud, request.cloud.project_id, cluster_id, pool_id)


def seen_of(status: PoolStatus) -> str:
    """Return the name of what a page shows of a pool: another one when something has changed."""
    return f"pool-{status.version}"


def fragment(request: UserRequest, template: str, context: dict[str, Any], *, is_last: bool) -> HttpResponse:
    """Return the part of a page that changes, `context["seen"]` its ETag; the last one ends the polling."""
    status = _STOP_POLLING if is_last else 200
    answer = render(request, template, context | {"is_fragment": True}, status=status)
    answer["ETag"] = quote_etag(context["seen"])
    return answer


def nothing_new(request: UserRequest, seen: str) -> HttpResponse | None:
    """Return an answer without a body to whoever has seen this: 304 for an ETag, 204 for a page of ours."""
    said = parse_etags(request.headers.get("If-None-Match", ""))
    if quote_etag(seen) in (one.removeprefix("W/") for one in said):  # weak where the page was packed
        return HttpResponse(status=304, headers={"ETag": quote_etag(seen)})
    return HttpResponse(status=204) if request.GET.get("seen") == seen else None
