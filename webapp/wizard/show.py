"""The contexts of the wizard's templates."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from webapp.accounts.http import UserRequest
from webapp.nodepool import Problem, pointers
from webapp.nodepool.formats.base import without_password
from webapp.nodepool.layout import layout
from webapp.nodepool.totals import flavor_named, totals
from webapp.wizard import checks, drawing, flavors, options, page, preview, steps
from webapp.wizard.answers import Tree, answers_of
from webapp.wizard.models import Draft
from webapp.wizard.naming import named, place_at
from webapp.wizard.options import Lists
from webapp.wizard.places import Step
from webapp.wizard.posted import Posted


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the list of steps; without an address it is a button of the form that is open."""

    slug: str
    title: str
    url: str
    is_current: bool
    is_done: bool
    has_problem: bool


@dataclass(frozen=True, slots=True)
class ClusterOption:
    """A cluster in the list; a closed one takes no pool now."""

    id: str
    label: str
    is_closed: bool


@dataclass(frozen=True, slots=True)
class ClusterField:
    """The one question that is no place of the body: in which cluster."""

    value: str
    options: list[ClusterOption]
    errors: list[str]
    warnings: list[str]
    note: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that another tab saved differently."""

    label: str
    saved: str
    typed: str


def complaints(draft: Draft, step: Step, lists: Lists, errors: Iterable[Problem]) -> list[tuple[str, str, str]]:
    """Return what a step itself would complain about, each as the pointer and label of the input that it would mark."""
    blamed = [one for one in checks.blamed_on(step, errors) if one.pointer]
    if not blamed:
        return []
    return page.made(step, page.Context(answers_of(step.places, draft.body), lists, draft.fixed), blamed, {}).summary


def step_context(  # noqa: PLR0913 - one keyword each
    request: UserRequest,
    draft: Draft,
    step: Step,
    tree: Tree,
    *,
    fresh: Posted | None = None,
    unsayable: Mapping[str, str] | None = None,
    is_conflict: bool = False,
) -> dict[str, Any]:
    """Return what a step's page shows; `fresh` are answers that were posted just now."""
    lists, problems = _judged(request, draft, step)
    shown = [one for one in checks.blamed_on(step, problems) if one.pointer] if draft.was_left(step.slug) else []
    again = checks.CHECK_AGAIN if draft.is_from_elsewhere(step.slug, checks.scope_of(request.cloud)) else ""
    context = page.Context(tree, lists, draft.fixed, focus=fresh.focus if fresh else "", doubt=again)
    made = page.made(step, context, shown, unsayable or {})
    returns = "review" if "review" in (request.GET.get("return"), request.POST.get("_return")) else ""
    cluster_field = _cluster_field(draft, lists, problems, again) if step is steps.BASICS else None
    if cluster_field:
        made.summary[:0] = [("cluster", "Cluster", message) for message in cluster_field.errors]
    return {
        "draft": draft,
        "draft_url": draft.url_of(step.slug),
        "step": step,
        "page": made,
        "cluster_field": cluster_field,
        "differences": _differences(step, draft, tree) if is_conflict else (),
        "links": links(draft, step.slug, problems, form_returns=returns),
        "lists": lists,
        "unchecked": checks.left_unchecked(lists),
        "page_id": fresh.seen.page if fresh and fresh.seen.page else uuid.uuid4().hex,
        "is_conflict": is_conflict,
        "stays": bool(fresh and fresh.focus),
        "flavors": flavors.table(lists, tree, fresh.search if fresh else "") if step is steps.NODE_TEMPLATE else None,
        "back": steps.preceding(step),
        "returns": returns,
        **_beside(draft, step, lists),
    }


def has_errors(request: UserRequest, draft: Draft, step: Step) -> bool:
    """Whether a step's page would show errors, now that the person is done with it."""
    if not draft.was_left(step.slug):
        return False
    lists, problems = _judged(request, draft, step)
    if step is steps.BASICS and checks.cluster_problem(draft.cluster, lists):
        return True
    return any(one.is_error for one in checks.blamed_on(step, problems))


def aside_context(request: UserRequest, draft: Draft, step: Step) -> dict[str, Any]:
    """Return what stands beside the form: totals, the disks, the body."""
    lists = checks.lists_for(request.cloud, ("flavors",), draft.cluster)
    return {"draft": draft, "step": step, **_beside(draft, step, lists)}


