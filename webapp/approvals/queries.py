"""Reads that pages and API share."""

from collections.abc import Iterable
from datetime import timedelta
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.db.models import BigIntegerField, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from webapp.accounts.models import ServiceAccount, User
from webapp.accounts.roles import Role
from webapp.approvals.models import Kind, Policy, PoolRequest
from webapp.approvals.rights import is_visible, waiting_for
from webapp.approvals.workflow import State
from webapp.cloud.tokens import CloudSession
from webapp.rows import first, objects

PAGE = 50
SEARCHED = 100_000  # so many requests at a time are looked through for words and a project, which no index knows
BODIES = ("body", "baseline", "verdict", "quotas", "demands", "marks")  # what no row of a list shows
_PLACE = ("project_id", "cluster_id", "pool_id")
_NAMED_BY = (
    "id",
    "author_id",
    "state",
    "revision",
    *_PLACE,
    "problem",
    "launched_at",
    "held_at",
    "launch_id",
)  # what names a page
MOST_WAITING = 500  # nobody decides more at a time: those that come after them show once these are decided
_COMPARED, _ENOUGH = 50, 4
_KEPT_S = 60
# Fixed statements: each submission, page or poll asks them.
_MADE_OF = """
    SELECT id, state, reason, digest, start_at_once FROM approvals_poolrequest
    WHERE author_id = %s AND draft_url = %s ORDER BY id DESC
"""
_STANDING = f"SELECT {', '.join(_NAMED_BY)} FROM approvals_poolrequest WHERE id = %s"  # noqa: S608 # nosec B608 - of constants
_WHOLE = "SELECT * FROM approvals_poolrequest WHERE id = %s"
_SAID = """
    SELECT EXISTS (SELECT 1 FROM approvals_decision WHERE request_id = %s),
           EXISTS (SELECT 1 FROM approvals_comment WHERE request_id = %s),
           EXISTS (SELECT 1 FROM approvals_delegation WHERE request_id = %s)
"""
_IN_FORCE = """
    SELECT policy.*, team.name AS team_name
    FROM approvals_policy AS policy LEFT JOIN auth_group AS team ON team.id = policy.team_id
    WHERE policy.is_active ORDER BY policy."order", policy.id
"""


def listed(requests: QuerySet[PoolRequest], filters: dict[str, str]) -> QuerySet[PoolRequest]:
    """Return requests narrowed down by state, kind, project and words of their name, the newest first."""
    for name in ("state", "kind"):
        if filters.get(name):
            requests = requests.filter(**{name: filters[name]})
    if project := filters.get("project", "").strip():
        requests = requests.filter(project_name=project)
    if words := filters.get("words", "").strip():
        requests = requests.filter(Q(name__icontains=words) | Q(author__username__icontains=words))
    return requests.select_related("author", "launch").order_by("-pk")


def search_ends_at(before: int | None) -> int:
    """Return the oldest request (its key) that a search looks at which begins below `before`, else at the newest."""
    top = before or PoolRequest.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return max(0, top - SEARCHED)


def whole(requests: QuerySet[PoolRequest]) -> QuerySet[PoolRequest]:
    """Return requests together with the author and the order that belong to them."""
    return requests.select_related("author", "launch")


def seen(pk: int, person: User, session: CloudSession | None, *, standing: bool = False) -> PoolRequest:
    """Return a request that a person may see; with `standing` only what tells whether something has changed.

    Raises Http404.
    """
    statement = _STANDING if standing else _WHOLE
    found = first(PoolRequest, statement, [pk]) if pk <= BigIntegerField.MAX_BIGINT else None
    if found is None or not is_visible(found, person, session):
        raise Http404
    if found.author_id == person.pk:
        found.author = person
    return found


def waiting(person: User) -> list[PoolRequest]:
    """Return the oldest requests that wait for a person's decision, up to MOST_WAITING, the oldest first."""
    if not person.has_role(Role.APPROVER, Role.ADMIN):
        return []
    asked = _asked_of(person).order_by("submitted_at", "pk").select_related("author")
    people = asked.prefetch_related("decisions__by", "delegations__by")
    return list(islice(waiting_for(person, people.iterator(chunk_size=MOST_WAITING)), MOST_WAITING))


