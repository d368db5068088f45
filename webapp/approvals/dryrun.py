"""What a changed policy would do: past requests judged by the policies as they are, and as they would be. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from webapp.approvals.asked import Asked
from webapp.approvals.models import Policy, PoolRequest
from webapp.approvals.policy import Verdict, verdict_on
from webapp.nodepool.totals import Amount, Totals

LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """A request that would be treated differently."""

    request: PoolRequest
    before: Verdict
    after: Verdict

    @property
    def why(self) -> list[str]:
        """What about the request made policies match that did not before, or keeps those from it that did."""
        was, will = ({one.policy: one.because for one in verdict.reasons} for verdict in (self.before, self.after))
        new = [f"{name}: {', '.join(because)}" for name, because in will.items() if was.get(name) != because]
        gone = [f"{name} does not match any more" for name in was if name not in will]
        return new + gone or ["the same policies match, and ask for something else"]


def asked_of(found: PoolRequest) -> Asked:
    """Return what a stored request asked for; of its author the teams of today, for those of then are not kept."""
    return Asked(
        kind=found.kind,
        cluster=found.cluster,
        project=found.project_name,
        body=found.body,
        totals=_totals(found.amounts),
        author_teams=frozenset(team.pk for team in found.author.groups.all()),
    )


def with_changed(policies: Iterable[Policy], changed: Policy) -> list[Policy]:
    """Return policies with one of them as it would be: in its place, and not at all where it is switched off."""
    others = [one for one in policies if one.pk != changed.pk]
    those = [*others, changed] if changed.is_active else others
    return sorted(those, key=lambda one: (one.order, one.pk or float("inf")))


def differences(requests: Iterable[PoolRequest], before: list[Policy], after: list[Policy]) -> Iterator[Difference]:
    """Yield the requests about which the two lists of policies say who has to agree in different ways."""
    for one in requests:
        asked = asked_of(one)
        was, will = verdict_on(asked, before), verdict_on(asked, after)
        if _said(was) != _said(will):
            yield Difference(one, was, will)


def _said(verdict: Verdict) -> Any:
    """Return what matters to people: whether it is refused, and who has to agree."""
    return verdict.refusal, sorted((one["team"] or 0, one["count"]) for one in verdict.demands)


def _totals(amounts: dict[str, Any]) -> Totals:
    return Totals(**{name: Amount(**amounts[name]) for name in ("node", "start", "most")})
