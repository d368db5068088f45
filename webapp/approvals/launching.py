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
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils import timezone

from webapp import workers
from webapp.accounts.models import User
from webapp.approvals.actions import about, inform, moved
from webapp.approvals.identity import demand_fit, fits, launcher_in, rejected, session_for
from webapp.approvals.models import Kind, PoolRequest
from webapp.approvals.outcomes import UNLAUNCHED, accepted, fail, give_back, send_back, settle
from webapp.approvals.rights import EXPIRED, is_overdue
from webapp.approvals.workflow import ACTS, NotPossible, State
from webapp.audit.trail import note
from webapp.cloud import picklists
from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudError, OutcomeUnknown, TokenRejected
from webapp.cloud.patience import patience
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster, Problem, check
from webapp.nodepool.changes import is_changeable, on_top_of, overtaken
from webapp.nodepool.facts import Facts
from webapp.nodepool.formats import cleaned
from webapp.nodepool.pointers import JSON
from webapp.notices.events import Event
from webapp.pools import actions as creations
from webapp.pools import changes
from webapp.pools.models import Creation

log = logging.getLogger(__name__)
_LOST = "answer-lost"
_PAUSES = 3  # so many intervals lie between two tries
_SIGN_OF_LIFE = timedelta(seconds=5)  # one that is younger is good enough: it counts for the whole lease
_launchers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="launch")


