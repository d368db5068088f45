"""When a form's proof of origin is out of date: after a sign-in in another tab, or cookies that were cleared."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_NOT_SENT_AGAIN = ("csrfmiddlewaretoken", "_version")
_NEVER_SHOWN = ("password", "passcode", "token")


def send_again(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django gives it
    """Offer to send a form of our own once more with nothing lost; one of another site is refused."""
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in _NOT_SENT_AGAIN and is_ours
    ]
    can_be_sent = is_ours and not any(name in request.POST for name in _NEVER_SHOWN)
    context = {"fields": fields if can_be_sent else (), "can_be_sent": can_be_sent}
    return render(request, "portal/send_again.html", context, status=403)
