"""The wizard's pages: one address per step, everything saved on every move."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.accounts.access import sign_in_again, signed_in
from webapp.accounts.http import UserRequest, number_in
from webapp.approvals.models import Comment
from webapp.wizard import actions, checks, fixing, posted, review, steps
from webapp.wizard.answers import Unsayable, answers_of, body_of
from webapp.wizard.doors import cluster_named, start_page
from webapp.wizard.models import Draft
from webapp.wizard.places import Step
from webapp.wizard.posted import Move, Posted
from webapp.wizard.show import aside_context, has_errors, step_context


@signed_in
@require_http_methods(["GET", "POST"])
def start(request: UserRequest) -> HttpResponse:
    """Show the ways to start, or start a blank draft."""
    if request.method == "POST":
        cluster = cluster_named(request, request.POST.get("cluster", ""))
        return redirect(actions.start(by=request.user, cluster=cluster).url_of("basics"))
    return start_page(request)


@signed_in
@require_GET
def drafts(request: UserRequest) -> HttpResponse:
    """List the person's drafts."""
    return render(request, "wizard/drafts.html", {"drafts": Draft.objects.of(request.user)})


@signed_in
@require_http_methods(["GET", "POST"])
def delete(request: UserRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete a draft after asking."""
    draft = _draft_of(request, pk)
    if request.method == "GET":
        return render(request, "wizard/delete.html", {"draft": draft})
    actions.delete(draft)
    messages.success(request, f"The draft “{draft}” is deleted.")
    return redirect("wizard:drafts")


@signed_in
@require_http_methods(["GET", "POST"])
def step(request: UserRequest, pk: uuid.UUID, slug: str) -> HttpResponse:
    """Show a step, or take what was typed there and go where the person wants."""
    draft = _draft_of(request, pk)
    if slug == steps.REVIEW:
        return review.submit(request, draft) if request.method == "POST" else review.show_review(request, draft)
    found = steps.BY_SLUG.get(slug)
    if found is None:
        return redirect(draft.url_of("basics"))
    if request.method == "POST":
        return _take(request, draft, found)
    if _must_sign_in(request):
        return sign_in_again(request, draft.url_of(slug))
    return _show(request, draft, found)


@signed_in
@require_POST
def preview(request: UserRequest, pk: uuid.UUID, slug: str) -> HttpResponse:
    """Save what has been typed so far and return what stands beside the form."""
    draft = _draft_of(request, pk)
    found = steps.BY_SLUG.get(slug)
    if found is None:
        raise Http404
    typed = posted.read(request.POST)
    fixing.hold_answers(typed.tree, found.places, draft.fixed)
    status, trouble = 200, ""
    try:
        _save(request, draft, found, typed)
    except Unsayable as unsayable:
        trouble = " ".join(unsayable.problems.values())
    except actions.ChangedElsewhere:
        status, trouble = 409, "This step was changed in another tab. Nothing of it was overwritten."
    # After a conflict the page keeps the version that it was made from: the next save must find the conflict, too.
    context = aside_context(request, draft, found) | {"trouble": trouble, "is_update": status == 200}
    return render(request, "wizard/_aside.html", context, status=status)


def _draft_of(request: UserRequest, pk: uuid.UUID) -> Draft:
    draft = Draft.objects.own(request.user, pk)
    if draft is None:
        raise Http404
    return draft


def _show(request: UserRequest, draft: Draft, found: Step) -> HttpResponse:
    tree = answers_of(found.places, draft.body)
    context = step_context(request, draft, found, tree) | {"asked": _asked(request, draft)}
    return render(request, "wizard/step.html", context)


def _asked(request: UserRequest, draft: Draft) -> Comment | None:
    """Return the comment that led here, where it is about the request of this draft."""
    number = number_in(request.GET.get("comment"))
    if number is None:
        return None
    mine = Comment.objects.filter(request__author=request.user, request__draft_url=draft.url_of(steps.REVIEW))
    return mine.filter(pk=number).select_related("by").first()


def _take(request: UserRequest, draft: Draft, found: Step) -> HttpResponse:
    typed = posted.read(request.POST)
    fixing.hold_answers(typed.tree, found.places, draft.fixed)
    try:
        _save(request, draft, found, typed, leaving=typed.move is not Move.STAY)
    except Unsayable as unsayable:
        return _again(request, draft, found, typed, unsayable=unsayable.problems)
    except actions.ChangedElsewhere:
        draft.refresh_from_db()
        return _again(request, draft, found, typed, status=409)
    if _must_sign_in(request):
        return sign_in_again(request, draft.url_of(found.slug))
    return _go_on(request, draft, found, typed)


def _go_on(request: UserRequest, draft: Draft, found: Step, typed: Posted) -> HttpResponse:
    """Lead to where the person wants to go, now that everything is saved."""
    if typed.move is Move.STAY:
        return _again(request, draft, found, typed, status=200)
    if typed.move is Move.JUMP:
        return redirect(draft.url_of(typed.target))
    if has_errors(request, draft, found):
        return _again(request, draft, found, typed)
    return redirect(draft.url_of(typed.target or steps.following(found)))


def _again(request: UserRequest, draft: Draft, found: Step, typed: Posted, **more: Any) -> HttpResponse:
    """Show the step with all that was typed, what the person asked for done to it."""
    status = more.pop("status", 422)
    context = step_context(request, draft, found, typed.tree, fresh=typed, is_conflict=status == 409, **more)
    return render(request, "wizard/step.html", context, status=status)


def _save(request: UserRequest, draft: Draft, found: Step, typed: Posted, *, leaving: bool = False) -> None:
    cluster = draft.cluster
    if typed.cluster is not None and typed.cluster != (cluster.id if cluster else ""):
        cluster = cluster_named(request, typed.cluster)
    part = body_of(found.places, typed.tree)
    scope = checks.scope_of(request.cloud)
    actions.save(draft, step=found, part=part, cluster=cluster, seen=typed.seen, leaving=leaving, scope=scope)


def _must_sign_in(request: UserRequest) -> bool:
    """Whether this is a cloud's person whose token is gone; a portal account works on without one."""
    return request.cloud is None and bool(request.user.iam_user_id)
