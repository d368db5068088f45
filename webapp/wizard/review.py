"""The last step: what will be sent, what is still wrong, and the act itself."""

import json
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from webapp.accounts.access import sign_in_again
from webapp.accounts.http import UserRequest, number_in
from webapp.approvals import actions as requests
from webapp.approvals.actions import Order
from webapp.approvals.identity import facts_of, launcher_in, session_here
from webapp.approvals.models import Kind, PoolRequest
from webapp.approvals.policy import Verdict
from webapp.approvals.pressing import ask_and_start, launch_again
from webapp.approvals.queries import made_of
from webapp.approvals.workflow import EDITABLE, NotPossible, State
from webapp.cloud import picklists
from webapp.cloud.errors import CloudError
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster, Problem, check
from webapp.nodepool.facts import Facts
from webapp.nodepool.formats.base import without_password
from webapp.nodepool.layout import layout
from webapp.nodepool.totals import as_read, flavor_named, quotas_left, totals
from webapp.wizard import checks, drawing, posted, show, steps
from webapp.wizard.models import Draft
from webapp.wizard.options import Lists
from webapp.wizard.places import Step
from webapp.wizard.presets import may_manage_presets
from webapp.wizard.summary import Group, Said, Summary

_SENT = (State.LAUNCHING, State.PROVISIONING, State.ACTIVE)
_DROPPED = (State.REJECTED, State.WITHDRAWN, State.EXPIRED)


@dataclass(frozen=True, slots=True)
class Block:
    """One step on the review page; each problem with the address that leads to its field."""

    step: Step
    url: str
    groups: list[Group]
    errors: list[tuple[str, str]]
    warnings: list[tuple[str, str]]


def show_review(request: UserRequest, draft: Draft) -> HttpResponse:
    """Show what will be sent; `blame` leads on to the field that an answer of the cloud was about."""
    if blamed := request.GET.get("blame"):
        comment = number_in(request.GET.get("comment"))
        query = urlencode({"return": "review"} | ({"comment": comment} if comment else {}))
        return redirect(f"{draft.url_of(steps.owner(blamed[:500]).slug)}?{query}#{blamed[:500]}")
    if request.cloud is None and request.user.iam_user_id:
        return sign_in_again(request, draft.url_of(steps.REVIEW))
    return _page(request, draft)


def submit(request: UserRequest, draft: Draft) -> HttpResponse:
    """Send what was reviewed: the body once, however often the button is pressed."""
    if request.cloud is None:
        return sign_in_again(request, draft.url_of(steps.REVIEW))
    if request.POST.get("_version") not in (None, str(draft.version)):
        return _page(request, draft, status=409, trouble="The draft was changed since you looked. Review it again.")
    return _checked_and_sent(request, draft)


def _checked_and_sent(request: UserRequest, draft: Draft) -> HttpResponse:
    cluster = draft.cluster
    lists = checks.lists_for(request.cloud, checks.ALL_LISTS, cluster)
    facts, launcher, doubt = _facts(request, lists)
    made = _made_of(request, draft)  # only now: the cloud may have taken its time
    if sent := _sent_as_it_is(request, draft, made):
        return redirect(sent)  # there is nothing to check: its own pool would be in its way
    if doubt:
        return _page(request, draft, status=409)
    problems = _problems(draft, facts)
    if cluster is None or checks.cluster_problem(cluster, lists) or any(problem.is_error for problem in problems):
        return _page(request, draft, status=422, trouble="Nothing was sent: there are problems to mend first.")
    try:
        order = _order(request, draft, cluster)
        return redirect(_requested(request, draft, order, made, facts=facts, launcher=launcher))
    except NotPossible as refusal:
        return _page(request, draft, status=409, trouble=str(refusal))


def _sent_as_it_is(request: UserRequest, draft: Draft, made: list[PoolRequest]) -> PoolRequest | None:
    """Return the request with which a draft was sent to the cloud exactly as it is now, unless that has failed."""
    sent = [one for one in made if one.state in _SENT]
    if not sent or draft.cluster is None:  # nearly always nothing was sent
        return None
    digest = _order(request, draft, draft.cluster).digest
    return next((one for one in sent if one.digest == digest), None)


def _requested(
    request: UserRequest, draft: Draft, order: Order, made: list[PoolRequest], **as_launched: Any
) -> PoolRequest:
    """Return the request for a draft: a new one, or a new revision of the one that is not decided or launched yet.

    The same draft is the same request, however often it is sent; only when that one has ended a new one is made. What
    may start at once is launched. Raises NotPossible.
    """
    pending = next((one for one in made if one.state in EDITABLE), None)
    known = PoolRequest.objects.get(pk=pending.pk) if pending else None
    key = f"draft:{draft.pk}:{draft.version}:{sum(one.state in _DROPPED for one in made)}"
    found = ask_and_start(order, request, known=known, key=key, **as_launched)
    if found.state == State.FAILED:
        launch_again(found, request)
    return found


def _order(request: UserRequest, draft: Draft, cluster: Cluster) -> Order:
    baseline, baseline_name = draft.compared
    return Order(
        kind=Kind.CREATE,
        cluster=cluster,
        body=draft.body,
        baseline=baseline,
        baseline_name=baseline_name,
        draft_url=draft.url_of(steps.REVIEW),
        browser=request.session.session_key or "",
        **posted.wishes(request.POST),
    )


