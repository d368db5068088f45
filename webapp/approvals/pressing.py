"""Launches from pages: with the token of the browser or the service account, and a moment's wait for the answer."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillRunning
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpResponse

from webapp.accounts.access import sign_in_again
from webapp.accounts.http import UserRequest
from webapp.accounts.session import forget_cloud
from webapp.approvals.actions import Order, ask
from webapp.approvals.following import resend_soon
from webapp.approvals.identity import TokenGone, session_at_hand, session_with
from webapp.approvals.launching import begin, carry_out_soon, launch_soon
from webapp.approvals.models import PoolRequest
from webapp.approvals.rights import demand
from webapp.approvals.workflow import ACTS, NotPossible, State
from webapp.cloud.errors import CloudError
from webapp.cloud.tokens import CloudSession
from webapp.nodepool.facts import Facts

_PATIENCE_S = 2.0


def start(found: PoolRequest, request: UserRequest) -> None:
    """Launch what is approved and shall start at once, and wait a moment, so that most people see the answer."""
    if found.state != State.APPROVED or not found.start_at_once:
        return
    try:
        session = session_with(request.cloud, found)
    except CloudError as error:
        messages.warning(request, f"It was not started. {error.message} {error.remedy}")
        return
    if session:
        by = request.user if request.user.pk == found.author_id else None
        with _told(request):
            _patiently(request, launch_soon(found, session, by=by))


@contextmanager
def _told(request: UserRequest) -> Iterator[None]:
    """Tell somebody why what they asked for was not started; that it was asked for stays."""
    try:
        yield
    except NotPossible as refusal:
        messages.warning(request, f"It was not started. {refusal}")


def ask_and_start(  # noqa: PLR0913 - one keyword each
    order: Order,
    request: UserRequest,
    *,
    known: PoolRequest | None,
    key: str,
    facts: Facts,
    launcher: CloudSession | None,
) -> PoolRequest:
    """Return the request for an order, as `actions.ask` does; what may start at once is launched, as `start` does it.

    A new request is made and its launch begun in one transaction: one turn at the database's one lock. `launcher` is
    whose session launches here. Raises NotPossible.
    """
    assert request.cloud  # noqa: S101 - the caller saw to it
    before: list[dict[str, Any]] = []

    def then(made: PoolRequest) -> None:
        if launcher and made.state == State.APPROVED and made.start_at_once:
            before.append(begin(made, launcher, by=request.user))

    found = ask(order, known=known, by=request.user, session=request.cloud, key=key, facts=facts, then=then)
    if launcher and before:
        with _told(request):
            _patiently(request, carry_out_soon(found, launcher, before[0]))
    else:
        start(found, request)
    return found


def launch_again(found: PoolRequest, request: UserRequest) -> None:
    """Launch a failed request once more, unchanged. Raises NotPossible."""
    demand(request.user, found, ACTS["retry"])
    if session := session_at_hand(request.cloud, found):
        _carry_out(launch_soon, found, session, request)


def press(found: PoolRequest, request: UserRequest, *, act: str) -> HttpResponse | None:
    """Launch, retry or send again as the service account, or with the person's own token.

    Without one they sign in and come back. Raises NotPossible, CloudError.
    """
    demand(request.user, found, ACTS[act])
    session = session_at_hand(request.cloud, found)
    if session is None:
        return sign_in_again(request, found.get_absolute_url(), project=found.project_name)
    _carry_out(resend_soon if act == "send-again" else launch_soon, found, session, request)
    return None


def _carry_out(
    soon: Callable[..., "Future[NotPossible | None]"], found: PoolRequest, session: CloudSession, request: UserRequest
) -> None:
    """Launch or send again; the request goes on with the cloud session of this browser. Raises as `_patiently`."""
    found.launch_session = request.session.session_key or ""
    found.save(update_fields=["launch_session"])
    _patiently(request, soon(found, session, by=request.user))


def _patiently(request: UserRequest, running: "Future[NotPossible | None]") -> None:
    """Wait a moment for a launch; where the cloud rejects the token of this browser, drop it: the page says to sign in.

    Raises NotPossible where somebody else was faster, or the cloud takes no token, CloudError where it cannot be asked.
    """
    try:
        refusal = running.result(timeout=_PATIENCE_S)
    except StillRunning:
        return
    if isinstance(refusal, TokenGone):
        forget_cloud(request)
        request.cloud = None
    if refusal:
        raise refusal
