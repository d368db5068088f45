"""Ways in and out of the wizard: presets, texts and live pools become drafts, drafts become texts."""

import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.access import cloud_needed, signed_in
from webapp.accounts.http import UserRequest
from webapp.approvals.models import Kind, PoolRequest, pk_of
from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudError, TokenRejected
from webapp.cloud.picklists import PickList, pool_of
from webapp.nodepool import Cluster
from webapp.nodepool.formats import FORMATS, Imported, cleaned, read
from webapp.nodepool.formats.guessing import guessed
from webapp.nodepool.reading import HALF, MAX_BYTES, Unreadable, half_texts
from webapp.pools.exports import export_page, target_of
from webapp.pools.phases import condition_of, counts_of
from webapp.wizard import actions, checks, presets, steps
from webapp.wizard.models import Draft

_READABLE = {one.name: one for one in FORMATS.values() if one.read}


def start_page(request: UserRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    """Show the ways to start. Raises PermissionDenied for who may make no drafts."""
    actions.demand_drafter(request.user)
    named = request.GET.get("cluster") or request.POST.get("cluster", "")
    context = {
        "drafts": Draft.objects.recent(request.user, 5),
        "formats": _READABLE.values(),
        "presets": presets.offered(),
        "may_manage_presets": presets.may_manage_presets(request.user),
        "cluster": named,
        "clusters": _clusters(request),
        **_live_pools(request, named),
        **more,
    }
    return render(request, "wizard/start.html", context, status=status)


@signed_in
@require_POST
def from_preset(request: UserRequest, pk: uuid.UUID) -> HttpResponse:
    """Make a draft of a preset, and open what is left to decide."""
    preset = get_object_or_404(presets.active_presets(), pk=pk)
    cluster = cluster_named(request, request.POST.get("cluster", ""))
    return redirect("wizard:decisions", actions.start_from(preset, by=request.user, cluster=cluster).pk)


@signed_in
@require_POST
def import_text(request: UserRequest) -> HttpResponse:
    """Make a draft of a text that was pasted or uploaded, and open what is left to decide."""
    text, file = request.POST.get("text", ""), request.FILES.get("file")
    name = request.POST.get("format", "")
    data = file.read(MAX_BYTES + 1) if file else text.encode(errors="surrogatepass")
    known = name if name in _READABLE else guessed(data)
    try:
        _demand_one(text, file, data)
        found = _whole(read(known, data))
    except Unreadable as error:
        trouble = str(error) if name == known else f"{error} (It was taken for {FORMATS[known].label}.)"
        kept = text if text.strip() or file is None else data[:MAX_BYTES].decode(errors="replace")
        at = "file" if file else "text"
        return start_page(request, status=422, trouble=trouble, trouble_at=at, text=kept, chosen=name)
    origin = f"the file {file.name}"[:200] if file else f"a text in {FORMATS[known].label}"
    return _begin(request, found, cluster_named(request, request.POST.get("cluster", "")), origin)


@cloud_needed
@require_POST
def copy_pool(request: UserRequest, cluster_id: str, pool_id: str) -> HttpResponse:
    """Make a draft of a live pool; its name is left to be chosen, because it is taken."""
    assert request.cloud  # noqa: S101 - the decorator saw to it
    cluster, pool, _ = pool_of(request.cloud, cluster_id, pool_id)
    found = cleaned(pool)
    found.body["metadata"] = {}
    name = str((pool.get("metadata") or {}).get("name") or pool_id)
    return _begin(request, found, cluster, f"the pool {name}"[:200])


@signed_in
@require_POST
def from_request(request: UserRequest, number: int) -> HttpResponse:
    """Make a draft of what a request asked for; `blame` opens the field that has to change."""
    mine = PoolRequest.objects.filter(author=request.user, kind=Kind.CREATE)
    found = get_object_or_404(mine, pk=pk_of(number))
    draft = actions.start_again(found, by=request.user)
    blamed = {name: request.POST[name] for name in ("blame", "comment") if request.POST.get(name)}
    return redirect(f"{draft.url_of(steps.REVIEW)}{'?' + urlencode(blamed) if blamed.get('blame') else ''}")


@signed_in
@require_GET
def export(request: UserRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Show a draft in one of the formats."""
    draft = get_object_or_404(Draft.objects.of(request.user), pk=pk)
    cluster_id = draft.cluster.id if draft.cluster else ""
    target = target_of(request.cloud, cluster_id)
    return export_page(request, name, draft.body, target, back=draft.url_of(steps.REVIEW))


def cluster_named(request: UserRequest, cluster_id: str) -> Cluster | None:
    """Return a cluster of the person's project."""
    listed = _clusters(request) if cluster_id else None
    return next((one for one in listed.items if one.id == cluster_id), None) if listed else None


def _begin(request: UserRequest, found: Imported, cluster: Cluster | None, origin: str) -> HttpResponse:
    notes = [[note.pointer, note.message] for note in found.left_out]
    draft = actions.start(by=request.user, cluster=cluster, body=found.body, origin=origin, left_out=notes)
    return redirect("wizard:decisions", draft.pk)


def _whole(found: Imported) -> Imported:
    """Return what was read. Raises Unreadable where it cannot be shown."""
    if half_texts([found.body, [note.pointer for note in found.left_out]]):
        raise Unreadable(HALF)
    return found


def _demand_one(text: str, file: UploadedFile | None, data: bytes) -> None:
    if not data.strip():
        raise Unreadable("The file is empty." if file else "Paste a text, or choose a file.")
    if file and text.strip():
        raise Unreadable("Choose a file or paste a text, not both: it is not clear which one counts.")


def _clusters(request: UserRequest) -> PickList | None:
    return checks.lists_for(request.cloud, ["clusters"], None).get("clusters")


def _live_pools(request: UserRequest, cluster_id: str) -> dict[str, Any]:
    """Return the pools that can be copied, once a cluster was chosen; why there are none, where the cloud says no."""
    if request.cloud is None or not cluster_id or "pools" not in request.GET:
        return {}
    try:
        found = Cloud(request.cloud).node_pools(cluster_id)
    except TokenRejected:
        raise
    except CloudError as error:
        return {"pools_error": error}
    return {"pools": [(one, condition_of(one), counts_of(one)) for one in found]}