def links(draft: Draft, current: str, problems: list[Problem], *, form_returns: str | None = None) -> SafeString:
    """Return the list of steps with the state of each, as HTML.

    `form_returns` is for the page of a step, whose form is saved on the way: where it then leads, empty for onward.
    """
    wrong = {steps.owner(problem.pointer).slug for problem in problems if problem.is_error}
    if not draft.cluster_facts:
        wrong.add(steps.BASICS.slug)
    is_form = form_returns is not None
    entries = [
        Link(
            step.slug,
            step.title,
            "" if is_form else draft.url_of(step.slug),
            is_current=step.slug == current,
            is_done=draft.was_left(step.slug) and step.slug not in wrong,
            has_problem=draft.was_left(step.slug) and step.slug in wrong,
        )
        for step in steps.STEPS
    ]
    url = "" if is_form else draft.url_of(steps.REVIEW)
    review = Link(steps.REVIEW, "Review", url, current == steps.REVIEW, False, False)
    return _links((*entries, review), is_form=is_form, returns=form_returns or "")


@lru_cache(maxsize=512)
def _links(entries: tuple[Link, ...], *, is_form: bool, returns: str) -> SafeString:
    """Return the list of steps as HTML, drawn once for all drafts that are as far."""
    context = {"links": entries, "is_form": is_form, "returns": returns}
    return render_to_string("wizard/_links.html", context)


def _judged(request: UserRequest, draft: Draft, step: Step) -> tuple[Lists, list[Problem]]:
    """Return the lists that a step's page shows, and what is wrong with the draft."""
    wanted = dict.fromkeys((*step.lists, "flavors", *(("clusters",) if step is steps.BASICS else ())))
    lists = checks.lists_for(request.cloud, wanted, draft.cluster, refresh="_refresh" in request.POST)
    return lists, checks.problems_of(draft.body, draft.cluster, lists)


def _beside(draft: Draft, step: Step, lists: Lists) -> dict[str, Any]:
    found = lists.get("flavors")
    return {
        "lines": preview.drawn(without_password(draft.body), lambda at: bool(at) and steps.owner(at) is step),
        "totals": drawing.totals_drawn(totals(draft.body, flavor_named(draft.body, found.items if found else ()))),
        "drawing": drawing.drawn(layout(draft.body)) if step is steps.DISKS else None,
    }


def _cluster_field(draft: Draft, lists: Lists, problems: list[Problem], doubt: str) -> ClusterField:
    found = lists.get("clusters")
    options = [
        ClusterOption(
            one.id,
            f"{one.name}: {'CCE Turbo' if one.is_turbo else 'CCE'} {one.version}, {one.phase}",
            one.phase not in ("Available", "ScalingUp", "ScalingDown"),
        )
        for one in (found.items if found else ())
    ]
    chosen = draft.cluster
    if chosen and chosen.id not in {one.id for one in options}:
        options.append(ClusterOption(chosen.id, f"{chosen.name} (not on the list)", False))
    said, errors = [], []
    if draft.was_left(steps.BASICS.slug):
        said = [one for one in problems if not one.pointer]
        errors = [checks.cluster_problem(chosen, lists), *(one.message for one in said if one.is_error)]
    warnings = [doubt, *(one.message for one in said if not one.is_error)]
    if found is None:
        note = "Sign in to the cloud to see your clusters."
    else:
        note = f"{found.error.message} {found.error.remedy}" if found.error else ""
    return ClusterField(
        chosen.id if chosen else "", options, [one for one in errors if one], [one for one in warnings if one], note
    )


def _differences(step: Step, draft: Draft, tree: Tree) -> list[Difference]:
    """Return what was typed here and differs from what another tab saved."""
    saved, typed = dict(_texts(answers_of(step.places, draft.body))), dict(_texts(tree))
    names = [name for name in {**saved, **typed} if saved.get(name, "") != typed.get(name, "")]
    return [Difference(named(name)[1], *(_told(name, said.get(name, "")) for said in (saved, typed))) for name in names]


def _told(at: str, text: str) -> str:
    place = place_at(at)
    return options.told(place, text) if place else text


def _texts(tree: Tree) -> list[tuple[str, str]]:
    return [(at, text) for at, text in pointers.leaves(tree) if isinstance(text, str)]
