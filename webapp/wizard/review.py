"""The last step: what will be sent, what is still wrong, and the act itself."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from webapp.accounts.access import sign_in_again
from webapp.accounts.http import UserRequest
from webapp.nodepool import Problem
from webapp.nodepool.defaults import blank_body
from webapp.nodepool.layout import layout
from webapp.nodepool.totals import totals
from webapp.pools import actions as pools
from webapp.pools.views import launch
from webapp.wizard import checks, drawing, flavors, show, steps
from webapp.wizard.answers import Tree, answer_at, answers_of, is_blank, rows_in
from webapp.wizard.models import Draft
from webapp.wizard.places import Kind, Place, Rows, Step


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the review; `is_changed` marks what differs from a blank draft."""

    label: str
    value: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Block:
    """One step on the review page; each problem with the address that leads to its field."""

    step: Step
    url: str
    lines: list[Said]
    errors: list[tuple[str, str]]
    warnings: list[tuple[str, str]]


def show_review(request: UserRequest, draft: Draft) -> HttpResponse:
    """Show what will be sent; `blame` leads on to the field that an answer of the cloud was about."""
    if blamed := request.GET.get("blame"):
        return redirect(f"{draft.url_of(steps.owner(blamed[:500]).slug)}?return=review#{blamed[:500]}")
    if request.cloud is None and request.user.iam_user_id:
        return sign_in_again(request, draft.url_of(steps.REVIEW))
    return _page(request, draft)


def submit(request: UserRequest, draft: Draft) -> HttpResponse:
    """Send what was reviewed: the body once, however often the button is pressed."""
    if request.cloud is None:
        return sign_in_again(request, draft.url_of(steps.REVIEW))
    if request.POST.get("_version") not in (None, str(draft.version)):
        return _page(request, draft, status=409, trouble="The draft was changed since you looked. Review it again.")
    cluster = draft.cluster
    lists = checks.lists_for(request.cloud, checks.ALL_LISTS, cluster)
    problems = checks.problems_of(draft.body, cluster, lists)
    if cluster is None or checks.cluster_problem(cluster, lists) or any(problem.is_error for problem in problems):
        return _page(request, draft, status=422, trouble="Nothing was sent: there are problems to mend first.")
    creation = pools.submit(
        body=draft.body,
        cluster=cluster,
        by=request.user,
        key=pools.key_of(f"{draft.pk}:{draft.version}"),
        session=request.cloud,
        draft_url=draft.url_of(steps.REVIEW),
    )
    launch(creation, request)
    return redirect(creation)


def _page(request: UserRequest, draft: Draft, *, status: int = 200, trouble: str = "") -> HttpResponse:
    lists = checks.lists_for(request.cloud, checks.ALL_LISTS, draft.cluster)
    problems = checks.problems_of(draft.body, draft.cluster, lists)
    blocks = _blocks(request, draft, problems, checks.cluster_problem(draft.cluster, lists))
    found = lists.get("flavors")
    context: dict[str, Any] = {
        "draft": draft,
        "blocks": blocks,
        "links": show.links(draft, steps.REVIEW, problems),
        "errors": sum(len(block.errors) for block in blocks),
        "trouble": trouble,
        "json": json.dumps(draft.body, indent=2, ensure_ascii=False),
        "totals": totals(draft.body, flavors.chosen(found.items if found else (), draft.body)),
        "drawing": drawing.drawn(layout(draft.body)),
    }
    return render(request, "wizard/review.html", context, status=status)


def _blocks(request: UserRequest, draft: Draft, problems: list[Problem], no_cluster: str) -> list[Block]:
    tree, blank = answers_of(steps.EVERY_PLACE, draft.body), answers_of(steps.EVERY_PLACE, blank_body())
    blocks = [_block(step, draft, tree, blank, problems) for step in steps.STEPS]
    scope = checks.scope_of(request.cloud)
    for block in blocks:
        if block.step is steps.BASICS and no_cluster:
            block.errors.insert(0, (no_cluster, f"{block.url}#cluster"))
        if draft.is_from_elsewhere(block.step.slug, scope):
            block.warnings.insert(0, (checks.CHECK_AGAIN, block.url))
    return blocks


def _block(step: Step, draft: Draft, tree: Tree, blank: Tree, problems: list[Problem]) -> Block:
    url = f"{draft.url_of(step.slug)}?return=review"
    mine = checks.blamed_on(step, problems)
    errors = [(problem.message, f"{url}#{problem.pointer}") for problem in mine if problem.is_error]
    warnings = [(problem.message, f"{url}#{problem.pointer}") for problem in mine if not problem.is_error]
    lines = list(_lines(step.places, tree, blank, ""))
    if step is steps.BASICS:
        name = draft.cluster_facts.get("name", "")
        lines.insert(0, Said("Cluster", name or "Not chosen", bool(name)))
    return Block(step, url, lines, errors, warnings)


def _lines(places: tuple[Place | Rows, ...], tree: Tree, blank: Tree, under: str) -> Iterator[Said]:
    """Yield a line for every value that is set, and for those that are not where the cloud does something else."""
    for place in places:
        at = under + place.at
        if isinstance(place, Rows):
            yield from _row_lines(place, tree, blank, at)
            continue
        answer, before = answer_at(tree, at), answer_at(blank, at)
        if not is_blank(answer):
            yield Said(place.label, _shown(place, str(answer)), answer != before)
        elif place.unset and not under:
            yield Said(place.label, f"Not set: {place.unset}", not is_blank(before))


def _row_lines(rows: Rows, tree: Tree, blank: Tree, at: str) -> Iterator[Said]:
    for position, index in enumerate(rows_in(tree, at)):
        parts = [
            said.value if len(rows.places) == 1 else f"{said.label}: {said.value}"
            for said in _lines(rows.places, tree, blank, f"{at}/{index}")
        ]
        is_changed = answer_at(tree, f"{at}/{index}") != answer_at(blank, f"{at}/{index}")
        yield Said(f"{rows.item.capitalize()} {position + 1}", "; ".join(parts), is_changed)


def _shown(place: Place, answer: str) -> str:
    if place.kind is Kind.YES_NO:
        return {"true": "Yes", "false": "No"}.get(answer, answer)
    return dict(place.choices).get(answer, answer)
