"""From approval to the cloud: launched once, with a token of the author or a service account, then followed."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from webapp.accounts.models import User
from webapp.accounts.service_accounts import session_of_service_account
from webapp.accounts.session import cloud_of_browser
from webapp.approvals.actions import about, inform, moved
from webapp.approvals.catalogue import count_unmatched
from webapp.approvals.models import Kind, PoolRequest
from webapp.approvals.rights import is_allowed
from webapp.approvals.workflow import ACTS, NotAllowed, NotPossible, State
from webapp.audit.trail import note
from webapp.cloud import picklists
from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudError, OutcomeUnknown
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster, Problem, check
from webapp.nodepool.changes import is_changeable
from webapp.nodepool.facts import Facts
from webapp.notices.events import Event
from webapp.pools import actions as creations
from webapp.pools import changes
from webapp.pools.models import Creation
from webapp.pools.phases import GONE
from webapp.pools.status import condition, status_of

log = logging.getLogger(__name__)
_launchers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="launch")


def session_for(found: PoolRequest) -> CloudSession | None:
    """Return the cloud session that launches a request by itself.

    That is the service account's, where the project has one, else that of the author's browser, while it lives.
    Raises CloudError where the service account cannot sign in.
    """
    if account := session_of_service_account(found.project_id):
        return account
    session = cloud_of_browser(found.launch_session, found.author) if found.launch_session else None
    return session if fits(session, found) else None


def fits(session: CloudSession | None, found: PoolRequest) -> bool:
    """Whether a cloud session is for the project of a request."""
    return session is not None and session.project_id == found.project_id


def facts_for_launch(facts: Facts, project_id: str) -> Facts:
    """Return facts as whoever launches sees them: key pairs are those of the service account, where there is one.

    Raises CloudError where the service account cannot sign in.
    """
    account = session_of_service_account(project_id)
    if account is None:
        return facts
    keys = picklists.pick_lists(account, ("key_pairs",))["key_pairs"]
    return replace(facts, key_pairs=None if keys.error else keys.items)


def nudge(found: PoolRequest) -> None:
    """Launch an approved request soon after the commit, where it shall start by itself and no worker does it."""
    if found.start_at_once and settings.DELIVER_IN_PROCESS:
        transaction.on_commit(partial(_launchers.submit, _launch_by_itself, found.pk), robust=True)


def launch_by_itself(found: PoolRequest) -> bool:
    """Launch an approved request with the session that there is for it; whether that was done."""
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


def launch_soon(found: PoolRequest, session: CloudSession, *, by: User | None = None) -> "Future[None]":
    """Launch in a thread of its own, so that a slow cloud keeps nobody waiting."""
    return _launchers.submit(_launch_in_thread, found.pk, session, by)


def launch(found: PoolRequest, session: CloudSession, *, by: User | None = None) -> None:
    """Check an approved (or failed) request against what is now, and send it.

    Args:
        found: the request.
        session: with whose token.
        by: the person who presses the button; None where it starts by itself.

    Raises NotPossible where somebody was faster or the token is for another project, NotAllowed.
    """
    if not fits(session, found):
        raise NotPossible(f"Your cloud token is for another project. Sign in for {found.project_name}.")
    arrow = ACTS["retry" if found.state == State.FAILED else "launch"]
    with transaction.atomic():
        moved(found, arrow, by=by, launched_at=timezone.now(), problem=None)
        note("request.launched", by=by, about=about(found), after={"digest": found.digest, "user": session.user_name})
        inform(found, Event.LAUNCHED, [found.author], f"{found} is being sent to the cloud")
    try:
        problems = problems_now(found, session)
    except CloudError as error:
        fail(found, error.as_dict())
        return
    if problems:
        _send_back(found, problems)
    else:
        _send(found, session)


def problems_now(found: PoolRequest, session: CloudSession) -> list[Problem]:
    """Return the errors that a request has when held against the live facts. Raises CloudError."""
    if found.kind == Kind.DELETE or _is_there(found):
        return []
    cloud = Cloud(session)
    nodes = len(cloud.nodes(found.cluster_id))
    cluster = Cluster.from_api(cloud.cluster(found.cluster_id)).with_nodes(nodes)
    return errors_in(found.kind, found.body, cluster, picklists.facts_now(session, cluster))


def errors_in(kind: str, body: Any, cluster: Cluster, facts: Facts) -> list[Problem]:
    """Return what stands in the way of a request; of a change only what can be changed is held against it."""
    if kind == Kind.CREATE:
        return [one for one in check(body, cluster, facts) if one.is_error]
    return [one for one in check(body, cluster) if one.is_error and is_changeable(one.pointer)]


def follow(found: PoolRequest, session: CloudSession | None) -> None:
    """Bring a request on the way in line with what is known of its launch and its pool; asks the cloud if it may."""
    if found.state == State.LAUNCHING and found.launch:
        _follow_creation(found, found.launch, session)
    if found.state == State.PROVISIONING:
        _follow_pool(found, session)


def resend(found: PoolRequest, session: CloudSession, *, by: User) -> None:
    """Send a creation again whose answer was lost and that was looked for in vain. Raises NotAllowed, CloudError."""
    if not is_allowed(by, found, ACTS["retry"]):
        raise NotAllowed("Only the author can do this.")
    if found.launch and found.state == State.LAUNCHING:
        creations.send_again(found.launch, session)
        follow(found, session)


def fail(found: PoolRequest, problem: dict[str, Any]) -> None:
    """End a launch as failed, with its reason."""
    with transaction.atomic():
        moved(found, ACTS["fail"], problem=problem)
        count_unmatched(problem)
        after = {name: problem.get(name) for name in ("message", "code", "status", "request_id")}
        note("request.failed", about=about(found), after=after)
        inform(found, Event.FAILED, [found.author], f"{found} failed", str(problem.get("message") or ""))


def _launch_in_thread(pk: int, session: CloudSession, by: User | None) -> None:
    try:
        launch(PoolRequest.objects.get(pk=pk), session, by=by)
    except NotPossible:
        log.info("request %s was launched by somebody else", pk)
    except Exception:
        log.exception("launching request %s broke", pk)
        raise
    finally:
        connections.close_all()


def _launch_by_itself(pk: int) -> None:
    try:
        launch_by_itself(PoolRequest.objects.get(pk=pk))
    except Exception:
        log.exception("launching request %s broke", pk)
    finally:
        connections.close_all()


def _is_there(found: PoolRequest) -> bool:
    """Whether the pool of a creation was accepted before: a retry only looks again."""
    return found.launch is not None and found.launch.state == Creation.State.ACCEPTED


def _send(found: PoolRequest, session: CloudSession) -> None:
    if found.kind == Kind.CREATE:
        _create(found, session)
        return
    try:
        if found.kind == Kind.DELETE:
            changes.delete(session, found.cluster_id, found.pool_id, by=found.author)
        else:
            changes.update(session, found.cluster_id, found.pool_id, found.body, by=found.author)
    except OutcomeUnknown as error:  # a repeat is safe
        fail(found, error.as_dict() | {"code": "answer-lost"})
    except CloudError as error:
        fail(found, error.as_dict())
    else:
        _accepted(found, found.pool_id)


def _create(found: PoolRequest, session: CloudSession) -> None:
    """Make the launch's row and send it; a retry makes a new one only where the last was refused."""
    if not _is_there(found):
        found.launch = creations.submit(
            body=found.body,
            cluster=found.cluster,
            by=found.author,
            key=creations.key_of(f"request:{found.pk}:{found.revision}"),
            session=session,
        )
        PoolRequest.objects.filter(pk=found.pk).update(launch=found.launch)
        creations.send(found.launch, session)
    follow(found, None)


