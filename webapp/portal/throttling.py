"""Slows down who guesses passwords: of this portal's accounts, and of cloud users through this portal."""

from datetime import datetime
from math import ceil

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from webapp.telemetry.addresses import client_address

_LONGEST = 255  # what the table of attempts holds


def cloud_user(user: str, domain: str) -> str:
    """Return the name under which attempts to sign in as a cloud user are counted."""
    return f"cloud:{user}@{domain}".casefold()[:_LONGEST]


def may_try(request: HttpRequest, who: str) -> bool:
    """Return whether somebody may try a password now; if not, the answer becomes the page that says how long."""
    if AxesProxyHandler.is_allowed(request, {"username": who}):
        return True
    request.axes_locked_out, request.axes_credentials = True, {"username": who}  # type: ignore[attr-defined]
    return False


def note_failure(request: HttpRequest, who: str) -> None:
    """Count a wrong password."""
    user_login_failed.send(sender=__name__, credentials={"username": who}, request=request)


def note_success(request: HttpRequest, who: str) -> None:
    """Forget the wrong passwords before this right one."""
    AxesProxyHandler.reset_attempts(username=who, ip_address=client_address(request))


def locked_out(request: HttpRequest, _: HttpResponse | None, credentials: dict[str, str] | None) -> HttpResponse:
    """Answer who tried too often: how long to wait, and what else can be done."""
    seconds = _seconds_left(request, (credentials or {}).get("username", ""))
    context = {"minutes": ceil(seconds / 60), "limit": settings.AXES_FAILURE_LIMIT}
    response = render(request, "portal/locked_out.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _seconds_left(request: HttpRequest, who: str) -> int:
    tries = AccessAttempt.objects.filter(username=who, ip_address=client_address(request))
    last: datetime | None = tries.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    until = (last or timezone.now()) + settings.AXES_COOLOFF_TIME
    return max(1, ceil((until - timezone.now()).total_seconds()))
