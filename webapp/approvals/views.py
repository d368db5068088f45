"""Pages of requests: lists, the request itself, the decisions about it."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.accounts.access import role_needed, signed_in
from webapp.accounts.http import UserRequest, number_in
from webapp.accounts.models import User
from webapp.accounts.roles import Role
from webapp.approvals import actions, deciding, queries, talking
from webapp.approvals.asked import MARKS
from webapp.approvals.following import follow, is_due
from webapp.approvals.identity import fits
from webapp.approvals.models import Kind, PoolRequest, number_of, pk_of
from webapp.approvals.pressing import press
from webapp.approvals.rights import visible_to
from webapp.approvals.show import page_context, progress_context, seen_of
from webapp.approvals.workflow import ACTS, NotAllowed, NotPossible, State, TooLate
from webapp.cloud.errors import CloudError
from webapp.pools.exports import export_page, target_of
from webapp.pools.models import PoolStatus
from webapp.pools.status import glance_at
from webapp.pools.views import fragment, nothing_new


@signed_in
@require_GET
def requests_list(request: UserRequest) -> HttpResponse:
    """List the requests that the person may see, fifty a page."""
    filters = {name: request.GET.get(name, "") for name in ("state", "kind", "project", "words", "whose")}
    filters["whose"] = filters["whose"] or ("mine" if request.user.has_role(Role.REQUESTER) else "all")
    seen = visible_to(request.user, request.cloud)
    if filters["whose"] != "all":
        seen = seen.filter(author=request.user)
    number = number_in(request.GET.get("before"))
    before = None if number is None else pk_of(number)
    is_search = any(filters[name].strip() for name in ("project", "words"))
    end = queries.search_ends_at(before) if is_search else 0
    seen = seen.filter(pk__gte=end) if end else seen  # a bound that binds nothing leads SQLite off its indexes
    rows = queries.listed(seen, filters).defer(*queries.BODIES, "launch__body")
    rows = rows if before is None else rows.filter(pk__lt=before)
    page = list(rows[: queries.PAGE + 1])
    is_full = len(page) > queries.PAGE
    oldest = page[queries.PAGE - 1].pk if is_full else end
    context = {
        "rows": page[: queries.PAGE],
        "more": urlencode({**filters, "before": str(number_of(oldest))}) if oldest else "",
        "searched": 0 if is_full or not end else queries.SEARCHED,
        "filters": filters,
        "states": State,
        "kinds": Kind,
    }
    return render(request, "approvals/list.html", context)


@role_needed(Role.APPROVER, Role.ADMIN)
@require_GET
def inbox(request: UserRequest) -> HttpResponse:
    """List what waits for the person's decision, the oldest first."""
    return _inbox(request)


@role_needed(Role.APPROVER, Role.ADMIN)
@require_POST
def decide_many(request: UserRequest) -> HttpResponse:
    """Approve several requests in one go, where policy allows that for each of them."""
    chosen = {number_in(one) for one in request.POST.getlist("number")}
    found = [one for one in queries.waiting(request.user) if one.number in chosen]
    if not found or not queries.allows_bulk(found):
        return _inbox(request, trouble="Choose requests for which policy allows deciding several in one go.")
    done, troubles = [], []
    for one in found:
        try:
            deciding.approve(one, by=request.user, seen=_seen_in_row(request, one))
            done.append(one.reference)
        except NotPossible as refusal:
            troubles.append(f"{one.reference}: {refusal}")
    if troubles:
        return _inbox(request, trouble=" ".join(troubles))
    messages.success(request, f"Approved: {', '.join(done)}.")
    return redirect("approvals:inbox")


@signed_in
@require_GET
def request_page(request: UserRequest, number: int) -> HttpResponse:
    """Show a request: what is asked, where it stands, what happened, what can be done."""
    found = _seen(request, number)
    status = _follow(found, request)
    return render(request, "approvals/request.html", page_context(request, found, status))


@signed_in
@require_GET
def request_progress(request: UserRequest, number: int) -> HttpResponse:
    """Return the part of the page that changes; nothing where nothing changed."""
    known = queries.seen(pk_of(number), request.user, request.cloud, standing=True)
    glance = glance_at(*known.place)
    if not is_due(known, glance, request.cloud) and (unchanged := nothing_new(request, seen_of(known, glance))):
        return unchanged
    found = _seen(request, number)
    status = _follow(found, request)
    if unchanged := nothing_new(request, seen_of(found, status or glance)):
        return unchanged
    context = progress_context(request, found, status)
    return fragment(request, "approvals/_progress.html", context, is_last=not context["is_moving"])


@signed_in
@require_GET
def export(request: UserRequest, number: int, name: str) -> HttpResponse:
    """Show what is asked in one of the formats."""
    found = _seen(request, number)
    target = target_of(request.cloud, found.cluster_id)
    return export_page(request, name, found.body, target, back=found.get_absolute_url())


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: UserRequest, number: int, name: str) -> HttpResponse:
    """Do one of the acts that are open to the person; what is not possible is said, and nothing typed is lost.

    After a refusal the act's address stands in the browser: whoever loads that is shown the request.
    """
    found = _seen(request, number)
    do = _ACTS.get(name)
    if do is None:
        raise Http404
    if request.method != "POST":
        return redirect(found)
    try:
        answer = do(found, request)
    except NotAllowed as refusal:
        context = {"exception": refusal, "back": found.get_absolute_url(), "back_name": found.reference}
        return render(request, "403.html", context, status=403)
    except NotPossible as refusal:
        found.refresh_from_db()
        trouble = _too_late(found, name, request.POST.get("state", "")) or refusal
        typed = {key: request.POST.get(key, "") for key in ("comment", "pointer", "text")}
        context = page_context(request, found) | {"trouble": str(trouble), "typed": typed, "trouble_at": name}
        return render(request, "approvals/request.html", context, status=409)
    return answer or redirect(found)


