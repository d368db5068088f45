"""What happens to requests by itself, in time. Each step is safe to repeat, and to take in several processes."""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from webapp.accounts.queries import people_with
from webapp.accounts.roles import Role
from webapp.approvals.actions import about, deciders_of, inform, moved
from webapp.approvals.following import follow
from webapp.approvals.holding import is_broken_off
from webapp.approvals.identity import session_for
from webapp.approvals.launching import resume
from webapp.approvals.models import PoolRequest
from webapp.approvals.policy import teams_in
from webapp.approvals.words import to_decide
from webapp.approvals.workflow import ACTS, NotPossible, State
from webapp.audit.trail import note
from webapp.cloud.errors import CloudError
from webapp.notices.events import Event

log = logging.getLogger(__name__)
LAUNCH_AGAIN_S = 30.0
_AT_ONCE = 100
_FOLLOWED_FOR = timedelta(hours=24)
_STILL_TO_DO = {
    State.SUBMITTED: "It still waits for a decision.",
    State.CHANGES: "It waits for its author to change it.",
    State.APPROVED: "It is approved, and waits to be launched.",
}


def expire_due() -> int:
    """Expire what waited for too long."""
    due = PoolRequest.objects.filter(state__in=ACTS["expire"].sources, expires_at__lte=timezone.now())
    return sum(_expired(one) for one in due[:_AT_ONCE])


def remind_due() -> int:
    """Remind those whose move it is, once, before a request expires."""
    now = timezone.now()
    due = PoolRequest.objects.filter(state__in=ACTS["expire"].sources, remind_at__lte=now, expires_at__gt=now)
    return sum(_reminded(one) for one in due[:_AT_ONCE])


def escalate_due() -> int:
    """Let a second team decide where the first one did not."""
    due = PoolRequest.objects.filter(state=State.SUBMITTED, escalate_at__lte=timezone.now())
    return sum(_escalated(one) for one in due[:_AT_ONCE])


def to_launch() -> list[int]:
    """Return the requests that shall start by themselves, each to one caller in a while."""
    due = PoolRequest.objects.filter(state=State.APPROVED, start_at_once=True)
    return _claimed(due, LAUNCH_AGAIN_S)


def to_follow() -> list[int]:
    """Return the requests that are on their way, each to one caller in a while."""
    since = timezone.now() - _FOLLOWED_FOR
    all_of_them = PoolRequest.objects
    being_sent = _claimed(all_of_them.filter(state=State.LAUNCHING), settings.POLL_INTERVAL_S)  # to their end
    young = all_of_them.filter(state=State.PROVISIONING, launched_at__gte=since)
    being_made = _claimed(young, 3 * settings.POLL_INTERVAL_S)
    return being_sent + being_made


def follow_by_itself(pk: int) -> bool:
    """Bring a request in line with the cloud, go on where its launch was broken off; whether that was possible."""
    found = PoolRequest.objects.select_related("author", "launch").get(pk=pk)
    try:
        session = session_for(found)
    except CloudError as error:
        log.info("request %s: %s", found.reference, error.message)
        session = None
    try:
        if session and is_broken_off(found):
            resume(found, session)
        follow(found, session)
    except (CloudError, NotPossible) as error:
        log.info("request %s: %s", found.reference, error)
        return False
    return session is not None


def _claimed(due: QuerySet[PoolRequest], pause_s: float) -> list[int]:
    """Return those whose turn it is, the longest untried first, and note that they were tried."""
    now = timezone.now()
    its_turn = Q(tried_at=None) | Q(tried_at__lte=now - timedelta(seconds=pause_s))
    rows = due.filter(its_turn).order_by(F("tried_at").asc(nulls_first=True), "pk")
    seen = rows.values_list("pk", "tried_at")[:_AT_ONCE]
    return [pk for pk, tried_at in seen if due.filter(pk=pk, tried_at=tried_at).update(tried_at=now)]


def _expired(found: PoolRequest) -> bool:
    try:
        with transaction.atomic():
            moved(found, ACTS["expire"], ended_at=timezone.now(), launch_session="")
            found.refresh_from_db()
            if found.expires_at and found.expires_at > timezone.now():
                raise NotPossible("It was decided at this moment, and has new time.")
            note("request.expired", about=about(found))
            inform(
                found, Event.DECIDED, [found.author], f"{found} has expired", "Nobody decided or launched it in time."
            )
    except NotPossible:
        return False
    return True


def _reminded(found: PoolRequest) -> bool:
    with transaction.atomic():
        if not PoolRequest.objects.filter(pk=found.pk, remind_at=found.remind_at).update(remind_at=None):
            return False
        people = {found.author, *(deciders_of(found) if found.is_open else ())}
        still = _STILL_TO_DO[State(found.state)]
        text = f"{still}\n\n{to_decide(found)}" if found.is_open else still
        inform(found, Event.EXPIRING, people, f"{found} expires soon", text)
    return True


def _escalated(found: PoolRequest) -> bool:
    """Add the second team to those whose word counts for every demand."""
    team_id = found.verdict.get("escalation_id")
    with transaction.atomic():
        still = PoolRequest.objects.filter(pk=found.pk, state=State.SUBMITTED, escalate_at=found.escalate_at)
        if not still.update(escalate_at=None):
            return False
        team = Group.objects.filter(pk=team_id).first()
        if team is None:
            return False
        demands = [{**one, "also": team.pk, "also_name": team.name} for one in found.demands]
        PoolRequest.objects.filter(pk=found.pk).update(demands=demands, asked_teams=teams_in(demands))
        note("request.escalated", about=about(found), after={"team": team.name})
        people = people_with(Role.APPROVER, team)
        inform(found, Event.WAITING, people, f"{found} was passed on to {team}", to_decide(found))
    return True
