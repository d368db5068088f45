"""Who may do what with a request: asked by pages, API and actions alike."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from webapp.accounts.models import User
from webapp.accounts.roles import NO_REQUESTER, Role
from webapp.approvals.catalogue import Card, card_of
from webapp.approvals.models import Decision, PoolRequest
from webapp.approvals.policy import approvals_of
from webapp.approvals.workflow import BY_PEOPLE, EDITABLE, Arrow, NotAllowed, NotPossible, SeenOther, Who, not_now
from webapp.cloud.tokens import CloudSession
from webapp.pools.actions import LOOKS_BEFORE_GIVING_UP

_WITH_A_VOICE = ("approve", "delegate")  # what takes a voice that is not spent
EXPIRED = "The request has expired: nobody decided or launched it in time."
QUOTA_ASKED = "The admins were asked already."
_READERS = (Role.APPROVER, Role.ADMIN, Role.AUDITOR)


def visible_to(person: User, session: CloudSession | None = None) -> QuerySet[PoolRequest]:
    """Return the requests that a person may see: their own, those of the token's project; for some roles all."""
    return PoolRequest.objects.filter(Q(**_limits(person, session), _connector=Q.OR))


def is_visible(found: PoolRequest, person: User, session: CloudSession | None) -> bool:
    """Whether a request is one of those that a person may see."""
    limits = _limits(person, session)
    return not limits or any(getattr(found, name) == one for name, one in limits.items())


def _limits(person: User, session: CloudSession | None) -> dict[str, Any]:
    """Return the columns of which a request must have one so, to be seen; none for those who may see all."""
    if any(person.has_role(role) for role in _READERS):
        return {}
    return {"author_id": person.pk} | ({"project_id": session.project_id} if session else {})


def teams_for(person: User, found: PoolRequest) -> list[Any]:
    """Return those of the teams asked (None: any approver) for which a person's word counts."""
    if person.pk in (found.author_id, found.last_editor_id):
        return []
    return _teams_of(_voices(person, found), found)


def teams_to_approve_for(person: User, found: PoolRequest) -> list[Any]:
    """Return those teams for which a person can still approve: each voice counts once, whoever raises it."""
    if has_approved(person, found) or not teams_for(person, found):
        return []
    return _teams_of(_unspent(person, found), found)


def has_approved(person: User, found: PoolRequest) -> bool:
    """Whether a person has approved what is asked now, be it in somebody's place."""
    return any(one.by_id == person.pk for one in _approvals(found))


def voices_taken(person: User, found: PoolRequest) -> list[int]:
    """Return whose voices an approval takes: for each demand the person's own where that counts, else one passed on."""
    unspent = _unspent(person, found)
    speakers = (next((voice for voice in unspent if _answers(voice, one)), None) for one in found.demands)
    return list(dict.fromkeys(one.pk for one in speakers if one))


def _voices(person: User, found: PoolRequest) -> list[User]:
    """Return a person, and everybody who let them decide in their place, also by way of others."""
    voices = [person]
    for voice in voices:
        voices += [one.by for one in found.delegations.all() if one.to_id == voice.pk and one.by not in voices]
    return voices


def _unspent(person: User, found: PoolRequest) -> list[User]:
    """Return the voices that a person can raise and no approval of what is asked now has taken."""
    spent = {voice for one in _approvals(found) for voice in one.voices or [one.by_id]}
    return [one for one in _voices(person, found) if one.pk not in spent]


def _teams_of(voices: list[User], found: PoolRequest) -> list[Any]:
    return [one["team"] for one in found.demands if any(_answers(each, one) for each in voices)]


def _approvals(found: PoolRequest) -> list[Decision]:
    """Return the approvals of what is asked now."""
    now = (found.revision, found.digest, "approve")
    return [one for one in found.decisions.all() if (one.revision, one.digest, one.act) == now]


def _answers(person: User, demand: dict[str, Any]) -> bool:
    """Whether a person's word counts for a demand: of its team, or of the one that it was passed on to."""
    return any(_speaks_for(person, demand[name]) for name in ("team", "also") if name in demand)


def _speaks_for(person: User, team: int | None) -> bool:
    if person.has_role(Role.ADMIN):
        return True
    if not person.has_role(Role.APPROVER):
        return False
    return team is None or team in person.team_ids