def _too_late(found: PoolRequest, name: str, seen: str) -> TooLate | None:
    """Return that somebody was faster, where a request was seen in a state that takes the act, and is not any more."""
    sources = ACTS[name].sources
    return TooLate(found.state) if seen in sources and found.state not in sources else None


def _approve(found: PoolRequest, request: UserRequest) -> None:
    said = request.POST
    is_last = deciding.approve(found, by=request.user, comment=said.get("comment", ""), seen=said.get("digest", ""))
    words = "It is approved." if is_last else "Your approval is noted; others have to agree as well."
    messages.success(request, f"{found.reference}: {words}")


def _reject(found: PoolRequest, request: UserRequest) -> None:
    said = request.POST
    deciding.reject(found, by=request.user, comment=said.get("comment", ""), seen=said.get("digest", ""))
    messages.success(request, f"{found.reference} is rejected.")


def _ask_changes(found: PoolRequest, request: UserRequest) -> None:
    said = {name: request.POST.get(name, "") for name in ("comment", "pointer")}
    deciding.ask_changes(found, by=request.user, seen=request.POST.get("digest", ""), **said)
    messages.success(request, f"{found.reference} goes back to {found.author}.")


def _delegate(found: PoolRequest, request: UserRequest) -> None:
    to = User.objects.filter(pk=number_in(request.POST.get("to")) or 0).first()
    if to is None:
        raise NotPossible("Choose who shall decide.")
    deciding.delegate(found, by=request.user, to=to)
    messages.success(request, f"{to} can decide about {found.reference} now, and was told.")


def _comment(found: PoolRequest, request: UserRequest) -> None:
    talking.comment_on(found, by=request.user, comment=request.POST.get("text", ""))


def _withdraw(found: PoolRequest, request: UserRequest) -> None:
    actions.withdraw(found, by=request.user, seen=request.POST.get("state", ""))
    messages.success(request, f"{found.reference} is withdrawn.")


def _ask_quota(found: PoolRequest, request: UserRequest) -> None:
    talking.ask_for_quota(found, by=request.user)
    messages.success(request, "The admins were told.")


_ACTS: dict[str, Callable[[PoolRequest, UserRequest], HttpResponse | None]] = {
    "approve": _approve,
    "reject": _reject,
    "ask-changes": _ask_changes,
    "delegate": _delegate,
    "comment": _comment,
    "withdraw": _withdraw,
    "ask-quota": _ask_quota,
    **{name: partial(press, act=name) for name in ("launch", "retry", "send-again")},
}


def _seen_in_row(request: UserRequest, found: PoolRequest) -> str:
    """Return the digest of what a row of the inbox showed. Raises NotPossible where it does not say."""
    if digest := request.POST.get(f"digest-{found.number}"):
        return digest
    raise NotPossible("It is not said what was seen of it. Look at it before you decide.")


def _seen(request: UserRequest, number: int) -> PoolRequest:
    """Return a request that the person may see."""
    return queries.seen(pk_of(number), request.user, request.cloud)


def _follow(found: PoolRequest, request: UserRequest) -> PoolStatus | None:
    """Bring the request up to date, and return its pool's state; a cloud that is away leaves what is known."""
    session = request.cloud if fits(request.cloud, found) else None
    try:
        return follow(found, session, by=request.user)
    except CloudError as error:
        messages.info(request, f"{error.message} What stands here is the last that is known.")
        return None


def _inbox(request: UserRequest, trouble: str = "") -> HttpResponse:
    rows = queries.waiting(request.user)
    wanted = {name: request.GET.get(name, "") for name in ("cluster", "project", "mark", "by")}
    page = Paginator([one for one in rows if _is_wanted(one, **wanted)], queries.PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": page.object_list,
        "page": page,
        "query": urlencode(wanted),
        "total": len(rows),
        "is_full": len(rows) == queries.MOST_WAITING,
        "clusters": sorted({one.cluster.name for one in rows}),
        "projects": sorted({one.project_name for one in rows}),
        "people": sorted({str(one.author) for one in rows}),
        "marks": [(name, label) for name, (label, _) in MARKS.items()],
        "has_bulk": any(queries.allows_bulk([one]) for one in page.object_list),
        "trouble": trouble,
        **wanted,
    }
    return render(request, "approvals/inbox.html", context, status=409 if trouble else 200)


def _is_wanted(found: PoolRequest, *, cluster: str, project: str, mark: str, by: str) -> bool:
    is_there = cluster in ("", found.cluster.name) and project in ("", found.project_name)
    return is_there and by in ("", str(found.author)) and (not mark or mark in found.marks)
