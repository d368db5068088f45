"""What happened to a request, as the audit trail has it, in words."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from webapp.approvals.actions import about
from webapp.approvals.models import PoolRequest
from webapp.audit.models import AuditLine
from webapp.audit.trail import SYSTEM
from webapp.pools.lines import Line, timed

_PORTAL = "Poolwright"  # who acts where nobody does
_WORDS = {
    "request.submitted": "submitted it. {verdict}",
    "request.edited": "changed it (revision {revision}); approvals of before are void. {verdict}",
    "request.reworded": "changed what is said beside it",
    "request.delegated": "let {to} decide",
    "request.launched": "launched it with the cloud token of {user}",
    "request.escalated": "let the team {team} decide as well",
    "request.expired": "let it expire: nobody decided or launched it in time",
    "request.accepted": "sent it, and the cloud accepted it",
    "request.done": "saw it finished",
    "request.failed": "saw it fail: {message}",
    "request.given_back": "did not send it: the cloud does not take that token any more",
    "request.explained": "learnt why: {detail}",
    "request.sent_back": "sent it back: the facts have changed since it was approved",
    "request.withdrawn": "withdrew it",
    "request.quota_asked": "asked the admins for quota",
    "request.rejected": "rejected it",
    "request.approved": "approved it",
    "request.changes_requested": "asked for changes",
    "request.commented": "commented: {comment}",
}


def timeline(found: PoolRequest) -> Iterator[Line]:
    """Yield every act on a request, oldest first, as the audit trail has it."""
    return timed(_acts(found))


def _acts(found: PoolRequest) -> Iterator[Line]:
    lines = AuditLine.objects.filter(about=about(found)).order_by("number")
    for at, act, actor, actor_id, said in lines.values_list("at", "act", "actor", "actor_id", "after"):
        after = json.loads(said or "{}") or {}
        comment = "" if act == "request.commented" else str(after.get("comment") or "")
        yield Line(at, _PORTAL if actor == SYSTEM and not actor_id else actor, _words(act, after), comment)


def with_pool(lines: list[Line], found: PoolRequest, events: Iterable[Line]) -> list[Line]:
    """Return the acts and, from the launch to the end, what the cloud said of the pool, in the order of time."""
    first, last = found.launched_at, found.ended_at
    theirs = [one for one in events if first and one.at >= first and (last is None or one.at <= last)]
    return list(timed([*lines, *theirs]))


def _words(act: str, after: dict[str, Any]) -> str:
    if act == "request.approved" and after.get("by") == "policy":
        return "approved it, as policy says"
    if act == "request.launched" and after.get("service_account"):
        return f"launched it as the service account {after['user']}"
    text = _WORDS.get(act)
    return text.format_map(defaultdict(str, after)) if text else act.partition(".")[2].replace("_", " ")
