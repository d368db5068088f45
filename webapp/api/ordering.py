"""From a call to a request: what it asks for, held against the live facts, once for its key."""

from contextlib import suppress
from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.models import User
from webapp.api.authentication import CLOUD_TOKEN
from webapp.api.calls import live_cluster, member, read_by
from webapp.api.errors import Invalid, Unfit
from webapp.api.keys import key_of
from webapp.api.request_access import answer, person_of, possible
from webapp.api.request_forms import RequestCallSerializer
from webapp.approvals import actions
from webapp.approvals.actions import Order
from webapp.approvals.identity import facts_for_launch, is_of, launcher_in, session_with
from webapp.approvals.launching import errors_in, launch
from webapp.approvals.models import Kind, PoolRequest
from webapp.approvals.workflow import State, TooLate
from webapp.cloud import picklists
from webapp.cloud.client import Cloud
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster
from webapp.nodepool.changes import CHANGEABLE, is_changeable
from webapp.nodepool.defaults import blank_body
from webapp.nodepool.facts import Facts
from webapp.nodepool.formats import cleaned
from webapp.nodepool.pointers import JSON, get, leaves, put
from webapp.wizard.changes import page_of


class NotYours(PermissionDenied):
    """403: the call brings the cloud token of somebody else."""

    default_detail = f"{CLOUD_TOKEN} belongs to somebody else, and a pool is launched with your own: send yours."


def ask(request: Request, **call: Any) -> Response:
    """Ask for a change of a live pool, as the addresses of pools do."""
    return asked(request, read_by(RequestCallSerializer, call, ""))


def asked(request: Request, call: dict[str, Any]) -> Response:
    """Return the request for a call; its Idempotency-Key makes it one."""
    key = key_of(request)
    session, cluster = live_cluster(request, call["cluster_id"])
    demand_own(session, person_of(request))
    known = _known_by(key)
    if known is None:
        order = order_of(call["kind"], Cloud(session), cluster, call)
        try:
            facts = demand_good(session, order)
        except Unfit:
            if _known_by(key):  # another call with this key was faster: its own pool is in the way
                return asked(request, call)
            raise
        known = possible(actions.submit, order, by=person_of(request), session=session, key=key, facts=facts)
    elif (known.kind, known.cluster_id) != (call["kind"], cluster.id) or _differs(known, call):
        raise Unfit([("", "This Idempotency-Key was used for another request. Use a new one.")])
    return answer(started(request, known, session), status=201)


def _known_by(key: str) -> PoolRequest | None:
    return PoolRequest.objects.filter(key=key).first()


def demand_own(session: CloudSession, person: User) -> None:
    """Raise NotYours where a person asks with somebody else's cloud token, and it would have to launch.

    What is theirs alone (key pairs) would be held against the wrong person, and the request never started.
    """
    if not is_of(session, person) and not launcher_in(session.project_id):
        raise NotYours


def started(request: Request, found: PoolRequest, session: CloudSession) -> PoolRequest:
    """Launch what is approved and shall start at once, where the token of the call may."""
    launcher = session_with(session, found) if found.state == State.APPROVED and found.start_at_once else None
    if launcher is not None:
        by = person_of(request)
        possible(_launch_once, found, launcher, by if by.pk == found.author_id else None)
    return found


def _launch_once(found: PoolRequest, session: CloudSession, by: User | None) -> None:
    """Launch what a worker or another call may begin to launch at this moment: then the request says so."""
    with suppress(TooLate):
        launch(found, session, by=by)


def _differs(known: PoolRequest, call: dict[str, Any]) -> bool:
    """Whether a call asks for something else than the one that made the request, before anybody edited it."""
    first, body = known.revisions.get(number=1).body, call.get("body")
    if known.kind == Kind.CREATE:
        return bool(first != body)
    is_other = known.kind != Kind.DELETE and any(get(first, at) != value for at, value in leaves(body or {}))
    return is_other or known.pool_id != call.get("pool_id")


def order_of(
    kind: str, cloud: Cloud, cluster: Cluster, call: dict[str, Any], known: PoolRequest | None = None
) -> Order:
    """Return the order that a call describes: of a change, the live pool with what was said laid over it.

    `known` is the request that it changes: what is created is compared with the same as before.
    """
    pool_id = call.get("pool_id", "")
    if kind == Kind.CREATE:
        live, body = known.baseline if known else blank_body(), call.get("body")
    else:
        if not pool_id:
            raise Invalid([(member("pool_id"), "Name the node pool.")])
        live = cleaned(cloud.node_pool(cluster.id, pool_id)).body
        body = live if kind == Kind.DELETE else _changed(live, call.get("body"))
    return Order(
        kind=kind,
        cluster=cluster,
        body=body,
        pool_id=pool_id,
        baseline=live,
        baseline_name=known.baseline_name if known else "",
        draft_url=page_of(kind, cluster.id, pool_id),
        reason=call.get("reason", ""),
        start_at_once=call.get("start_at_once", True),
    )


def _changed(live: dict[str, Any], changes: JSON) -> JSON:
    """Return the live pool with the changeable places of `changes` laid over it. Raises Unfit."""
    if not isinstance(changes, dict):
        raise Invalid([(member("body"), "Say what shall change, in the form of a pool's body.")])
    fixed = [at for at, value in leaves(changes) if not is_changeable(at) and value not in ({}, [])]
    fixed = [at for at in fixed if get(live, at) != get(changes, at) and at not in ("/kind", "/apiVersion")]
    if fixed:
        raise Unfit([(f"/body{at}", "This cannot be changed in a live pool.") for at in fixed])
    wanted = cleaned(live).body
    for at in CHANGEABLE:
        value = get(changes, at)
        if value is not None:
            put(wanted, at, value)
    return wanted


def demand_good(session: CloudSession, order: Order) -> Facts:
    """Return the live facts. Raises Unfit where they stand in the way."""
    facts = facts_for_launch(picklists.facts_now(session, order.cluster), session.project_id)
    problems = [] if order.kind == Kind.DELETE else errors_in(order.kind, order.body, order.cluster, facts)
    if problems:
        raise Unfit([(f"/body{one.pointer}", one.message) for one in problems])
    return facts
