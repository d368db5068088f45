"""Sending the change of a live pool, or its deletion: on top of what the pool is now, and never over others' work.

A change whose answer was lost is sent again, which does no harm; when its time is over, the live pool tells.
"""

from http import HTTPStatus

from webapp.approvals.holding import hold, keep, let_go, stopped, while_held
from webapp.approvals.identity import rejected
from webapp.approvals.models import Kind, PoolRequest
from webapp.approvals.outcomes import accepted, fail, send_back
from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudError, OutcomeUnknown, TokenRejected, as_of_a_change
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Problem
from webapp.nodepool.changes import on_top_of, overtaken
from webapp.nodepool.formats import cleaned
from webapp.nodepool.pointers import JSON
from webapp.pools import actions as creations
from webapp.pools import changes

_LOST = "answer-lost"


class Overtaken(Exception):
    """The pool is not any more what a change of it was asked about."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("The pool was changed by somebody else.")
        self.problems = problems


def change(found: PoolRequest, session: CloudSession) -> None:
    """Send a change of a live pool, again where its answer was lost: no harm. When its time is over, only look."""
    hold(found)
    was_lost = is_lost(found)
    is_over = was_lost and creations.is_long_ago(found.launched_at or found.submitted_at)
    try:
        is_done = _is_so(found, session) if is_over else _sent(found, session)
    except Overtaken as other:
        while_held(found, send_back, other.problems)
    except OutcomeUnknown as error:
        let_go(found, error.as_dict() | {"code": _LOST})
    except CloudError as error:
        if was_lost and (error.is_passing or isinstance(error, TokenRejected)):
            let_go(found, found.problem)  # it is still to be settled
            _demand_token(error, session, found)
        else:
            stopped(found, as_of_a_change(error))
    else:
        if is_done:
            accepted(found, found.pool_id)
        else:
            while_held(found, fail, found.problem)


def moved_since(found: PoolRequest, live: JSON) -> list[Problem]:
    """Return where a live pool, as the cloud answers it, is not any more what a change of it was asked about."""
    return overtaken(cleaned(live).body, found.baseline, None if found.kind == Kind.DELETE else found.body)


def is_lost(found: PoolRequest) -> bool:
    """Whether a change went out and nobody knows yet what came of it."""
    return (found.problem or {}).get("code") == _LOST


def _demand_token(error: CloudError, session: CloudSession, found: PoolRequest) -> None:
    """Raise NotPossible where the cloud rejects the token: nobody has to try with that again."""
    if isinstance(error, TokenRejected):
        raise rejected(session, found)


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
    if not is_lost(found):
        problem = creations.problem_of(_LOST)
        keep(found, problem=problem)
        found.problem = problem


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
