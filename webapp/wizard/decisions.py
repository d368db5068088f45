"""The first page of a draft that did not begin blank: what is left to decide, and what was not taken over."""

import uuid
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from webapp.accounts.access import sign_in_again, signed_in
from webapp.accounts.http import UserRequest
from webapp.nodepool import Problem
from webapp.wizard import checks, presets, steps
from webapp.wizard.fixing import Fix
from webapp.wizard.models import Draft
from webapp.wizard.options import Lists
from webapp.wizard.places import Step
from webapp.wizard.show import complaints, links


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that a person has to decide, with the address of its field."""

    step: Step
    label: str
    message: str
    url: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A place that the preset fixes."""

    label: str
    value: str
    fix: Fix


@signed_in
@require_GET
def show_decisions(request: UserRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what has to be decided before the draft can be sent."""
    draft = get_object_or_404(Draft.objects.of(request.user), pk=pk)
    if request.cloud is None and request.user.iam_user_id:
        return sign_in_again(request, request.path)
    lists = checks.lists_for(request.cloud, checks.ALL_LISTS, draft.cluster)
    problems = checks.problems_of(draft.body, draft.cluster, lists)
    decisions = _decisions(draft, lists, [one for one in problems if one.is_error])
    context = {
        "draft": draft,
        "count": len(decisions),
        "decisions": [(step.title, list(ones)) for step, ones in groupby(decisions, lambda one: one.step)],
        "warnings": [one for step in steps.STEPS for one in _warnings(draft, step, problems)],
        "kept": _kept(draft),
        "links": links(draft, "", problems),
    }
    return render(request, "wizard/decisions.html", context)


def _decisions(draft: Draft, lists: Lists, errors: list[Problem]) -> list[Decision]:
    cluster = [one.message for one in errors if not one.pointer]
    if wrong := checks.cluster_problem(draft.cluster, lists):
        cluster.insert(0, wrong)
    found = [Decision(steps.BASICS, "Cluster", message, _url(draft, steps.BASICS, "cluster")) for message in cluster]
    return found + [
        Decision(step, label, message, _url(draft, step, at))
        for step in steps.STEPS
        for at, label, message in complaints(draft, step, lists, errors)
    ]


def _warnings(draft: Draft, step: Step, problems: list[Problem]) -> list[tuple[str, str]]:
    mine = (one for one in checks.blamed_on(step, problems) if not one.is_error)
    return [(one.message, _url(draft, step, one.pointer)) for one in mine]


def _kept(draft: Draft) -> list[Kept]:
    values = {one.at: one for _, found in presets.fixables(draft.body) for one in found}
    return [
        Kept(values[at].label, values[at].value, Fix(one["by"], one["reason"]))
        for at, one in draft.fixed.items()
        if at in values
    ]


def _url(draft: Draft, step: Step, at: str) -> str:
    return f"{draft.url_of(step.slug)}?return=review#{at}"
