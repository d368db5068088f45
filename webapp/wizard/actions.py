"""Everything that writes a draft."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from webapp.accounts.models import User
from webapp.accounts.roles import NO_REQUESTER, Role
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import EDITABLE
from webapp.nodepool import Cluster
from webapp.nodepool.defaults import blank_body
from webapp.nodepool.pointers import JSON
from webapp.wizard import fixing, steps
from webapp.wizard.answers import renewed
from webapp.wizard.models import Draft, Preset
from webapp.wizard.places import Step
from webapp.wizard.presets import MANAGERS


class ChangedElsewhere(Exception):
    """Another page has changed the same step since this one was shown."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page was made from: the draft's version, and the page's own name; `sent` is its own time in ms.

    What the page itself has saved since then (as one types) is no conflict.
    """

    version: int
    page: str
    sent: int = 0

    def collides_with(self, last: Mapping[str, Any] | None) -> bool:
        """Whether somebody else changed the step after it was shown here."""
        return last is not None and last["version"] > self.version and last["page"] != self.page

    def is_overtaken(self, last: Mapping[str, Any] | None) -> bool:
        """Whether something that the same page sent later was faster."""
        return last is not None and last["page"] == self.page and 0 < self.sent < last.get("sent", 0)


def demand_drafter(person: User) -> None:
    """Raise PermissionDenied for somebody to whom a draft is of no use: neither asks for pools nor keeps presets."""
    if not person.has_role(Role.REQUESTER, *MANAGERS):
        raise PermissionDenied(NO_REQUESTER)


def start(*, by: User, cluster: Cluster | None = None, body: JSON = None, **more: Any) -> Draft:
    """Begin a draft: blank, or of a body that was brought, all of whose problems are shown at once.

    Raises PermissionDenied as `demand_drafter`.
    """
    demand_drafter(by)
    draft = Draft(owner=by, body=body or blank_body(), cluster_facts=asdict(cluster) if cluster else {}, **more)
    if body:
        draft.last_step = steps.REVIEW
        draft.touched = {one.slug: {"page": "", "left": True, "version": draft.version} for one in steps.STEPS}
    draft.save()
    return draft


def start_from(preset: Preset, *, by: User, cluster: Cluster | None = None, body: JSON = None) -> Draft:
    """Begin a draft of a preset, or of a body that keeps to what the preset fixes. Raises FixedPlaces."""
    fixed = fixing.fixed_by(preset)
    if body is not None:
        fixing.demand_held(body, fixed)
    origin = f"the preset “{preset}”"
    body = preset.body if body is None else body
    baseline = {"name": origin, "body": preset.body}
    return start(by=by, cluster=cluster, body=body, origin=origin, fixed=fixed, baseline=baseline)


def start_again(found: PoolRequest, *, by: User) -> Draft:
    """Begin a draft of what a request asked for; sending it changes the request, as long as that can be changed."""
    origin = f"the request {found.reference}"
    baseline = {"name": found.baseline_name, "body": found.baseline} if found.baseline_name else None
    draft = start(by=by, cluster=found.cluster, body=found.body, origin=origin, baseline=baseline)
    open_still = PoolRequest.objects.filter(pk=found.pk, state__in=EDITABLE)
    open_still.update(draft_url=draft.url_of(steps.REVIEW))
    return draft


def delete(draft: Draft) -> None:
    """Delete a draft; a request that was made of it is changed in a new one from now on."""
    PoolRequest.objects.filter(author=draft.owner_id, draft_url=draft.url_of(steps.REVIEW)).update(draft_url="")
    draft.delete()


def replace(draft: Draft, body: JSON, *, seen: int, cluster: Cluster | None = None) -> bool:
    """Replace a draft's whole body, and its cluster if one is given; False when `seen` is not its version any more.

    Raises FixedPlaces.
    """
    fixing.demand_held(body, draft.fixed)
    touched = {one.slug: {"page": "", "left": True, "version": seen + 1} for one in steps.STEPS}
    changes = {"body": body, "version": seen + 1, "touched": touched, "updated_at": timezone.now()}
    if cluster:
        changes["cluster_facts"] = asdict(cluster)
    if not Draft.objects.filter(pk=draft.pk, version=seen).update(**changes):
        return False
    draft.refresh_from_db()
    return True


def save(  # noqa: PLR0913 - one keyword each
    draft: Draft,
    *,
    step: Step,
    part: JSON,
    cluster: Cluster | None,
    seen: Seen,
    leaving: bool = False,
    scope: str = "",
) -> None:
    """Write one step's answers into a draft: `part` replaces all that the step's places held.

    `leaving` says that the person is done with the step for now: from then on its problems are shown. `scope` is
    whose cloud the answers were chosen from, empty where none was at hand.

    What a preset fixed stays as it is. Raises ChangedElsewhere.
    """
    facts = asdict(cluster) if cluster else {}
    for _ in range(5):  # another step of the same draft may be saved at the same moment
        body = fixing.held(renewed(step.places, draft.body, part), draft.fixed)
        last = draft.touched.get(step.slug)
        touch = _touch(last, seen, leaving=leaving, scope=scope)
        says_nothing_new = last and draft.body == body and draft.cluster_facts == facts and _is_same(last, touch)
        if says_nothing_new or seen.is_overtaken(last):
            _remember_step(draft, step)
            return
        if seen.collides_with(last):
            break
        if _written(draft, step, touch, {"body": body, "cluster_facts": facts}):
            return
        draft.refresh_from_db()
    raise ChangedElsewhere


def _touch(last: Mapping[str, Any] | None, seen: Seen, *, leaving: bool, scope: str) -> dict[str, Any]:
    """Return what is noted of a save; only who leaves a step has looked at all that was chosen there."""
    before = last or {}
    known = before.get("scope", "")
    return {
        "page": seen.page,
        "sent": seen.sent,
        "left": leaving or bool(before.get("left")),
        "scope": scope if scope and (leaving or not known) else known,
    }


def _is_same(last: Mapping[str, Any], touch: Mapping[str, Any]) -> bool:
    return bool(last["left"] == touch["left"] and last.get("scope", "") == touch["scope"])


def _written(draft: Draft, step: Step, touch: dict[str, Any], changes: dict[str, Any]) -> bool:
    """Update the row if nobody was faster."""
    version = draft.version + 1
    changes |= {
        "version": version,
        "touched": {**draft.touched, step.slug: touch | {"version": version}},
        "last_step": step.slug,
        "updated_at": timezone.now(),
    }
    if not Draft.objects.change(draft, changes):
        return False
    for name, value in changes.items():
        setattr(draft, name, value)
    return True


def _remember_step(draft: Draft, step: Step) -> None:
    if draft.last_step != step.slug:
        draft.last_step = step.slug
        Draft.objects.filter(pk=draft.pk).update(last_step=step.slug)
