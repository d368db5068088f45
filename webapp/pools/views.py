"""Pages of clusters and node pools."""

import json
import uuid
from concurrent.futures import TimeoutError as StillRunning
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.accounts.access import cloud_needed, sign_in_again, signed_in
from webapp.accounts.http import UserRequest
from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudError
from webapp.nodepool import Cluster
from webapp.nodepool.formats import cleaned
from webapp.pools import actions
from webapp.pools.exports import export_page, target_of
from webapp.pools.models import Creation, PoolStatus
from webapp.pools.phases import condition_of, counts_of
from webapp.pools.queries import visible_to
from webapp.pools.status import condition, forget_interval, interval_s, status_of

_PATIENCE_S = 2.0
_STOP_POLLING = 286
_ORPHANED = timedelta(seconds=30)


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


@signed_in
@require_GET
def creation(request: UserRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what became of an order."""
    found = get_object_or_404(visible_to(request.user, request.cloud), pk=pk)
    _settle(found, request)
    return render(request, "pools/pool.html", _creation_context(request, found))


@signed_in
@require_GET
def creation_status(request: UserRequest, pk: uuid.UUID) -> HttpResponse:
    """Return the part of an order's page that changes."""
    found = get_object_or_404(visible_to(request.user, request.cloud), pk=pk)
    _settle(found, request)
    return _fragment(request, _creation_context(request, found))


@signed_in
@require_GET
def export_creation(request: UserRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Show what was ordered in one of the formats."""
    found = get_object_or_404(visible_to(request.user, request.cloud), pk=pk)
    target = target_of(request.cloud, found.cluster_id)
    return export_page(request, name, found.body, target, back=found.get_absolute_url())


@cloud_needed
@require_GET
def export_pool(request: UserRequest, cluster_id: str, pool_id: str, name: str) -> HttpResponse:
    """Show a live pool in one of the formats, without what the cloud writes itself."""
    assert request.cloud  # noqa: S101 - the decorator saw to it
    body = cleaned(Cloud(request.cloud).node_pool(cluster_id, pool_id)).body
    back = reverse("pools:pool", args=[cluster_id, pool_id])
    return export_page(request, name, body, target_of(request.cloud, cluster_id), back=back)


@signed_in
@require_POST
def send_again(request: UserRequest, pk: uuid.UUID) -> HttpResponse:
    """Send an order again that never arrived: it is looked for first."""
    found = get_object_or_404(Creation, pk=pk, author=request.user)
    if request.cloud is None:
        return sign_in_again(request, found.get_absolute_url())
    actions.send_again(found, request.cloud)
    launch(found, request)
    return redirect(found)


@cloud_needed
@require_http_methods(["GET", "POST"])
def delete(request: UserRequest, cluster_id: str, pool_id: str) -> HttpResponse:
    """Delete a pool with all its nodes, once its name was typed."""
    assert request.cloud  # noqa: S101 - the decorator saw to it
    status = status_of(request.cloud, request.cloud.project_id, cluster_id, pool_id)
    typed = request.POST.get("name", "").strip()
    wrong = "Type the name exactly as it stands above." if request.method == "POST" and typed != status.name else ""
    if request.method == "GET" or wrong:
        context = {"status": status, "counts": counts_of(status.document or {}), "wrong": wrong, "typed": typed}
        return render(request, "pools/delete.html", context, status=422 if wrong else 200)
    Cloud(request.cloud).delete_node_pool(cluster_id, pool_id)
    forget_interval(status)
    messages.success(request, f"{status.name} is being deleted.")
    return redirect("pools:pool", cluster_id, pool_id)


def launch(found: Creation, request: UserRequest) -> None:
    """Send a queued order and wait a moment for the answer, so that most people see it at once."""
    if request.cloud is None or found.state != Creation.State.QUEUED:
        return
    try:
        actions.send_soon(found, request.cloud).result(timeout=_PATIENCE_S)
    except StillRunning:
        return


def _settle(found: Creation, request: UserRequest) -> None:
    """Look for an order whose answer was lost, as long as the person has a token."""
    is_mine = request.cloud is not None and request.cloud.project_id == found.project_id
    if is_mine and found.author == request.user and found.created_at < timezone.now() - _ORPHANED:
        launch(found, request)  # nobody sends it: the process that took the order is gone
    if request.cloud and is_mine and found.state in (Creation.State.UNKNOWN, Creation.State.SENDING):
        try:
            actions.look(found, request.cloud)
        except CloudError as exc:
            found.problem = exc.as_dict()


def _pool_context(request: UserRequest, cluster_id: str, pool_id: str) -> dict[str, Any]:
    assert request.cloud  # noqa: S101 - the decorator saw to it
    status = status_of(request.cloud, request.cloud.project_id, cluster_id, pool_id)
    made = Creation.objects.filter(cluster_id=cluster_id, pool_id=pool_id, project_id=status.project_id).first()
    return {"creation": made, **_shown(status, made)}


def _creation_context(request: UserRequest, found: Creation) -> dict[str, Any]:
    status = None
    if found.pool_id:
        status = status_of(request.cloud, found.project_id, found.cluster_id, found.pool_id)
    context = _shown(status, found) if status else _unsent(found)
    given_up = found.state == "unknown" and found.looks >= actions.LOOKS_BEFORE_GIVING_UP
    seen = f"{found.state}-{found.looks if found.state == 'unknown' else 0}-{status.version if status else 0}"
    return context | {"creation": found, "can_send_again": given_up, "seen": seen}


def _unsent(found: Creation) -> dict[str, Any]:
    body = json.dumps(found.body, indent=2, ensure_ascii=False)
    return {"status": None, "is_final": found.state == "refused", "interval": settings.POLL_INTERVAL_S, "json": body}


def _shown(status: PoolStatus, made: Creation | None) -> dict[str, Any]:
    document = status.document or {}
    state = condition(status)
    since = made.created_at if made else None
    return {
        "status": status,
        "condition": state,
        "counts": counts_of(document),
        "json": json.dumps(document, indent=2, ensure_ascii=False),
        "events": list(status.changes.all()),
        "is_final": state.is_final,
        "interval": interval_s(status),
        "seen": f"pool-{status.version}",
        "elapsed": timezone.now() - since if since and not state.is_final else None,
    }


def _fragment(request: UserRequest, context: dict[str, Any]) -> HttpResponse:
    """Return the fragment; nothing where nothing changed, and the word to stop where nothing can."""
    is_unchanged = request.GET.get("seen") == context["seen"]
    if is_unchanged:
        return HttpResponse(status=204)
    status = _STOP_POLLING if context["is_final"] else 200
    return render(request, "pools/_status.html", context | {"is_fragment": True}, status=status)
