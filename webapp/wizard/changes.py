"""Changes of a live pool: scale, change, delete. Typed at one page, looked at on the next, then requested."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from webapp.accounts.access import cloud_needed
from webapp.accounts.http import UserRequest
from webapp.approvals import actions as requests
from webapp.approvals.actions import Order
from webapp.approvals.differences import parts_of
from webapp.approvals.identity import launcher_in
from webapp.approvals.launching import errors_in
from webapp.approvals.models import Kind, PoolRequest
from webapp.approvals.pressing import start
from webapp.approvals.queries import locks_on
from webapp.approvals.workflow import EDITABLE, NotPossible
from webapp.cloud import picklists
from webapp.nodepool import Cluster, Problem, pointers
from webapp.nodepool.changes import COUNT, is_changeable, on_top_of
from webapp.nodepool.facts import NOTHING_KNOWN, Facts
from webapp.nodepool.formats import cleaned
from webapp.nodepool.pointers import JSON
from webapp.wizard import page, posted, steps
from webapp.wizard.answers import Tree, Unsayable, answers_of, body_of, merged, without
from webapp.wizard.places import Section, Step
from webapp.wizard.posted import Move


def _changeable(step: Step) -> Section:
    return Section(step.title, tuple(place for place in step.places if is_changeable(place.at)))


_COUNT = tuple(replace(place, label="Nodes", hint="") for place in steps.EVERY_PLACE if place.at == COUNT)
PAGES = {
    Kind.SCALE: Step("scale", "Scale", (Section("Nodes", _COUNT),)),
    Kind.UPDATE: Step(
        "change", "Change", tuple(_changeable(one) for one in (steps.BASICS, steps.AUTOSCALING, steps.NODE_TEMPLATE))
    ),
}


def page_of(kind: str, cluster_id: str, pool_id: str) -> str:
    """Return the address at which a change is asked for; none for a new pool."""
    if kind == Kind.CREATE:
        return ""
    name = PAGES[Kind(kind)].slug if kind in PAGES else "delete-pool"
    return reverse(f"wizard:{name}", args=[cluster_id, pool_id])


@dataclass(frozen=True, slots=True)
class Live:
    """A pool without what the cloud writes itself, its cluster, and the list that says as of when it is like this."""

    pool_id: str
    body: dict[str, Any]
    cluster: Cluster
    listed: picklists.PickList

    @property
    def name(self) -> str:
        """The pool's name."""
        return str(pointers.get(self.body, "/metadata/name") or self.pool_id)


@cloud_needed
@require_http_methods(["GET", "POST"])
def scale(request: UserRequest, cluster_id: str, pool_id: str) -> HttpResponse:
    """Ask for another number of nodes."""
    return _change(request, _live(request, cluster_id, pool_id), Kind.SCALE)


@cloud_needed
@require_http_methods(["GET", "POST"])
def change(request: UserRequest, cluster_id: str, pool_id: str) -> HttpResponse:
    """Ask for another name, autoscaling, labels, taints or tags."""
    return _change(request, _live(request, cluster_id, pool_id), Kind.UPDATE)


@cloud_needed
@require_http_methods(["GET", "POST"])
def delete(request: UserRequest, cluster_id: str, pool_id: str) -> HttpResponse:
    """Ask for a pool's deletion, once its name was typed."""
    live = _live(request, cluster_id, pool_id)
    typed = request.POST.get("name", "").strip()
    wrong = "Type the name exactly as it stands above." if request.method == "POST" and typed != live.name else ""
    order = _order(request, live, Kind.DELETE, live.body)
    trouble = ""
    if request.method == "POST" and not wrong:
        try:
            return _submit(request, order)
        except NotPossible as refusal:
            trouble = str(refusal)
    nodes = pointers.get(live.body, COUNT)
    context = _context(request, live, order) | {"wrong": wrong, "typed": typed, "nodes": nodes, "trouble": trouble}
    return render(request, "wizard/delete_pool.html", context, status=422 if wrong else 409 if trouble else 200)


