"""Requests on their way: settled by looking, taken up again where their launch was broken off, watched to the end."""

from concurrent.futures import Future
from copy import copy
from functools import partial

from webapp.accounts.models import User
from webapp.approvals.holding import is_broken_off
from webapp.approvals.identity import fits, is_of, launcher_in
from webapp.approvals.launching import in_background, resume
from webapp.approvals.models import Kind, PoolRequest
from webapp.approvals.outcomes import explain, fail, finish, quietly, settle
from webapp.approvals.rights import demand
from webapp.approvals.workflow import ACTS, NotPossible, State
from webapp.cloud.client import Cloud
from webapp.cloud.tokens import CloudSession
from webapp.pools import actions as creations
from webapp.pools.causes import cause_of
from webapp.pools.models import Creation, PoolStatus
from webapp.pools.phases import GONE, PHASES_OF_FAILURE
from webapp.pools.status import ask_for_nodes, condition, is_news, status_of, status_row
from webapp.pools.status import is_due as is_asked_again


def follow(found: PoolRequest, session: CloudSession | None, *, by: User | None = None) -> PoolStatus | None:
    """Bring a request on the way in line with what is known of its launch and its pool; asks the cloud if it may.

    Where the session is the author's (`by`: whoever looks), it goes on with a launch that was broken off. Return the
    state of its pool, where it was looked at.
    """
    if is_broken_off(found) and session and _may_launch(found, session, by):
        in_background(found.pk, partial(_resume_by_pk, session=session))
    elif found.state == State.LAUNCHING and found.launch:
        _follow_creation(found, found.launch, session)
    elif is_unexplained(found) and session and fits(session, found):
        return _explain(found, session)
    return _follow_pool(found, session) if found.state == State.PROVISIONING else None


def is_due(found: PoolRequest, status: PoolStatus | None, session: CloudSession | None) -> bool:
    """Whether to follow could bring something new now; `status` is what is known of its pool."""
    if found.state == State.PROVISIONING:
        return fits(session, found) and (status is None or is_asked_again(status))
    return found.state == State.LAUNCHING


def is_unexplained(found: PoolRequest) -> bool:
    """Whether a request's pool has failed, and the cloud was not asked why: nobody was there who could."""
    problem = found.problem or {}
    return found.state == State.FAILED and problem.get("code") in PHASES_OF_FAILURE and "detail" not in problem


def resend(found: PoolRequest, session: CloudSession, *, by: User) -> None:
    """Send a creation again whose answer was lost and that was looked for in vain. Raises NotPossible, CloudError."""
    demand(by, found, ACTS["send-again"])
    assert found.launch  # noqa: S101 - it is what was lost
    creations.send_again(found.launch, session)
    creations.send(found.launch, session)
    follow(found, session, by=by)


def resend_soon(found: PoolRequest, session: CloudSession, *, by: User) -> "Future[NotPossible | None]":
    """Send a creation again in a thread of its own; `found` stays as it is. The result is as that of `launch_soon`."""
    copied = copy(found)
    return in_background(found.pk, lambda _: resend(copied, session, by=by))


def _resume_by_pk(pk: int, session: CloudSession) -> None:
    found = PoolRequest.objects.get(pk=pk)
    if is_broken_off(found):
        resume(found, session)


def _may_launch(found: PoolRequest, session: CloudSession, by: User | None) -> bool:
    """Whether a session is the author's, and launches the request: where a service account does, they have no say."""
    return by == found.author and is_of(session, by) and fits(session, found) and not launcher_in(found.project_id)


def _follow_creation(found: PoolRequest, order: Creation, session: CloudSession | None) -> None:
    if session and order.state in (Creation.State.UNKNOWN, Creation.State.SENDING):
        creations.look(order, session)
    settle(found)


def _follow_pool(found: PoolRequest, session: CloudSession | None) -> PoolStatus:
    status = status_of(session, *found.place, was_there=True)
    if status.is_gone or (status.document is not None and is_news(status)):
        _judge(found, status, session)
    return status


def _explain(found: PoolRequest, session: CloudSession) -> PoolStatus:
    """Ask the cloud why the pool of a request has failed, and keep what it says, be it nothing."""
    status = status_row(*found.place)
    if ask_for_nodes(status, Cloud(session)):
        explain(found, {"detail": "", **cause_of(status, session)})
    return status


def _judge(found: PoolRequest, status: PoolStatus, session: CloudSession | None) -> None:
    """End a request whose pool is at an end."""
    state = condition(status)
    is_deletion = found.kind == Kind.DELETE
    if state is GONE and not is_deletion:
        quietly(fail, found, {"code": "pool-gone", "message": "The pool was deleted by somebody else."})
    elif state.is_bad:
        problem = {"code": state.code, "message": state.sentence, "remedy": state.remedy}
        quietly(fail, found, problem | cause_of(status, session))
    elif state.is_final and is_deletion is (state is GONE):
        quietly(finish, found)
