"""What every page's header shows: the cloud session, and how many notices wait."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from webapp.accounts.queries import roles_of
from webapp.accounts.roles import NO_REQUESTER, Role
from webapp.notices.queries import unread_count

SOON_S = 15 * 60
_MANY_MINUTES = 120  # more than that is said in hours


def cloud(request: HttpRequest) -> dict[str, Any]:
    """Return the cloud session, how long it lives in words, whether it ends today, and whether soon."""
    session = getattr(request, "cloud", None)
    if session is None:
        return {"cloud": None}
    left = session.seconds_left(timezone.now())
    return {
        "cloud": session,
        "cloud_left": _in_words(int(left // 60)),
        "cloud_ends_today": timezone.localdate(session.expires_at) == timezone.localdate(),
        "cloud_ends_soon": left < SOON_S,
    }


def here(request: HttpRequest) -> dict[str, Any]:
    """Return the names of the page and of its room."""
    match = request.resolver_match
    return {"here": match.view_name if match else "", "room": match.app_name if match else ""}


def form_token(request: HttpRequest) -> dict[str, Any]:
    """Return the field against forged requests, made once for all forms of a page."""
    return {"csrf_input": SimpleLazyObject(lambda: csrf_input(request))}


def notices(request: HttpRequest) -> dict[str, Any]:
    """Return how many notices the person has not read; asked for only where a page shows it."""
    return {"unread_notices": SimpleLazyObject(lambda: _unread(request))}


def roles(request: HttpRequest) -> dict[str, Any]:
    """Return whether a person asks for pools, or why not, and the links to all rooms; asked for only where shown."""
    asks = SimpleLazyObject(lambda: Role.REQUESTER in roles_of(getattr(request, "user", None)))
    return {"is_requester": asks, "no_requester": NO_REQUESTER, "nav": lambda: _nav_for(request)}


def _in_words(minutes: int) -> str:
    return f"{minutes} min" if minutes <= _MANY_MINUTES else f"{minutes // 60} h"


def _nav_for(request: HttpRequest) -> str:
    match, person = request.resolver_match, getattr(request, "user", None)
    known = roles_of(person)
    return _nav(
        match.view_name if match else "",
        match.app_name if match else "",
        is_requester=Role.REQUESTER in known,
        is_decider=bool(known & {Role.APPROVER, Role.ADMIN}),
        is_staff=bool(person and person.is_staff),
    )


@lru_cache(maxsize=512)
def _nav(here: str, room: str, **of_person: bool) -> str:
    """Return the links as HTML, drawn once for all that they depend on: they stand on every page."""
    return render_to_string("_nav.html", {"here": here, "room": room, **of_person})


def _unread(request: HttpRequest) -> int:
    person = getattr(request, "user", None)
    return unread_count(person) if person is not None and person.is_authenticated else 0
