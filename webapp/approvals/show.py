"""The contexts of a request's pages."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from webapp.accounts.http import UserRequest
from webapp.accounts.models import User
from webapp.accounts.queries import people_with
from webapp.accounts.roles import Role
from webapp.approvals.actions import about
from webapp.approvals.asked import MARKS
from webapp.approvals.catalogue import card_of
from webapp.approvals.changing import moved_since
from webapp.approvals.differences import Change, Part, lines_of, parts_of
from webapp.approvals.holding import is_let_go
from webapp.approvals.identity import fits, launcher_in
from webapp.approvals.models import Comment, Decision, Kind, PoolRequest, Revision
from webapp.approvals.naming import named, places_in
from webapp.approvals.queries import locks_on, said_about, usual_time
from webapp.approvals.rights import EXPIRED, acts_open_to, is_overdue, missing_in, teams_for
from webapp.approvals.timeline import timeline, with_pool
from webapp.approvals.words import policy_said, sentence
from webapp.approvals.workflow import EDITABLE, ENDED, State
from webapp.audit.trail import count_about
from webapp.nodepool import Problem
from webapp.nodepool.changes import is_changeable
from webapp.nodepool.defaults import BLANK
from webapp.nodepool.facts import Flavor, Quota
from webapp.nodepool.formats.base import without_password
from webapp.nodepool.pointers import JSON
from webapp.nodepool.totals import QUOTAS, Totals, as_read, left_after, totals
from webapp.pools.models import PoolStatus
from webapp.pools.status import interval_s, status_of, status_row
from webapp.pools.views import shown

_UNITS = (
    ("nodes", "Nodes"),
    ("vcpus", "vCPU"),
    ("memory_mib", "Memory GiB"),
    ("disk_gib", "Disk GiB"),
    ("eips", "EIPs"),
)
_ON_THE_WAY = (State.LAUNCHING, State.PROVISIONING)


@dataclass(frozen=True, slots=True)
class Amount:
    """One resource: before and after this request, at the start and at most, and what the quota leaves."""

    label: str
    before: int | None
    now: int | None
    most: int | None
    left: int | None

    @property
    def is_over(self) -> bool:
        """Whether the quota does not take it."""
        return self.left is not None and self.left < 0


def page_context(request: UserRequest, found: PoolRequest, status: PoolStatus | None = None) -> dict[str, Any]:
    """Return what the page of a request shows; `status` is the state of its pool, where it was looked at already."""
    person = request.user
    is_decided, is_commented, is_passed_on = said_about(found)
    decisions = list(found.decisions.prefetch_related("by")) if is_decided else []
    then = _decided_on(found, decisions, person)
    compared, title = (then.body, f"since your decision about revision {then.number}") if then else _baseline(found)
    compared, asked = without_password(compared), without_password(found.body)
    moving = progress_context(request, found, status)
    acts = moving["acts"]
    return {
        "sentence": sentence(found),
        "policy_said": policy_said(found),
        "for_others": _for_others(person, found),
        "marks": [MARKS[one][0] for one in found.marks],
        "amounts": amounts(found),
        "parts": [*_cluster_changed(found, then), *parts_of(compared, asked)],
        "compared": title,
        "json_lines": list(lines_of(compared, asked)),
        "comments": list(_comments(found)) if is_commented else [],
        "deciders": _delegates(found, person) if "delegate" in acts else (),
        "fields": _fields(found) if "ask_changes" in acts else (),
        "decisions": decisions,
        "passed_on_by": _passed_on_by(found, person) if is_passed_on else [],
        "moved": [(one, named(one.pointer)[1]) for one in _moved(request, found)],
        "locks": _locks(found),
        **moving,
    }


def progress_context(request: UserRequest, found: PoolRequest, status: PoolStatus | None = None) -> dict[str, Any]:
    """Return the part of the page that changes by itself."""
    status = (status or status_row(*found.place)) if _is_begun(found) else None
    pool = shown(status) if status else None
    lines = list(timeline(found))
    is_moving = found.state in _ON_THE_WAY
    launched = found.launched_at if is_moving else None
    launcher = launcher_in(found.project_id) if found.state in (*EDITABLE, State.FAILED) else ""
    card = card_of(found.problem) if found.problem and found.state in (State.FAILED, State.CHANGES) else None
    lost = found.state == State.LAUNCHING and found.launch is not None and found.launch.state == "unknown"
    pinned = _last_pinned(found)
    blamed = card.pointer if card else pinned.pointer if pinned else ""
    return {
        "found": found,
        "timeline": with_pool(lines, found, pool["events"] if pool else ()),
        "is_moving": is_moving,
        "elapsed": timezone.now() - launched if launched else None,
        "usual": usual_time(found.kind) if is_moving else None,
        "card": card,
        "blamed": {"blame": blamed, "comment": pinned.pk if pinned else ""},
        "problems": [(one, named(one["pointer"])[1]) for one in (found.problem or {}).get("problems", ())],
        "expired": EXPIRED if is_overdue(found) else "",
        "is_lost": lost,
        "is_asked_to_change": found.state == State.CHANGES,
        "is_tried_again": is_let_go(found),
        "acts": {one.act.replace("-", "_"): one for one in acts_open_to(request.user, found)},
        "asked": _for_support(found) if card else {},
        "is_author": request.user.pk == found.author_id,
        "missing": missing_in(found) if found.is_open else (),
        "launcher": launcher,
        "can_launch": bool(launcher) or fits(request.cloud, found),
        "is_elsewhere": request.cloud is not None and not fits(request.cloud, found),
        "copy_leads": card is not None and not card.is_retryable,
        "can_copy": found.kind == Kind.CREATE and found.state in (State.FAILED, *ENDED),
        "seen": _seen(found, len(lines), status.version if status else 0),
        "interval": interval_s(status) if status else 0,
        "pool": pool,
    }


def _comments(found: PoolRequest) -> Iterator[tuple[Comment, str]]:
    """Yield what was said about a request, each with the name of the field that it is about."""
    for one in found.comments.prefetch_related("by"):
        yield one, named(one.pointer)[1] if one.pointer else ""


def _passed_on_by(found: PoolRequest, person: User) -> list[str]:
    """Return who lets a person decide in their place."""
    return [str(one.by) for one in found.delegations.filter(to=person).prefetch_related("by")]


def _for_others(person: User, found: PoolRequest) -> str:
    """Return whose decision it is, to an approver who is not asked; empty where nothing is to be said."""
    is_reader = found.is_open and person.has_role(Role.APPROVER) and person.pk != found.author_id
    if not is_reader or teams_for(person, found):
        return ""
    if person.pk == found.last_editor_id:
        return "You have edited this request: somebody else decides about it."
    names = {one[name] for one in found.demands for name in ("team_name", "also_name") if name in one}
    return f"This is for approvers of the team {' or '.join(sorted(names))}."


def _moved(request: UserRequest, found: PoolRequest) -> list[Problem]:
    """Return what others have changed in the pool since its change was asked for, as far as is known."""
    if found.kind == Kind.CREATE or found.state not in EDITABLE:
        return []
    if fits(request.cloud, found):
        document = status_of(request.cloud, *found.place).document
    else:
        document = status_row(*found.place).document
    return moved_since(found, document) if document else []


def _for_support(found: PoolRequest) -> dict[str, str]:
    """Return what was asked for, and what it is to the cloud; a deletion has no body."""
    if found.kind == Kind.DELETE:
        return {}
    was_sent = found.launch is not None and found.launch.sent_at is not None
    called = "What was asked for"
    if found.kind == Kind.CREATE:
        called = "What was sent" if was_sent else "What would have been sent"
    return {"called": called, "body": json.dumps(without_password(found.body), indent=2, ensure_ascii=False)}


def _locks(found: PoolRequest) -> list[PoolRequest]:
    """Return other requests about the same pool that are under way."""
    if found.kind == Kind.CREATE or found.state not in EDITABLE:
        return []
    return list(locks_on(found.cluster_id, found.pool_id).exclude(pk=found.pk)[:5])


def _is_begun(found: PoolRequest) -> bool:
    """Whether what the pool does is about this request."""
    return bool(found.pool_id and found.launched_at)


def seen_of(found: PoolRequest, status: PoolStatus | None) -> str:
    """Return the name of what the page shows that changes by itself: another one when something has changed."""
    version = status.version if status and _is_begun(found) else 0
    return _seen(found, count_about(about(found)), version)


def _seen(found: PoolRequest, lines: int, version: int) -> str:
    return f"{found.state}-{found.revision}-{lines}-{version}-{_looks(found)}{'-again' if is_let_go(found) else ''}"


def amounts(found: PoolRequest) -> list[Amount]:
    """Return the totals of a request, with the difference to the live pool and what the quotas leave."""
    before = _live_totals(found)
    rows = []
    for name, label in _UNITS:
        start, most = (found.amounts[one].get(name) for one in ("start", "most"))
        had = getattr(before.start, name) if before else 0
        quota = found.quotas.get(QUOTAS[name])
        left = left_after(Quota(**quota) if quota else None, most, had)
        end = 0 if found.kind == Kind.DELETE else start
        most = 0 if found.kind == Kind.DELETE else most
        rows.append(Amount(label, *(as_read(name, one) for one in (had if before else None, end, most, left))))
    return rows


def _decided_on(found: PoolRequest, decisions: list[Decision], person: User) -> Revision | None:
    """Return the last revision of before that a person decided on."""
    mine = [one.revision for one in decisions if one.by_id == person.pk and one.revision < found.revision]
    return Revision.objects.get(request=found, number=max(mine)) if mine else None


def _cluster_changed(found: PoolRequest, then: Revision | None) -> list[Part]:
    """Return that another cluster is meant than at that revision."""
    old, new = then.cluster_name if then else "", found.cluster.name
    return [Part("Where", [Change("", "Cluster", old, new)])] if old and old != new else []


def _baseline(found: PoolRequest) -> tuple[JSON, str]:
    """Return what a request began with, and its name."""
    return found.baseline, f"from {found.baseline_name or (BLANK if found.kind == Kind.CREATE else 'the live pool')}"


def _live_totals(found: PoolRequest) -> Totals | None:
    """Return what the live pool takes, by the amounts of one node."""
    if found.kind == Kind.CREATE:
        return None
    node = found.amounts["node"]
    known = node["vcpus"] is not None and node["memory_mib"] is not None
    return totals(found.baseline, Flavor("", node["vcpus"], node["memory_mib"]) if known else None)


def _fields(found: PoolRequest) -> list[tuple[str, str]]:
    """Return the places that a comment can be pinned to: those that the author can change."""
    places = (at for at in places_in(found.body) if found.kind == Kind.CREATE or is_changeable(at))
    return [(at, ": ".join(named(at))) for at in places]


def _delegates(found: PoolRequest, person: User) -> list[User]:
    never = (person.pk, found.author_id, found.last_editor_id)
    return [one for one in people_with(Role.APPROVER) if one.pk not in never]


def _last_pinned(found: PoolRequest) -> Comment | None:
    """Return the comment with which changes were asked for, where it is about a field."""
    if found.state != State.CHANGES:
        return None
    asked = found.decisions.filter(revision=found.revision, act="ask-changes").order_by("-pk").first()
    said = found.comments.filter(by=asked.by_id).order_by("-pk").first() if asked else None
    return said if said and said.pointer else None


def _looks(found: PoolRequest) -> int:
    """Return how often a pool was looked for, while its order's answer is lost."""
    lost = found.launch if found.state == State.LAUNCHING else None
    return lost.looks if lost and lost.state == "unknown" else 0