class Overtaken(Exception):
    """The pool is not any more what a change of it was asked about."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("The pool was changed by somebody else.")
        self.problems = problems


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
    demand_fit(session, found)
    if is_overdue(found):
        raise NotPossible(EXPIRED)
    arrow = ACTS["retry" if found.state == State.FAILED else "launch"]
    now = timezone.now()
    order = found.launch if _is_there(found) else None
    before = {name: getattr(found, name) for name in UNLAUNCHED}
    with transaction.atomic():
        moved(found, arrow, by=by, launched_at=now, held_at=now, problem=None, launch=order)
        as_whom = {"user": session.user_name, "service_account": session.user_name == launcher_in(found.project_id)}
        note("request.launched", by=by, about=about(found), after={"digest": found.digest, **as_whom})
        inform(found, Event.LAUNCHED, [found.author], f"{found} is being sent to the cloud")
    _carry_out(found, session, before)


def is_broken_off(found: PoolRequest) -> bool:
    """Whether whoever launched a request is gone before anything was sent: others have to go on."""
    is_unsent = found.launch is None or found.launch.state == Creation.State.QUEUED
    alive_at = found.held_at or found.launched_at
    is_silent = alive_at is None or alive_at < timezone.now() - creations.lease()
    return found.state == State.LAUNCHING and is_unsent and is_silent


def is_let_go(found: PoolRequest) -> bool:
    """Whether a launch got no further, and waits for somebody to try again."""
    pause = timedelta(seconds=_PAUSES * settings.POLL_INTERVAL_S)
    is_left = found.held_at is not None and found.held_at <= timezone.now() - creations.lease() + pause
    return found.state == State.LAUNCHING and bool(found.problem) and is_left


def resume(found: PoolRequest, session: CloudSession) -> None:
    """Go on with a launch that was broken off. Raises NotPossible where somebody else does."""
    if fits(session, found):
        _hold(found)
        _carry_out(found, session, UNLAUNCHED)


def problems_now(found: PoolRequest, session: CloudSession) -> list[Problem]:
    """Return the errors that a request has when held against the live facts. Raises CloudError, NotPossible."""
    if found.kind == Kind.DELETE or found.launch is not None or _is_lost(found):
        return []
    nodes = picklists.nodes_now(session, found.cluster_id)
    _hold_on(found)
    cluster = picklists.cluster_now(session, found.cluster_id).with_nodes(nodes)
    _hold_on(found)
    return errors_in(found.kind, found.body, cluster, picklists.facts_now(session, cluster))


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
    except Exception:
        log.exception("launching request %s broke", pk)
        raise
    finally:
        close_old_connections()
    return None


def _is_there(found: PoolRequest) -> bool:
    """Whether the pool of a creation was accepted before: a retry only looks again."""
    return found.launch is not None and found.launch.state == Creation.State.ACCEPTED


def _hold(found: PoolRequest) -> None:
    """Give a sign of life for a launch. Raises NotPossible where somebody else has taken it over meanwhile.

    In a transaction the launch cannot be taken over until its end.
    """
    now = timezone.now()
    _keep(found, held_at=now)
    found.held_at = now


def _hold_on(found: PoolRequest) -> None:
    """Give a sign of life where the last one is some time ago. Raises NotPossible."""
    if found.held_at is None or found.held_at < timezone.now() - _SIGN_OF_LIFE:
        _hold(found)


def _carry_out(found: PoolRequest, session: CloudSession, before: dict[str, Any]) -> None:
    """Check what is to be launched, and send it; it stands as `before` where the cloud rejects the token.

    Whoever is killed in here is followed by `resume`. Raises NotPossible.
    """
    try:
        _check_and_send(found, session)
    except TokenRejected:
        _while_held(found, give_back, before)
        raise rejected(session, found) from None


def _check_and_send(found: PoolRequest, session: CloudSession) -> None:
    """Check what is to be launched, and send it. Raises NotPossible, TokenRejected where nothing was sent."""
    try:
        if found.kind == Kind.CREATE and found.launch is None:
            _order(found, creations.found_late(_content(found), session))
        problems = problems_now(found, session)
    except CloudError as error:
        _stopped(found, error)
        return
    if problems:
        _while_held(found, send_back, problems)
    elif found.kind == Kind.CREATE:
        _create(found, session)
    else:
        _change(found, session)


def _stopped(found: PoolRequest, error: CloudError) -> None:
    """End a launch that got no further; let it go where that may pass, for a while.

    Raises NotPossible, TokenRejected where that is what it was for.
    """
    if isinstance(error, TokenRejected):
        raise error
    if error.is_passing and found.launched_at and not creations.is_long_ago(found.launched_at):
        _let_go(found, error.as_dict())
    else:
        _while_held(found, fail, error.as_dict())


def _let_go(found: PoolRequest, problem: dict[str, Any] | None) -> None:
    """Let others go on with a launch in a moment, as if it had been silent for long. Raises NotPossible."""
    pause = timedelta(seconds=_PAUSES * settings.POLL_INTERVAL_S)
    held_at = timezone.now() - creations.lease() + pause
    _keep(found, held_at=held_at, problem=problem)
    found.held_at, found.problem = held_at, problem


def _while_held(found: PoolRequest, act: Callable[..., None], *args: Any) -> None:
    """End a launch, unless somebody else has taken it over. Raises NotPossible."""
    with transaction.atomic():
        _hold(found)
        act(found, *args)


def _change(found: PoolRequest, session: CloudSession) -> None:
    """Send a change of a live pool, again where its answer was lost: no harm. When its time is over, only look."""
    _hold(found)
    was_lost = _is_lost(found)
    is_over = was_lost and creations.is_long_ago(found.launched_at or found.submitted_at)
    try:
        is_done = _is_so(found, session) if is_over else _sent(found, session)
    except Overtaken as other:
        _while_held(found, send_back, other.problems)
    except OutcomeUnknown as error:
        _let_go(found, error.as_dict() | {"code": _LOST})
    except CloudError as error:
        if was_lost and (error.is_passing or isinstance(error, TokenRejected)):
            _let_go(found, found.problem)  # it is still to be settled
            _demand_token(error, session, found)
        else:
            _stopped(found, error)
    else:
        if is_done:
            accepted(found, found.pool_id)
        else:
            _while_held(found, fail, found.problem)


def _demand_token(error: CloudError, session: CloudSession, found: PoolRequest) -> None:
    """Raise NotPossible where the cloud rejects the token: nobody has to try with that again."""
    if isinstance(error, TokenRejected):
        raise rejected(session, found)


def _is_lost(found: PoolRequest) -> bool:
    """Whether a change went out and nobody knows yet what came of it."""
    return (found.problem or {}).get("code") == _LOST


def _is_so(found: PoolRequest, session: CloudSession) -> bool:
    live = _live(found, session)
    return changes.is_so(session, found.cluster_id, found.pool_id, _wanted(found, live))


def _sent(found: PoolRequest, session: CloudSession) -> bool:
    """Send a change; it is done when nothing is raised. Raises CloudError, Overtaken where others changed the pool."""
    live = _live(found, session)
    wanted = _wanted(found, live)
    if live is not None and not changes.is_done(live, wanted) and (problems := moved_since(found, live)):
        raise Overtaken(problems)
    _goes_out(found)
    if found.kind == Kind.DELETE:
        changes.delete(session, found.cluster_id, found.pool_id, by=found.author)
    else:
        changes.update(session, found.cluster_id, found.pool_id, wanted, by=found.author)
    return True


def _goes_out(found: PoolRequest) -> None:
    """Write down that a change goes out: if nobody lives to say what came of it, its answer is lost."""
    if not _is_lost(found):
        problem = creations.problem_of(_LOST)
        _keep(found, problem=problem)
        found.problem = problem


def moved_since(found: PoolRequest, live: JSON) -> list[Problem]:
    """Return where a live pool, as the cloud answers it, is not any more what a change of it was asked about."""
    return overtaken(cleaned(live).body, found.baseline, None if found.kind == Kind.DELETE else found.body)


def _live(found: PoolRequest, session: CloudSession) -> JSON:
    """Return the pool as the cloud answers it; None where one that shall be deleted is gone. Raises CloudError."""
    try:
        return Cloud(session).node_pool(found.cluster_id, found.pool_id)
    except CloudError as error:
        if found.kind == Kind.DELETE and error.status == HTTPStatus.NOT_FOUND:
            return None
        raise


def _wanted(found: PoolRequest, live: JSON) -> JSON:
    """Return what a change makes of the pool as it is now; None for a deletion."""
    return None if found.kind == Kind.DELETE else on_top_of(cleaned(live).body, found.baseline, found.body)


def _create(found: PoolRequest, session: CloudSession) -> None:
    """Make the order's row, where there is none yet, and send it."""
    if found.launch is None:
        with transaction.atomic():
            key = creations.key_of(_content(found))
            by, cluster = found.author, found.cluster
            _order(found, creations.submit(body=found.body, cluster=cluster, by=by, key=key, session=session))
    assert found.launch  # noqa: S101 - it was just made
    creations.send(found.launch, session)
    if creations.is_unsent(found.launch):
        raise TokenRejected("The cloud does not take the token.")
    if found.launch.state == Creation.State.QUEUED and found.launch.problem:
        _let_go(found, found.launch.problem)
    settle(found)


def _order(found: PoolRequest, order: Creation | None) -> None:
    """Keep which order is the request's, where there is one. Raises NotPossible where somebody else goes on."""
    if order is not None:
        _keep(found, launch=order)
        found.launch = order


def _keep(found: PoolRequest, **facts: Any) -> None:
    """Write something down about a launch that is still ours. Raises NotPossible where it was taken over."""
    mine = PoolRequest.objects.filter(pk=found.pk, state=State.LAUNCHING, held_at=found.held_at)
    if not mine.update(**facts):
        raise NotPossible("Somebody else goes on with it.")


def _content(found: PoolRequest) -> str:
    """Return what the orders of a request are known by."""
    return f"request:{found.pk}:{found.revision}"