def _change(request: UserRequest, live: Live, kind: Kind) -> HttpResponse:
    """Take what was typed, show what it changes and what policy says, and request it when that was seen."""
    step = PAGES[kind]
    if request.method == "GET":
        pending = _pending(request, live.cluster.id, live.pool_id, kind)
        shown = on_top_of(live.body, pending.baseline, pending.body) if pending else live.body
        return _form(request, live, kind, answers_of(step.places, shown))
    typed = posted.read(request.POST)
    try:
        wanted = merged(without(step.places, live.body), body_of(step.places, typed.tree))
    except Unsayable as unsayable:
        return _form(request, live, kind, typed.tree, unsayable=unsayable.problems)
    if typed.move is Move.STAY or "_back" in request.POST:
        return _form(request, live, kind, typed.tree, status=200)
    problems = errors_in(kind, wanted, live.cluster, NOTHING_KNOWN)
    if problems:
        return _form(request, live, kind, typed.tree, problems=problems)
    order = _order(request, live, kind, wanted)
    trouble = ""
    if "_confirmed" in request.POST:
        try:
            return _submit(request, order)
        except NotPossible as refusal:
            trouble = str(refusal)
    return _confirmation(request, live, order, typed.tree, trouble)


def _form(  # noqa: PLR0913 - one keyword each
    request: UserRequest,
    live: Live,
    kind: Kind,
    tree: Tree,
    *,
    problems: list[Problem] | None = None,
    unsayable: dict[str, str] | None = None,
    status: int = 422,
) -> HttpResponse:
    step = PAGES[kind]
    made = page.made(step, page.Context(tree, {}), problems or [], unsayable or {})
    context = {"live": live, "step": step, "page": made, "page_id": _page_id(request), "locks": _locks(live)}
    context["said"] = [(name, request.POST[name]) for name in posted.WISHES if name in request.POST]
    return render(request, "wizard/change.html", context, status=200 if request.method == "GET" else status)


def _confirmation(request: UserRequest, live: Live, order: Order, tree: Tree, trouble: str) -> HttpResponse:
    hidden = [(at, text) for at, text in pointers.leaves(tree) if isinstance(text, str)]
    context = _context(request, live, order) | {"hidden": hidden, "parts": parts_of(live.body, order.body)}
    context["trouble"] = trouble
    return render(request, "wizard/confirm_change.html", context, status=409 if trouble else 200)


def _context(request: UserRequest, live: Live, order: Order) -> dict[str, Any]:
    assert request.cloud  # noqa: S101 - the decorators saw to it
    pending = _pending(request, order.cluster.id, order.pool_id, order.kind)
    _, verdict = requests.judge(
        order, by=request.user, project=request.cloud.project_name, facts=_facts(request, live.cluster)
    )
    return {
        "live": live,
        "kind": order.kind,
        "verdict": verdict,
        "pending": pending,
        "launcher": launcher_in(request.cloud.project_id),
        "page_id": _page_id(request),
        "locks": _locks(live),
        **posted.wishes_shown(request.POST, pending),
    }


def _submit(request: UserRequest, order: Order) -> HttpResponse:
    """Ask for a change, and lead to its request. Raises NotPossible."""
    assert request.cloud  # noqa: S101 - the decorators saw to it
    key = f"change:{request.user.pk}:{_page_id(request)}"
    facts = _facts(request, order.cluster)
    pending = _pending(request, order.cluster.id, order.pool_id, order.kind)
    found = requests.ask(order, known=pending, by=request.user, session=request.cloud, key=key, facts=facts)
    start(found, request)
    return redirect(found)


def _pending(request: UserRequest, cluster_id: str, pool_id: str, kind: str) -> PoolRequest | None:
    """Return the person's request of this kind about this pool that is not launched yet: it is the one to change."""
    mine = PoolRequest.objects.filter(author=request.user, kind=kind, state__in=EDITABLE)
    return mine.filter(cluster_id=cluster_id, pool_id=pool_id).order_by("-pk").first()


def _order(request: UserRequest, live: Live, kind: Kind, body: JSON) -> Order:
    return Order(
        kind=kind,
        cluster=live.cluster,
        body=body,
        pool_id=live.pool_id,
        baseline=live.body,
        draft_url=page_of(kind, live.cluster.id, live.pool_id),
        browser=request.session.session_key or "",
        **posted.wishes(request.POST),
    )


def _live(request: UserRequest, cluster_id: str, pool_id: str) -> Live:
    assert request.cloud  # noqa: S101 - the decorators saw to it
    cluster, pool, listed = picklists.pool_of(request.cloud, cluster_id, pool_id)
    return Live(pool_id, cleaned(pool).body, cluster, listed)


def _facts(request: UserRequest, cluster: Cluster) -> Facts:
    assert request.cloud  # noqa: S101 - the decorators saw to it
    lists = picklists.pick_lists(request.cloud, ("flavors", "quotas"), cluster=cluster)
    return picklists.facts_from(lists)


def _locks(live: Live) -> list[Any]:
    return list(locks_on(live.cluster.id, live.pool_id)[:5])


def _page_id(request: UserRequest) -> str:
    return request.POST.get("_page", "")[:40] or uuid.uuid4().hex
