"""What happens to requests by itself, in time. Each step is safe to repeat and says how many requests it touched."""

import logging
from datetime import timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from webapp.accounts.queries import people_with
from webapp.accounts.roles import Role
from webapp.approvals.actions import about, deciders_of, inform, moved
from webapp.approvals.launching import follow, launch_by_itself, session_for
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import ACTS, NotPossible, State
from webapp.audit.trail import note
from webapp.cloud.errors import CloudError
from webapp.notices.events import Event

log = logging.getLogger(__name__)
_AT_ONCE = 100
_FOLLOWED_FOR = timedelta(hours=24)


def expire_due() -> int:
    """Expire what waited for too long."""
    due = PoolRequest.objects.filter(state__in=ACTS["expire"].sources, expires_at__lte=timezone.now())
    return sum(_expired(one) for one in due[:_AT_ONCE])


def remind_due() -> int:
    """Remind those who can decide, once, before a request expires."""
    now = timezone.now()
    due = PoolRequest.objects.filter(state=State.SUBMITTED, remind_at__lte=now, expires_at__gt=now)
    return sum(_reminded(one) for one in due[:_AT_ONCE])


def escalate_due() -> int:
    """Let a second team decide where the first one did not."""
    due = PoolRequest.objects.filter(state=State.SUBMITTED, escalate_at__lte=timezone.now())
    return sum(_escalated(one) for one in due[:_AT_ONCE])


def launch_due() -> int:
    """Launch what is approved, shall start by itself, and has a token."""
    due = PoolRequest.objects.filter(state=State.APPROVED, start_at_once=True).select_related("author")
    return sum(launch_by_itself(one) for one in due[:_AT_ONCE])


def follow_due() -> int:
    """Look after what is on its way, so that people are told although nobody watches."""
    since = timezone.now() - _FOLLOWED_FOR
    due = PoolRequest.objects.filter(state__in=(State.LAUNCHING, State.PROVISIONING), launched_at__gte=since)
    return sum(_followed(one) for one in due.select_related("author", "launch")[:_AT_ONCE])


STEPS = (expire_due, remind_due, escalate_due, launch_due, follow_due)


def _expired(found: PoolRequest) -> bool:
    try:
        with transaction.atomic():
            moved(found, ACTS["expire"], ended_at=timezone.now(), launch_session="")
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
        people = {found.author, *deciders_of(found)}
        inform(found, Event.EXPIRING, people, f"{found} expires soon", "It still waits for a decision.")
    return True


def _escalated(found: PoolRequest) -> bool:
    """Add the second team to those whose word counts for every demand."""
    team_id = found.verdict.get("escalation_id")
    with transaction.atomic():
        if not PoolRequest.objects.filter(pk=found.pk, escalate_at=found.escalate_at).update(escalate_at=None):
            return False
        team = Group.objects.filter(pk=team_id).first()
        if team is None:
            return False
        demands = [{**one, "also": team.pk, "also_name": team.name} for one in found.demands]
        PoolRequest.objects.filter(pk=found.pk).update(demands=demands)
        note("request.escalated", about=about(found), after={"team": team.name})
        people = people_with(Role.APPROVER, team)
        inform(found, Event.WAITING, people, f"{found} was passed on to {team}", found.reason)
    return True


def _followed(found: PoolRequest) -> bool:
    try:
        session = session_for(found)
        if session is None:
            return False
        follow(found, session)
    except CloudError as error:
        log.info("request %s: %s", found.reference, error.message)
        return False
    return True
