"""Ways in and out of the wizard: texts and live pools become drafts, drafts become texts."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.access import cloud_needed, signed_in
from webapp.accounts.http import UserRequest
from webapp.cloud.client import Cloud
from webapp.nodepool import Cluster
from webapp.nodepool.formats import FORMATS, Imported, cleaned, read
from webapp.nodepool.reading import MAX_BYTES, Unreadable
from webapp.pools.exports import export_page, target_of
from webapp.wizard import actions, steps
from webapp.wizard.models import Draft

_READABLE = tuple(one for one in FORMATS.values() if one.read)


def start_page(request: UserRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    """Show the ways to start."""
    context = {"drafts": Draft.objects.of(request.user)[:5], "formats": _READABLE, **more}
    return render(request, "wizard/start.html", context, status=status)


@signed_in
@require_POST
def import_text(request: UserRequest) -> HttpResponse:
    """Make a draft of a text that was pasted or uploaded, and open its review."""
    name, text = request.POST.get("format", "json"), request.POST.get("text", "")
    file = request.FILES.get("file")
    data = file.read(MAX_BYTES + 1) if file else text.encode(errors="surrogatepass")
    if name not in {one.name for one in _READABLE}:
        name = "json"
    try:
        if not data.strip():
            raise Unreadable("Paste a text, or choose a file.")
        found = read(name, data)
    except Unreadable as error:
        return start_page(request, status=422, trouble=str(error), text=text, chosen=name)
    return _begin(request, found, None)


@cloud_needed
@require_POST
def copy_pool(request: UserRequest, cluster_id: str, pool_id: str) -> HttpResponse:
    """Make a draft of a live pool; its name is left to be chosen, because it is taken."""
    assert request.cloud  # noqa: S101 - the decorator saw to it
    cloud = Cloud(request.cloud)
    found = cleaned(cloud.node_pool(cluster_id, pool_id))
    found.body["metadata"] = {}
    return _begin(request, found, Cluster.from_api(cloud.cluster(cluster_id)))


@signed_in
@require_GET
def export(request: UserRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Show a draft in one of the formats."""
    draft = get_object_or_404(Draft.objects.of(request.user), pk=pk)
    cluster_id = draft.cluster.id if draft.cluster else ""
    target = target_of(request.cloud, cluster_id)
    return export_page(request, name, draft.body, target, back=draft.url_of(steps.REVIEW))


def _begin(request: UserRequest, found: Imported, cluster: Cluster | None) -> HttpResponse:
    draft = actions.start(by=request.user, cluster=cluster, body=found.body)
    places = ", ".join(note.pointer or note.message for note in found.left_out)
    if places:
        messages.info(request, f"Not taken over: {places}.")
    return redirect(draft.url_of(steps.REVIEW))