def is_allowed(person: User, found: PoolRequest, arrow: Arrow) -> bool:
    """Whether a person may do an act, whatever the state."""
    if arrow.who is Who.AUTHOR:
        return person.pk == found.author_id and person.has_role(Role.REQUESTER)
    if arrow.who is Who.DECIDER:
        return bool(teams_for(person, found))
    if arrow.who is Who.INVOLVED:
        return person.pk == found.author_id or person.has_role(Role.APPROVER) or person.has_role(Role.ADMIN)
    return False


def demand(person: User, found: PoolRequest, arrow: Arrow) -> None:
    """Raise NotAllowed unless a person may do an act, NotPossible unless the request takes it now."""
    if not is_allowed(person, found, arrow):
        raise NotAllowed(_why_not(person, found, arrow))
    if hindrance := _hindrance(found, arrow, _card_for([arrow], found)):
        raise NotPossible(hindrance)


def demand_seen(found: PoolRequest, seen: str) -> None:
    """Raise NotPossible where a request is not any more what somebody saw: its digest, empty where they do not say."""
    if seen and seen != found.digest:
        raise SeenOther


def acts_open_to(person: User, found: PoolRequest) -> list[Arrow]:
    """Return what a person can do with a request now."""
    takes = [one for one in BY_PEOPLE if found.state in one.sources and is_allowed(person, found, one)]
    card = _card_for(takes, found)
    open_now = (one for one in takes if not _hindrance(found, one, card))
    return [one for one in open_now if one.act not in _WITH_A_VOICE or teams_to_approve_for(person, found)]


def _hindrance(found: PoolRequest, arrow: Arrow, card: Card | None) -> str:
    """Return why a request does not take an act now, whoever asks; empty where it does."""
    if found.state not in arrow.sources:
        return not_now(found.state, arrow)
    if (arrow.target or arrow.who is Who.DECIDER) and is_overdue(found):
        return EXPIRED
    if arrow.act == "send-again" and not can_be_sent_again(found):
        return "There is nothing to send again: it has not gone out, or is still looked for."
    if arrow.act == "ask-quota" and (found.problem or {}).get("quota_asked"):
        return QUOTA_ASKED
    if arrow.answers and card and not getattr(card, arrow.answers):
        return f"{arrow.label} is no answer to this failure. {card.remedy}".strip()
    return ""


def _card_for(arrows: Iterable[Arrow], found: PoolRequest) -> Card | None:
    """Return what the catalogue says of a failure, looked up where one of the acts answers failures."""
    return card_of(found.problem or {}) if any(one.answers for one in arrows) else None


def is_overdue(found: PoolRequest) -> bool:
    """Whether a request's time is over, though no sweep has come by yet."""
    return found.state in EDITABLE and found.expires_at is not None and found.expires_at <= timezone.now()


def can_be_sent_again(found: PoolRequest) -> bool:
    """Whether the answer to a creation was lost, and its pool was looked for in vain often enough."""
    order = found.launch
    return order is not None and order.state == "unknown" and order.looks >= LOOKS_BEFORE_GIVING_UP


def waiting_for(person: User, found: Iterable[PoolRequest]) -> Iterator[PoolRequest]:
    """Yield those of some requests that wait for this person."""
    return (one for one in found if one.is_open and not is_overdue(one) and teams_still_asked(person, one))


def teams_still_asked(person: User, found: PoolRequest) -> list[Any]:
    """Return the teams for which this person's word is still missing."""
    missing = {one["team"] for one in missing_in(found)}
    return [team for team in teams_to_approve_for(person, found) if team in missing]


def missing_in(found: PoolRequest) -> list[dict[str, Any]]:
    """Return the demands that are not met yet, each with how many approvals are `left`."""
    said = _approvals(found)
    left = [{**one, "left": one["count"] - sum(one["team"] in each.teams for each in said)} for one in found.demands]
    return [{**one, "words": approvals_of(one["left"], one)} for one in left if one["left"] > 0]


def _why_not(person: User, found: PoolRequest, arrow: Arrow) -> str:
    if arrow.who is Who.INVOLVED:
        return "Only its author, approvers and admins comment on a request."
    if arrow.who is Who.AUTHOR and person.pk == found.author_id:
        return NO_REQUESTER
    if arrow.who is Who.AUTHOR:
        return "Only the author can do this."
    if arrow.who is Who.DECIDER and person.pk in (found.author_id, found.last_editor_id):
        return "Four eyes: nobody decides what they asked for or edited themselves."
    return "This is for approvers of the teams that are asked."