def _facts(request: UserRequest, lists: Lists) -> tuple[Facts, CloudSession | None, str]:
    """Return the facts as whoever launches sees them, that one's session, and why that cannot be known now."""
    facts, own = picklists.facts_from(lists), request.cloud
    if own is None:
        return facts, None, ""
    try:
        launcher = session_here(own, request.user)
    except CloudError as error:
        return facts, None, f"Nothing can be sent now. {error.message} {error.remedy}"
    return facts if launcher in (own, None) else facts_of(launcher, facts), launcher, ""


def _name_of(launcher: CloudSession | None, doubt: str, request: UserRequest) -> str:
    """Return the name of the service account that launches here; empty where people do it themselves."""
    if doubt and request.cloud:  # it cannot sign in
        return launcher_in(request.cloud.project_id)
    return launcher.user_name if launcher and launcher is not request.cloud else ""


def _verdict(request: UserRequest, draft: Draft, facts: Facts) -> Verdict | None:
    """Return what policy would say, as far as it can be known: in which cluster, and of which project."""
    if draft.cluster is None or request.cloud is None:
        return None
    order = _order(request, draft, draft.cluster)
    project = request.cloud.project_name
    return requests.judge(order, by=request.user, project=project, facts=facts)[1]


def _page(request: UserRequest, draft: Draft, *, status: int = 200, trouble: str = "") -> HttpResponse:
    lists = checks.lists_for(request.cloud, checks.ALL_LISTS, draft.cluster)
    facts, launcher, doubt = _facts(request, lists)
    made = _made_of(request, draft)
    pending = next((one for one in made if one.state in EDITABLE), None)
    before = next(iter(made), None) if pending is None else None
    sent = _sent_as_it_is(request, draft, made) if before and before.state in _SENT else None
    problems = _problems(draft, _but_for_its_own(facts, draft) if sent else facts)
    blocks = _blocks(request, draft, problems, lists)
    errors = sum(len(block.errors) for block in blocks)
    found = lists.get("flavors")
    taken = totals(draft.body, flavor_named(draft.body, found.items if found else ()))
    left = tuple(as_read(name, one) for name, one in quotas_left(facts.quotas, taken.most).items())
    context: dict[str, Any] = {
        "draft": draft,
        "blocks": blocks,
        "links": show.links(draft, steps.REVIEW, problems),
        "errors": errors,
        "compared": draft.compared[1],
        "trouble": trouble or doubt,
        "unchecked": checks.left_unchecked(lists),
        "before": before,
        "sent": sent,
        "verdict": None if errors else _verdict(request, draft, facts),
        "pending": pending,
        "launcher": _name_of(launcher, doubt, request),
        **posted.wishes_shown(request.POST, pending),
        "may_manage_presets": may_manage_presets(request.user),
        "json": json.dumps(without_password(draft.body), indent=2, ensure_ascii=False),
        "totals": drawing.totals_drawn(taken, left),
        "drawing": drawing.drawn(layout(draft.body)),
    }
    return render(request, "wizard/review.html", context, status=status)


def _made_of(request: UserRequest, draft: Draft) -> list[PoolRequest]:
    """Return all requests that were made of a draft, the newest first."""
    return made_of(draft.url_of(steps.REVIEW), request.user)


def _problems(draft: Draft, facts: Facts) -> list[Problem]:
    return check(draft.body, draft.cluster or Cluster(), facts)


def _but_for_its_own(facts: Facts, draft: Draft) -> Facts:
    """Return facts without the pool of a draft's name, which is its own where it was sent."""
    names = facts.pool_names
    return replace(facts, pool_names=None if names is None else tuple(one for one in names if one != draft.name))


def _blocks(request: UserRequest, draft: Draft, problems: list[Problem], lists: Lists) -> list[Block]:
    summary = Summary(draft.body, draft.compared[0], lists)
    blocks = [_block(step, draft, summary, problems, lists) for step in steps.STEPS]
    scope = checks.scope_of(request.cloud)
    for block in blocks:
        if block.step is steps.BASICS and (wrong := checks.cluster_problem(draft.cluster, lists)):
            block.errors.insert(0, (wrong, f"{block.url}#cluster"))
        if draft.is_from_elsewhere(block.step.slug, scope):
            block.warnings.insert(0, (checks.CHECK_AGAIN, block.url))
    return blocks


def _block(step: Step, draft: Draft, summary: Summary, problems: list[Problem], lists: Lists) -> Block:
    url = f"{draft.url_of(step.slug)}?return=review"
    mine = checks.blamed_on(step, problems)
    wrong = [problem for problem in mine if problem.is_error]
    errors = [(problem.message, f"{url}#cluster") for problem in wrong if not problem.pointer]
    found = show.complaints(draft, step, lists, wrong)
    errors += [(f"{label}: {message}", f"{url}#{at}") for at, label, message in found]
    # The same warning at several places is said once, and leads to the first of them.
    warnings = {problem.message: f"{url}#{problem.pointer}" for problem in reversed(mine) if not problem.is_error}
    groups = summary.groups_of(step)
    if step is steps.BASICS:
        name = draft.cluster_facts.get("name", "")
        groups.insert(0, Group("Where", [Said("Cluster", name or "Not chosen", bool(name))]))
    return Block(step, url, groups, errors, list(reversed(warnings.items())))
