"""What the policies say about a request, and why. Pure: rows in, verdict out."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from webapp.approvals.asked import MARKS, Asked
from webapp.approvals.models import Policy

LIMITS = {
    "over_nodes": ("nodes", "nodes"),
    "over_vcpus": ("vcpus", "vCPU"),
    "over_memory_gib": ("memory_gib", "GiB of memory"),
    "over_disk_gib": ("disk_gib", "GiB of disk"),
    "over_eips": ("eips", "EIPs"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A policy that matched, in which version, and what about the request made it match."""

    policy: str
    version: int
    because: list[str]


@dataclass(slots=True)
class Verdict:
    """What is needed before a request is launched; `demands` as the request keeps them."""

    refusal: str = ""
    demands: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    allows_bulk: bool = True
    expires_after: timedelta | None = None
    remind_before: timedelta | None = None
    escalate_after: timedelta | None = None
    escalation_id: int | None = None

    @property
    def is_automatic(self) -> bool:
        """Whether nobody has to agree."""
        return not self.refusal and not self.demands

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        if self.refusal:
            return f"This is refused: {self.refusal}"
        if not self.demands:
            return "No approval is needed."
        return f"This needs {' and '.join(approvals_of(one['count'], one) for one in self.demands)}."

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as JSON keeps it."""
        return {
            "sentence": self.sentence,
            "refusal": self.refusal,
            "demands": self.demands,
            "reasons": [asdict(one) for one in self.reasons],
            "allows_bulk": self.allows_bulk,
            "escalation_id": self.escalation_id,
        }


def teams_in(demands: Iterable[dict[str, Any]]) -> str:
    """Return the teams of demands as one text, each number between commas: 0 is any approver."""
    teams = {one[name] or 0 for one in demands for name in ("team", "also") if name in one}
    return "".join(f",{team}," for team in sorted(teams))


def approvals_of(count: int, demand: dict[str, Any]) -> str:
    """Return in words how many approvals of a demand from whom."""
    word = "approval" if count == 1 else "approvals"
    teams = [demand[name] for name in ("team_name", "also_name") if name in demand]
    named = " or ".join(teams) if demand["team"] is None else f"the team {' or '.join(teams)}"
    return f"{count} {word} by {named}"


def demand_of(policy: Policy) -> dict[str, Any]:
    """Return what a policy asks for: of which team, and how many approvals."""
    name = policy.team.name if policy.team else "any approver"
    return {"team": policy.team_id, "team_name": name, "count": policy.approvals}


def verdict_on(asked: Asked, policies: Iterable[Policy]) -> Verdict:
    """Return what the policies in force, in their order, say about a request."""
    verdict = Verdict()
    for one in policies:
        because = list(_because(one, asked))
        if None in because:
            continue
        said = [text for text in because if text] or ["it applies to every request"]
        verdict.reasons.append(Reason(one.name, one.version, said))
        _apply(one, verdict)
        if one.is_last or one.outcome != Policy.Outcome.APPROVALS:
            break
    return verdict


def _because(policy: Policy, asked: Asked) -> Iterator[str | None]:
    """Yield why each condition holds ("" where none is given); None for one that does not."""
    yield _listed(policy.kinds, asked.kind, "it is a request to {}")
    clusters = [asked.cluster.name, asked.cluster.id]
    yield _listed(policy.clusters, clusters, "the cluster is {}")
    yield _listed(policy.projects, asked.project, "the project is {}")
    yield _listed(policy.flavor_families, asked.flavor_family, "the flavor's family is {}")
    yield _of_team(policy, asked)
    for name, (amount, unit) in LIMITS.items():
        yield _over(getattr(policy, name), getattr(asked.totals.most, amount), unit)
    yield _marked(policy.marks, asked.marks)


def _listed(patterns: list[str], values: str | list[str], text: str) -> str | None:
    if not patterns:
        return ""
    values = [values] if isinstance(values, str) else values
    return next((text.format(one) for one in values if any(fnmatchcase(one, each) for each in patterns)), None)


def _of_team(policy: Policy, asked: Asked) -> str | None:
    if policy.requester_team_id is None:
        return ""
    return f"its author is in {policy.requester_team}" if policy.requester_team_id in asked.author_teams else None


def _over(limit: int | None, amount: int | None, unit: str) -> str | None:
    """What is not known counts as too much: nobody gets around a limit by hiding the flavor."""
    if limit is None:
        return ""
    if amount is None:
        return f"its {unit} are not known"
    return f"it has up to {amount} {unit}, more than {limit}" if amount > limit else None


def _marked(wanted: list[str], found: list[str]) -> str | None:
    if not wanted:
        return ""
    shown = [MARKS[name][0] for name in found if name in wanted]
    return "; ".join(text[0].lower() + text[1:] for text in shown) or None


def _apply(policy: Policy, verdict: Verdict) -> None:
    """Add what a policy asks for. One that approves by itself takes back nothing that was asked before it."""
    if policy.outcome == Policy.Outcome.REFUSE:
        verdict.refusal = policy.refusal
    elif policy.outcome == Policy.Outcome.APPROVALS:
        _demand(policy, verdict)


def _demand(policy: Policy, verdict: Verdict) -> None:
    """Add a policy's demand: of the same team the larger one counts, and the shorter of all times."""
    team_id = policy.team_id
    known = next((one for one in verdict.demands if one["team"] == team_id), None)
    if known is None:
        verdict.demands.append(demand_of(policy))
    else:
        known["count"] = max(known["count"], policy.approvals)
    verdict.allows_bulk = verdict.allows_bulk and policy.allows_bulk
    verdict.expires_after = _shorter(verdict.expires_after, policy.expires_after_h)
    verdict.remind_before = _shorter(verdict.remind_before, policy.remind_before_h)
    if policy.escalation_id and policy.escalate_after_h:
        verdict.escalate_after = _shorter(verdict.escalate_after, policy.escalate_after_h)
        verdict.escalation_id = policy.escalation_id


def _shorter(known: timedelta | None, hours: int) -> timedelta:
    new = timedelta(hours=hours)
    return new if known is None else min(known, new)
