"""The way to the OpenID provider and back."""

from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts import oidc
from webapp.accounts.access import View, page_after_sign_in
from webapp.accounts.entering import SwitchedOff, enter, note_refusal
from webapp.accounts.oidc_people import person_of_claims
from webapp.accounts.oidc_provider import OidcFailure, provider

WAY = "oidc"
_NEXT = "oidc_next"


def _switched_on(view: View) -> View:
    """Have the page only where single sign-on is configured."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.OIDC_ENABLED:
            raise Http404
        return view(request)

    return guarded


@require_POST
@_switched_on
def start(request: HttpRequest) -> HttpResponse:
    """Send the person to the provider; a POST, so that no other site can do it."""
    request.session[_NEXT] = page_after_sign_in(request)
    try:
        return HttpResponseRedirect(oidc.authorization_url(request))
    except OidcFailure as exc:
        return _not_signed_in(exc.code, request.session[_NEXT])


@require_GET
@_switched_on
def come_back(request: HttpRequest) -> HttpResponse:
    """Sign in whom the provider sent back, and go on to where the person was."""
    onward = request.session.get(_NEXT) or reverse("portal:home")
    was_started = oidc.was_started(request)
    try:
        claims, known = oidc.claims_of_answer(request), provider()
        enter(request, person_of_claims(claims), way=WAY)
    except (OidcFailure, SwitchedOff) as exc:
        if was_started:
            note_refusal(WAY, "")
        return _not_signed_in(exc.code, onward)
    oidc.remember_provider(request, known)
    return redirect(onward)


def _not_signed_in(code: str, onward: str) -> HttpResponse:
    query = urlencode({"way": WAY, "failed": code, "next": onward})
    return redirect(f"{reverse('portal:sign-in')}?{query}")
