"""What authors do with requests: submit, change, withdraw; and what every act on them needs."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from webapp.accounts.models import User
from webapp.accounts.queries import people_with
from webapp.accounts.roles import NO_REQUESTER, Role
from webapp.approvals.asked import Asked, amounts_of, asked_for, digest_of
from webapp.approvals.identity import fits
from webapp.approvals.models import PoolRequest, Revision
from webapp.approvals.naming import is_field
from webapp.approvals.policy import Verdict, teams_in, verdict_on
from webapp.approvals.queries import policies_in_force
from webapp.approvals.rights import demand
from webapp.approvals.words import to_decide
from webapp.approvals.workflow import (
    ACTS,
    LONGEST_TEXT,
    Arrow,
    NotAllowed,
    NotPossible,
    SeenOther,
    State,
    TooLate,
)
from webapp.audit.trail import note, together
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster, pointers
from webapp.nodepool.facts import Facts
from webapp.nodepool.pointers import JSON
from webapp.nodepool.totals import flavor_named
from webapp.notices.actions import tell
from webapp.notices.events import Event

Then = Callable[[PoolRequest], None]


def _nothing(_: PoolRequest) -> None:
    """Do nothing more."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants: `body` is the whole pool as it shall be (for a deletion: as it is).

    `browser` is the key of the browser session whose cloud token may launch it; empty for none.
    """

    kind: str
    cluster: Cluster
    body: JSON
    pool_id: str = ""
    baseline: JSON = field(default_factory=dict)
    baseline_name: str = ""
    reason: str = ""
    draft_url: str = ""
    start_at_once: bool = True
    browser: str = ""

    @property
    def digest(self) -> str:
        """What an approval holds: another body or another cluster is another one."""
        return digest_of(self.body, self.kind, self.cluster.id, self.pool_id)


def judge(order: Order, *, by: User, project: str, facts: Facts) -> tuple[Asked, Verdict]:
    """Return what an order asks for, and what the policies say about it. Writes nothing."""
    policies = policies_in_force()
    asked = asked_for(
        kind=order.kind,
        cluster=order.cluster,
        project=project,
        body=order.body,
        flavor=flavor_named(order.body, facts.flavors or ()),
        author_teams=by.team_ids if any(one.requester_team_id for one in policies) else (),
    )
    return asked, verdict_on(asked, policies)


def demand_requester(person: User) -> None:
    """Raise NotAllowed for somebody who may not ask for anything."""
    if not person.has_role(Role.REQUESTER):
        raise NotAllowed(NO_REQUESTER)


def submit(  # noqa: PLR0913 - one keyword each
    order: Order, *, by: User, session: CloudSession, key: str, facts: Facts, then: Then = _nothing
) -> PoolRequest:
    """Return the one request for a key; made, judged and approved by itself where policy says so.

    What is to be done `then` with a new one is done in the same transaction. Raises NotPossible where policy refuses,
    NotAllowed for somebody who is no requester.
    """
    demand_requester(by)
    asked, verdict = judge(order, by=by, project=session.project_name, facts=facts)
    place = {"project_id": session.project_id, "project_name": session.project_name, "pool_id": order.pool_id}
    made = PoolRequest(key=key, kind=order.kind, author=by, **place, **_facts_of(order, by, asked, verdict, facts))
    made.state = State.APPROVED if verdict.is_automatic else State.SUBMITTED
    try:
        with together():  # nearly always it is new: looking first would be one statement more
            made.save(force_insert=True)
            _begin(made, by, verdict, "request.submitted")
            then(made)
    except IntegrityError:
        if (known := PoolRequest.objects.filter(key=key).first()) is None:
            raise  # it was not for the key
        return known
    return made


@transaction.atomic
def edit(found: PoolRequest, order: Order, *, by: User, facts: Facts) -> PoolRequest:
    """Replace what a request asks for: a new revision, for which every approval of before is void.

    Raises NotPossible, NotAllowed.
    """
    asked, verdict = judge(order, by=found.author, project=found.project_name, facts=facts)
    before = found.digest
    facts_asked = _facts_of(order, by, asked, verdict, facts)
    facts_asked["launch_session"] = order.browser or found.launch_session
    moved(found, ACTS["edit"], by=by, revision=found.revision + 1, problem=None, **facts_asked)
    _begin(found, by, verdict, "request.edited", before={"digest": before})
    return found


def ask(  # noqa: PLR0913 - one keyword each
    order: Order,
    *,
    known: PoolRequest | None,
    by: User,
    session: CloudSession,
    key: str,
    facts: Facts,
    then: Then = _nothing,
) -> PoolRequest:
    """Return the request for an order: a new one, or `known`, which is edited where something else is asked now.

    What is to be done `then` with a new one is done in the same transaction. Raises NotPossible, NotAllowed.
    """
    if known and not fits(session, known):
        raise NotPossible(f"{known} is asked for in {known.project_name}: sign in for it to change it.")
    if known and (known.digest != order.digest or known.state == State.CHANGES):
        return edit(known, order, by=by, facts=facts)
    if known:
        _reword(known, order, by)
    return known or submit(order, by=by, session=session, key=key, facts=facts, then=then)


@transaction.atomic
def _reword(found: PoolRequest, order: Order, by: User) -> None:
    """Keep what is said beside a body that stays the same: no new revision. Raises NotPossible, NotAllowed."""
    said = {"reason": order.reason, "start_at_once": order.start_at_once}
    before = {name: getattr(found, name) for name in said}
    if said == before:
        return
    demand(by, found, ACTS["edit"])
    demand_sayable(order.reason)
    mine = PoolRequest.objects.filter(pk=found.pk, state=found.state, revision=found.revision)
    if not mine.update(**said, launch_session=order.browser or found.launch_session):
        raise SeenOther
    found.refresh_from_db()
    note("request.reworded", by=by, about=about(found), before=before, after=said)


@transaction.atomic
def withdraw(found: PoolRequest, *, by: User, comment: str = "", seen: str = "") -> None:
    """Take a request back, in the state in which it was seen. Raises NotPossible, NotAllowed."""
    demand(by, found, ACTS["withdraw"])
    if seen and seen != found.state:
        raise NotPossible(f"{TooLate(found.state)} Withdraw it now if you still want to.")
    concerned = deciders_of(found) if found.is_open else {one.by for one in found.decisions.select_related("by")}
    moved(found, ACTS["withdraw"], by=by, ended_at=timezone.now(), launch_session="")
    note("request.withdrawn", by=by, about=about(found), after={"comment": comment})
    inform(found, Event.WITHDRAWN, concerned - {by}, f"{by} withdrew {found}", comment)


def demand_sayable(text: str, pointer: str = "") -> None:
    """Raise NotPossible for a text that is too long, or that is pinned to what is no field of the wizard."""
    if len(text) > LONGEST_TEXT:
        raise NotPossible(f"Say it in {LONGEST_TEXT} characters at most: these are {len(text)}.")
    if pointer and not is_field(pointer):
        raise NotPossible("Choose one of the fields: there is none of this name.")


def moved(found: PoolRequest, arrow: Arrow, *, by: User | None = None, **facts: Any) -> None:
    """Move a request along an arrow, by one conditional update: only one caller can.

    A person moves it from the state that they know it in: whoever withdraws while others approve has lost. Its columns
    that are not written here are not read again. Raises NotAllowed where the person may not, NotPossible where somebody
    was faster.
    """
    sources = arrow.sources
    if by is not None:
        demand(by, found, arrow)
        sources = (State(found.state),)
    known = found.state
    facts |= {"state": arrow.target, "updated_at": timezone.now()}
    if not PoolRequest.objects.filter(pk=found.pk, state__in=sources, revision=found.revision).update(**facts):
        found.refresh_from_db()
        raise TooLate(found.state) if found.state != known else SeenOther
    for name, value in facts.items():
        setattr(found, name, value)


def time_to_act() -> dict[str, Any]:
    """Return the columns that give an author time from now on: to launch, or to change what is asked."""
    ends = timezone.now() + timedelta(hours=settings.LAUNCH_WITHIN_H)
    return {"expires_at": ends, "remind_at": ends - timedelta(hours=settings.LAUNCH_WITHIN_H / 4)}


def about(found: PoolRequest) -> str:
    """Return what the audit trail calls a request."""
    return f"request {found.reference}"


def inform(found: PoolRequest, event: Event, people: Iterable[User], title: str, text: str = "") -> None:
    """Tell people and webhooks about a request."""
    payload = {
        "request": found.reference,
        "kind": found.kind,
        "state": State.SUBMITTED if event == Event.SUBMITTED else found.state,  # its row may be one step ahead
        "pool": found.name,
        "cluster": found.cluster.name,
        "project": found.project_name,
    }
    tell(event, people=people, title=title, text=text, url=found.get_absolute_url(), payload=payload)


def deciders_of(found: PoolRequest) -> set[User]:
    """Return the people who may decide about a request now."""
    teams = {one[name] for one in found.demands for name in ("team", "also") if name in one}
    known = Group.objects.in_bulk([team for team in teams if team])
    asked = [known.get(team) for team in teams if team is None or team in known]
    people = {person for team in asked for person in people_with(Role.APPROVER, team)}
    return {one for one in people if one.pk not in (found.author_id, found.last_editor_id)}


def _facts_of(order: Order, by: User, asked: Asked, verdict: Verdict, facts: Facts) -> dict[str, Any]:
    """Return the columns that a revision of a request fills. Raises NotPossible where policy refuses."""
    if verdict.refusal:
        raise NotPossible(verdict.refusal)
    demand_sayable(order.reason)
    now = timezone.now()
    return {
        "last_editor": by,
        "cluster_id": order.cluster.id,
        "name": str(pointers.get(order.body, "/metadata/name") or "")[:64],
        "body": order.body,
        "baseline": order.baseline,
        "baseline_name": order.baseline_name,
        "digest": order.digest,
        "reason": order.reason,
        "draft_url": order.draft_url,
        "cluster_facts": asdict(order.cluster),
        "amounts": amounts_of(asked.totals),
        "marks": asked.marks,
        "quotas": asdict(facts.quotas),
        "verdict": verdict.as_dict(),
        "demands": verdict.demands,
        "asked_teams": teams_in(verdict.demands),
        "start_at_once": order.start_at_once,
        "launch_session": order.browser,
        "submitted_at": now,
        "escalate_at": now + verdict.escalate_after if verdict.escalate_after else None,
        "decided_at": now if verdict.is_automatic else None,
        **_time_to_decide(verdict),
    }


def _time_to_decide(verdict: Verdict) -> dict[str, Any]:
    """Return until when a verdict leaves a request to wait, and when that is said."""
    if verdict.expires_after is None:
        return time_to_act()
    ends = timezone.now() + verdict.expires_after
    return {"expires_at": ends, "remind_at": ends - (verdict.remind_before or timedelta())}


def _begin(found: PoolRequest, by: User, verdict: Verdict, act: str, **more: Any) -> None:
    """Keep the revision, write it down, and tell who has to know."""
    what = {"body": found.body, "cluster_name": found.cluster.name, "digest": found.digest}
    Revision.objects.create(request=found, number=found.revision, by=by, **what)
    after = {"kind": found.kind, "revision": found.revision, "digest": found.digest, "verdict": verdict.sentence}
    note(act, by=by, about=about(found), after=after, **more)
    people = () if verdict.is_automatic else [found.author]
    inform(found, Event.SUBMITTED, people, f"{found} is submitted", verdict.sentence)
    if verdict.is_automatic:
        if found.state != State.APPROVED:
            PoolRequest.objects.filter(pk=found.pk).update(state=State.APPROVED)
            found.state = State.APPROVED
        note("request.approved", about=about(found), after={"by": "policy", "digest": found.digest})
        inform(found, Event.DECIDED, (), f"{found} is approved by policy")
    else:
        inform(found, Event.WAITING, deciders_of(found), f"{found} waits for your decision", to_decide(found))