def _asked_of(person: User) -> QuerySet[PoolRequest]:
    """Return open requests of which the database knows that a person's word may count."""
    others = PoolRequest.objects.filter(state=State.SUBMITTED).exclude(author=person).exclude(last_editor=person)
    if person.has_role(Role.ADMIN):
        return others
    teams = [Q(asked_teams__contains=f",{team},") for team in (0, *person.team_ids)]
    passed_on = PoolRequest.objects.filter(delegations__to=person, state=State.SUBMITTED).values("pk")
    return others.filter(reduce(or_, teams, Q(asked_teams="") | Q(pk__in=passed_on)))


def made_of(draft_url: str, person: User) -> list[PoolRequest]:
    """Return the requests that a person made of a draft, the newest first, with what tells them apart."""
    return objects(PoolRequest, _MADE_OF, [person.pk, draft_url])


def policies_in_force() -> list[Policy]:
    """Return the policies that judge, in their order, with the teams that they ask."""
    policies = objects(Policy, _IN_FORCE, [])
    for one in policies:
        one.team = Group(pk=one.team_id, name=vars(one)["team_name"]) if one.team_id else None
    return policies


def said_about(found: PoolRequest) -> tuple[bool, bool, bool]:
    """Return whether a request has decisions, comments and delegations: most have none, while they are watched."""
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [found.pk] * 3)
        decided, commented, passed_on = (bool(one) for one in cursor.fetchone())
        return decided, commented, passed_on


def usual_time(kind: str) -> str:
    """Return in words how long requests of a kind usually take from launch to end, as it was a minute ago at most."""
    return cache.get_or_set(f"usual-time:{kind}", lambda: _usual_time(kind), _KEPT_S) or ""


def _usual_time(kind: str) -> str:
    """Return the middle half of the latest in words; nothing where there are too few."""
    done = PoolRequest.objects.filter(kind=kind, state=State.ACTIVE, launched_at__isnull=False, ended_at__isnull=False)
    latest = done.order_by("-pk").values_list("launched_at", "ended_at")[:_COMPARED]
    times = sorted(end - start for start, end in latest if start and end)
    if len(times) < _ENOUGH:
        return ""
    low, high = (_minutes(times[share * len(times) // 4]) for share in (1, 3))
    unit = "minute" if high == 1 else "minutes"
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def _minutes(time: timedelta) -> int:
    return max(1, round(time.total_seconds() / 60))


def locks_on(cluster_id: str, pool_id: str) -> QuerySet[PoolRequest]:
    """Return the requests about a pool that are not at their end."""
    going = (State.SUBMITTED, State.CHANGES, State.APPROVED, State.LAUNCHING, State.PROVISIONING)
    return PoolRequest.objects.filter(cluster_id=cluster_id, pool_id=pool_id, state__in=going).exclude(kind=Kind.CREATE)


def numbers() -> dict[str, Any]:
    """Return how many requests wait, run and fail, and the age of the oldest that waits."""
    waits = PoolRequest.objects.filter(state=State.SUBMITTED)
    oldest = waits.order_by("submitted_at").values_list("submitted_at", flat=True).first()
    return {
        "waiting": waits.count(),
        "running": PoolRequest.objects.filter(state__in=(State.LAUNCHING, State.PROVISIONING)).count(),
        "failed": PoolRequest.objects.filter(state=State.FAILED).count(),
        "oldest_age": timezone.now() - oldest if oldest else None,
    }


def unordered() -> QuerySet[PoolRequest]:
    """Return the requests that could be sent now and of which there is no order: a change of a live pool never has one.

    Where a request waits for its author to sign in, no worker could do anything.
    """
    browsers = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    on_duty = ServiceAccount.objects.filter(is_active=True).values("project_id")
    can_start = Q(launch_session__in=browsers) | Q(project_id__in=on_duty)
    by_itself = Q(state=State.APPROVED, start_at_once=True) & can_start
    return PoolRequest.objects.filter(by_itself | Q(state=State.LAUNCHING, launch=None))


def allows_bulk(requests: Iterable[PoolRequest]) -> bool:
    """Whether policy lets all of these be decided in one go."""
    return all(one.verdict.get("allows_bulk") for one in requests)
