"""How a launch ends: accepted, failed, sent back, done; each by one conditional update with its line in the trail."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from webapp.approvals.actions import about, inform, moved, time_to_act
from webapp.approvals.catalogue import count_unmatched
from webapp.approvals.identity import TokenGone, rejection_of
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import ACTS, NotPossible, State
from webapp.audit.trail import note
from webapp.nodepool import Problem
from webapp.notices.events import Event
from webapp.pools import actions as creations
from webapp.pools.models import Creation

log = logging.getLogger(__name__)
UNLAUNCHED = {"state": State.APPROVED, "problem": None, "launched_at": None, "held_at": None, "launch": None}


def settle(found: PoolRequest) -> None:
    """Bring a request that is being sent in line with what became of its order."""
    order = found.launch
    if order and order.state == Creation.State.ACCEPTED:
        accepted(found, order.pool_id)
    elif order and creations.is_unsent(order):
        quietly(give_back, found, UNLAUNCHED, rejection_of(found))
    elif order and order.state == Creation.State.REFUSED:
        quietly(fail, found, order.problem or {})


def fail(found: PoolRequest, problem: dict[str, Any]) -> None:
    """End a launch as failed, with its reason."""
    with transaction.atomic():
        moved(found, ACTS["fail"], problem=problem)
        count_unmatched(problem)
        after = {name: problem.get(name) for name in ("message", "code", "status", "request_id")}
        note("request.failed", about=about(found), after=after)
        inform(found, Event.FAILED, [found.author], f"{found} failed", str(problem.get("message") or ""))


def give_back(found: PoolRequest, before: dict[str, Any], why: NotPossible) -> None:
    """Let a request stand as it did `before` its launch (see `UNLAUNCHED`): for its token nothing was sent.

    Where a service account launches it does not start by itself again: somebody has to look after the account.
    """
    arrow = ACTS["fail" if before["state"] == State.FAILED else "give-back"]
    facts = {name: value for name, value in before.items() if name != "state"}
    if found.expires_at and found.expires_at <= timezone.now():
        facts |= time_to_act()
    if not isinstance(why, TokenGone):
        facts["start_at_once"] = False
    with transaction.atomic():
        moved(found, arrow, **facts)
        note("request.given_back", about=about(found))
        inform(found, Event.LAUNCHED, [found.author], f"{found} was not sent", str(why))


def explain(found: PoolRequest, cause: dict[str, Any]) -> None:
    """Add to a failure what the cloud said about it later."""
    problem = {**(found.problem or {}), **cause}
    with transaction.atomic():
        still = PoolRequest.objects.filter(pk=found.pk, state=State.FAILED, problem__detail__isnull=True)
        if still.update(problem=problem) and cause["detail"]:
            count_unmatched(problem)
            note("request.explained", about=about(found), after={"detail": cause["detail"]})
    found.problem = problem


def finish(found: PoolRequest) -> None:
    """End a request as done."""
    with transaction.atomic():
        moved(found, ACTS["finish"], ended_at=timezone.now(), launch_session="")
        note("request.done", about=about(found))
        inform(found, Event.READY, [found.author], f"{found} is done")


def accepted(found: PoolRequest, pool_id: str) -> None:
    """Note which pool a request is about, now that the cloud works on it."""

    def accept() -> None:
        moved(found, ACTS["accept"], pool_id=pool_id, problem=None)
        note("request.accepted", about=about(found), after={"pool": pool_id})

    with transaction.atomic(savepoint=False):  # whoever is slower has written nothing
        quietly(accept)


def send_back(found: PoolRequest, problems: list[Problem]) -> None:
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
        moved(found, ACTS["send-back"], problem=problem, **time_to_act())
        note("request.sent_back", about=about(found), after={"problems": said})
        inform(found, Event.DECIDED, [found.author], f"{found} was sent back", detail)


def quietly(act: Callable[..., None], *args: Any) -> None:
    """Do an act that somebody else may do at the same moment: then it is done."""
    try:
        act(*args)
    except NotPossible:
        log.debug("somebody was faster")
