"""Decisions: approve, reject, ask for changes, delegate. Races have one winner, and four eyes are needed."""

from django.db import transaction
from django.utils import timezone

from webapp.accounts.models import User
from webapp.accounts.roles import Role
from webapp.approvals.actions import about, demand_sayable, inform, moved, time_to_act
from webapp.approvals.launching import nudge
from webapp.approvals.models import Comment, Decision, Delegation, PoolRequest
from webapp.approvals.rights import (
    demand,
    demand_seen,
    has_approved,
    is_allowed,
    missing_in,
    teams_for,
    teams_to_approve_for,
    voices_taken,
)
from webapp.approvals.words import to_decide
from webapp.approvals.workflow import ACTS, Arrow, NotPossible, State, TooLate, not_now
from webapp.audit.trail import note
from webapp.notices.events import Event


@transaction.atomic
def approve(found: PoolRequest, *, by: User, comment: str = "", seen: str = "") -> bool:
    """Approve what was seen (its digest); whether that was the last approval needed.

    Raises NotPossible where somebody was faster or it was changed, NotAllowed.
    """
    arrow = ACTS["approve"]
    demand_sayable(comment)
    _locked(found, arrow, by, seen)
    teams = teams_to_approve_for(by, found)
    if not teams:
        raise NotPossible("You have approved this already, or somebody did in your place. Somebody else has to agree.")
    _decided(found, by, "approve", comment, teams, voices_taken(by, found))
    missing = missing_in(found)
    note("request.approved", by=by, about=about(found), after=_after(found, comment) | {"missing": len(missing)})
    if missing:
        return False
    moved(found, arrow, decided_at=timezone.now(), **time_to_act())
    inform(found, Event.DECIDED, [found.author], f"{found} is approved", _approved_by(found, comment))
    nudge(found)
    return True


@transaction.atomic
def reject(found: PoolRequest, *, by: User, comment: str, seen: str = "") -> None:
    """Refuse for good, with a reason. Raises NotPossible, NotAllowed."""
    _refuse(found, "reject", by, comment, "", seen)


@transaction.atomic
def ask_changes(found: PoolRequest, *, by: User, comment: str, pointer: str = "", seen: str = "") -> None:
    """Give a request back to its author, with a comment on a field or all. Raises NotPossible, NotAllowed."""
    _refuse(found, "ask-changes", by, comment, pointer, seen)


@transaction.atomic
def delegate(found: PoolRequest, *, by: User, to: User) -> None:
    """Let another approver decide in one's place. Raises NotPossible, NotAllowed."""
    demand(by, found, ACTS["delegate"])
    if not teams_to_approve_for(by, found):
        raise NotPossible("Your word is given already: there is nothing left to pass on.")
    if to.pk in (found.author_id, found.last_editor_id):
        raise NotPossible("Four eyes: the author or last editor cannot decide.")
    if to == by or not to.is_active or not to.has_role(Role.APPROVER):
        raise NotPossible("Choose another approver.")
    if has_approved(to, found):
        raise NotPossible(f"{to} has approved already, and cannot do so twice. Choose another approver.")
    Delegation.objects.get_or_create(request=found, by=by, to=to)
    note("request.delegated", by=by, about=about(found), after={"to": str(to), "to_id": to.pk})
    inform(found, Event.WAITING, [to], f"{by} asks you to decide about {found}", to_decide(found))


def _refuse(found: PoolRequest, act: str, by: User, comment: str, pointer: str, seen: str) -> None:  # noqa: PLR0913, PLR0917
    arrow = ACTS[act]
    _locked(found, arrow, by, seen)
    if not comment.strip():
        raise NotPossible("Give the reason: the author has to know what to do.")
    demand_sayable(comment, pointer)
    _decided(found, by, act, comment, teams_for(by, found), [])
    Comment.objects.create(request=found, by=by, text=comment.strip(), pointer=pointer)
    now = timezone.now()
    facts = {"ended_at": now} if arrow.target == State.REJECTED else time_to_act()
    moved(found, arrow, decided_at=now, launch_session="", **facts)
    note(f"request.{arrow.target}", by=by, about=about(found), after=_after(found, comment) | {"pointer": pointer})
    inform(found, Event.DECIDED, [found.author], f"{by} {arrow.past}: {found}", comment)


def _locked(found: PoolRequest, arrow: Arrow, by: User, seen: str) -> None:
    """Hold the request's row until the transaction ends.

    Raises NotAllowed, and NotPossible where somebody was faster or it is not what was looked at.
    """
    if not is_allowed(by, found, arrow):
        demand(by, found, arrow)
    known = found.state
    held = PoolRequest.objects.filter(pk=found.pk, state=State.SUBMITTED).update(updated_at=timezone.now())
    found.refresh_from_db()
    if not held:
        raise TooLate(found.state) if found.state != known else NotPossible(not_now(found.state, arrow))
    demand_seen(found, seen)
    demand(by, found, arrow)  # once more: its editor may be another one now


def _decided(  # noqa: PLR0913, PLR0917
    found: PoolRequest, by: User, act: str, comment: str, teams: list[int | None], voices: list[int]
) -> None:
    said = {"digest": found.digest, "act": act, "comment": comment.strip(), "teams": teams, "voices": voices}
    Decision.objects.update_or_create(request=found, revision=found.revision, by=by, defaults=said)


def _approved_by(found: PoolRequest, comment: str) -> str:
    """Return who has approved what is asked now, and what the last of them said."""
    mine = found.decisions.filter(revision=found.revision, act="approve").order_by("pk").select_related("by")
    return "\n\n".join(filter(None, [f"Approved by {' and '.join(str(one.by) for one in mine)}.", comment.strip()]))


def _after(found: PoolRequest, comment: str) -> dict[str, object]:
    return {"revision": found.revision, "digest": found.digest, "comment": comment.strip()}
