"""From approval to the cloud: launched once, with a token of the author or a service account.

Whoever launches may be killed between any two statements. Until the order's row is made and sent, `held_at` says that
somebody is at it; after the lease, whoever comes next goes on (`is_broken_off`, `resume`). Where the cloud does not
answer, a launch is let go, so that others go on with it in a moment; for a while, then it has failed.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from copy import copy
from functools import partial
from typing import Any

from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils import timezone

from webapp import workers
from webapp.accounts.models import User
from webapp.approvals.actions import about, inform, moved
from webapp.approvals.changing import change, is_lost
from webapp.approvals.holding import hold, hold_on, keep, let_go, stopped, while_held
from webapp.approvals.identity import demand_fit, fits, launcher_in, rejected, session_for
from webapp.approvals.models import Kind, PoolRequest
from webapp.approvals.outcomes import UNLAUNCHED, give_back, send_back, settle
from webapp.approvals.rights import EXPIRED, is_overdue
from webapp.approvals.workflow import ACTS, NotPossible, State
from webapp.audit.trail import note, together
from webapp.cloud import picklists
from webapp.cloud.errors import CloudError, TokenRejected
from webapp.cloud.patience import patience
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster, Problem, check
from webapp.nodepool.changes import is_changeable
from webapp.nodepool.facts import Facts
from webapp.notices.events import Event
from webapp.pools import actions as creations
from webapp.pools.models import Creation

log = logging.getLogger(__name__)
_launchers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="launch")


def nudge(found: PoolRequest) -> None:
    """Launch an approved request that shall start by itself soon after the commit: by a worker or a thread of ours."""
    if found.start_at_once and settings.DELIVER_IN_PROCESS:
        transaction.on_commit(partial(in_background, found.pk, launch_by_itself), robust=True)
    elif found.start_at_once and settings.BROKER_URL:
        workers.soon("webapp.approvals.tasks.launch", found.pk)


def launch_by_itself(pk: int) -> bool:
    """Launch an approved request with the session that there is for it; whether that was done."""
    found = PoolRequest.objects.select_related("author", "launch").get(pk=pk)
    try:
        session = session_for(found)
        if session is None or found.state != State.APPROVED:
            return False
        launch(found, session)
    except NotPossible:
        return False
    except CloudError as error:
        log.warning("request %s cannot start by itself: %s", found.reference, error.message)
        return False
    return True


def launch_soon(found: PoolRequest, session: CloudSession, *, by: User | None = None) -> "Future[NotPossible | None]":
    """Launch in a thread of its own, so that a slow cloud keeps nobody waiting; `found` stays as it is.

    The result is why it was not possible, None where it was.
    """
    copied = copy(found)
    return in_background(found.pk, lambda _: launch(copied, session, by=by))


def carry_out_soon(found: PoolRequest, session: CloudSession, before: dict[str, Any]) -> "Future[NotPossible | None]":
    """Do what follows `begin`, in a thread of its own, as `launch_soon` does it."""
    copied = copy(found)
    return in_background(found.pk, lambda _: _carry_out(copied, session, before))


def in_background(pk: int, act: Callable[[int], Any]) -> "Future[NotPossible | None]":
    """Do an act on a request in a thread of its own; the result is why it was not possible, None where it was."""
    return _launchers.submit(copy_context().run, _in_thread, pk, act)


def launch(found: PoolRequest, session: CloudSession, *, by: User | None = None) -> None:
    """Check an approved (or failed) request against what is now, and send it.

    Args:
        found: the request.
        session: with whose token.
        by: the person who presses the button; None where it starts by itself.

    Raises NotPossible where somebody was faster, the token is for another project or the cloud rejects it, NotAllowed.
    """
    _carry_out(found, session, begin(found, session, by=by))


def begin(found: PoolRequest, session: CloudSession, *, by: User | None) -> dict[str, Any]:
    """Write down that a request is launched, and return how it stood before. Raises as `launch`.

    Where nobody carries it out, it is taken up by others after the lease.
    """
    demand_fit(session, found)
    if is_overdue(found):
        raise NotPossible(EXPIRED)
    arrow = ACTS["retry" if found.state == State.FAILED else "launch"]
    now = timezone.now()
    order = found.launch if _is_there(found) else None
    before = {name: getattr(found, name) for name in UNLAUNCHED}
    with together():
        moved(found, arrow, by=by, launched_at=now, held_at=now, problem=None, launch=order)
        as_whom = {"user": session.user_name, "service_account": session.user_name == launcher_in(found.project_id)}
        note("request.launched", by=by, about=about(found), after={"digest": found.digest, **as_whom})
        inform(found, Event.LAUNCHED, [found.author], f"{found} is being sent to the cloud")
    return before


def resume(found: PoolRequest, session: CloudSession) -> None:
    """Go on with a launch that was broken off. Raises NotPossible where somebody else does."""
    if fits(session, found):
        hold(found)
        _carry_out(found, session, UNLAUNCHED)


def problems_now(found: PoolRequest, session: CloudSession) -> list[Problem]:
    """Return the errors that a request has when held against the live facts. Raises CloudError, NotPossible."""
    if found.kind == Kind.DELETE or found.launch is not None or is_lost(found):
        return []
    nodes = picklists.nodes_now(session, found.cluster_id)
    hold_on(found)
    cluster = picklists.cluster_now(session, found.cluster_id).with_nodes(nodes)
    hold_on(found)
    demanded = ("pool_names",) if found.kind == Kind.CREATE else ()
    return errors_in(found.kind, found.body, cluster, picklists.facts_now(session, cluster, demanded=demanded))


def errors_in(kind: str, body: Any, cluster: Cluster, facts: Facts) -> list[Problem]:
    """Return what stands in the way of a request; of a change only what can be changed is held against it."""
    if kind == Kind.CREATE:
        return [one for one in check(body, cluster, facts) if one.is_error]
    return [one for one in check(body, cluster) if one.is_error and is_changeable(one.pointer)]


def _in_thread(pk: int, act: Callable[[int], Any]) -> NotPossible | None:
    """Do an act on a request in a thread that leaves no connection behind."""
    try:
        with patience(None):  # no page waits for it
            act(pk)
    except NotPossible as refusal:
        log.info("request %s was not launched: %s", pk, refusal)
        return refusal
    except CloudError as error:
        log.info("request %s was not launched: %s", pk, error.message)
        raise
    except Exception:
        log.exception("launching request %s broke", pk)
        raise
    finally:
        close_old_connections()
    return None


def _is_there(found: PoolRequest) -> bool:
    """Whether the pool of a creation was accepted before: a retry only looks again."""
    return found.launch is not None and found.launch.state == Creation.State.ACCEPTED


def _carry_out(found: PoolRequest, session: CloudSession, before: dict[str, Any]) -> None:
    """Check what is to be launched, and send it; it stands as `before` where the cloud rejects the token.

    Whoever is killed in here is followed by `resume`. Raises NotPossible.
    """
    try:
        _check_and_send(found, session)
    except TokenRejected:
        why = rejected(session, found)
        while_held(found, give_back, before, why)
        raise why from None


def _check_and_send(found: PoolRequest, session: CloudSession) -> None:
    """Check what is to be launched, and send it. Raises NotPossible, TokenRejected where nothing was sent."""
    refused: list[int] = []
    try:
        if found.kind == Kind.CREATE and found.launch is None:
            refused = _earlier_orders(found, session)
        problems = problems_now(found, session)
    except CloudError as error:
        stopped(found, error)
        return
    if problems:
        while_held(found, send_back, problems)
    elif found.kind == Kind.CREATE:
        _create(found, session, creations.key_of(_content(found), len(refused)))
    else:
        change(found, session)


def _earlier_orders(found: PoolRequest, session: CloudSession) -> list[int]:
    """Return how often each earlier order was looked for; one whose pool came late is the request's. Raises CloudError.

    Only who holds the launch makes the next one, and its key is the number of those that were refused.
    """
    refused = creations.refused_of(_content(found))
    if any(refused):
        _order(found, creations.found_late(_content(found), session))
    return refused


def _create(found: PoolRequest, session: CloudSession, key: str) -> None:
    """Send the order, which is made where there is none yet."""
    order = found.launch
    if order is None:
        order = _make_and_send(found, session, key)
    else:
        creations.send(order, session)
    if creations.is_unsent(order):
        raise TokenRejected("The cloud does not take the token.")
    if order.state == Creation.State.QUEUED and order.problem:
        let_go(found, order.problem)
    if found.state == State.LAUNCHING:
        settle(found)


def _make_and_send(found: PoolRequest, session: CloudSession, key: str) -> Creation:
    """Make the order's row and send it; the request is settled by the transaction in which the order is accepted.

    One that is there already, as a launch of before had failed while it was queued, or whose name another one has, is
    looked up anew. Return it: the request may have another one by then, or none.
    """
    with transaction.atomic():
        by, cluster = found.author, found.cluster
        order, is_out = creations.begin(body=found.body, cluster=cluster, by=by, key=key, session=session)
        _order(found, order)
    if is_out:
        creations.post(order, session, then=lambda: settle(found))
    else:
        creations.send(order, session)
    return order


def _order(found: PoolRequest, order: Creation | None) -> None:
    """Keep which order is the request's, where there is one. Raises NotPossible where somebody else goes on."""
    if order is not None:
        keep(found, launch=order)
        found.launch = order


def _content(found: PoolRequest) -> str:
    """Return what the orders of a request are known by."""
    return f"request:{found.pk}:{found.revision}"