def _follow_creation(found: PoolRequest, launch_row: Creation, session: CloudSession | None) -> None:
    if session and launch_row.state == Creation.State.QUEUED:
        creations.send(launch_row, session)  # whoever should have sent it is gone
    if session and launch_row.state in (Creation.State.UNKNOWN, Creation.State.SENDING):
        creations.look(launch_row, session)
    if launch_row.state == Creation.State.ACCEPTED:
        _accepted(found, launch_row.pool_id)
    elif launch_row.state == Creation.State.REFUSED:
        _quietly(fail, found, launch_row.problem or {})


def _follow_pool(found: PoolRequest, session: CloudSession | None) -> None:
    status = status_of(session, found.project_id, found.cluster_id, found.pool_id)
    if status.document is None:
        return
    state = condition(status)
    is_deletion = found.kind == Kind.DELETE
    if state is GONE and not is_deletion:
        _quietly(fail, found, {"code": "pool-gone", "message": "The pool was deleted by somebody else."})
    elif state.badge == "is-bad":
        problem = {"code": state.code, "message": state.sentence, "remedy": state.remedy}
        _quietly(fail, found, problem)
    elif state.is_final and is_deletion is (state is GONE):
        _quietly(_finish, found)


def _finish(found: PoolRequest) -> None:
    with transaction.atomic():
        moved(found, ACTS["finish"], ended_at=timezone.now(), launch_session="")
        note("request.done", about=about(found))
        inform(found, Event.READY, [found.author], f"{found} is done")


def _accepted(found: PoolRequest, pool_id: str) -> None:
    def accept(one: PoolRequest) -> None:
        with transaction.atomic():
            moved(one, ACTS["accept"], pool_id=pool_id)
            note("request.accepted", about=about(one), after={"pool": pool_id})

    _quietly(accept, found)


def _send_back(found: PoolRequest, problems: list[Problem]) -> None:
    """Give a request back whose facts have changed since it was approved."""
    said, detail = [one.as_dict() for one in problems], " ".join(one.message for one in problems)
    problem = {
        "code": "facts-changed",
        "message": "What was approved is not possible any more.",
        "remedy": "Change it and submit it again.",
        "pointer": problems[0].pointer,
        "detail": detail,
        "problems": said,
    }
    with transaction.atomic():
        moved(found, ACTS["send-back"], problem=problem)
        note("request.sent_back", about=about(found), after={"problems": said})
        inform(found, Event.DECIDED, [found.author], f"{found} was sent back", detail)


def _quietly(act: Any, *args: Any) -> None:
    """Do an act that somebody else may do at the same moment: then it is done."""
    try:
        act(*args)
    except NotPossible:
        log.debug("somebody was faster")
