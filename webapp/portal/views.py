"""Home, signing in and out, health."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.accounts import actions
from webapp.accounts.access import signed_in
from webapp.accounts.entering import SwitchedOff, enter, enter_by_cloud, leave, note_refusal
from webapp.accounts.http import UserRequest
from webapp.accounts.models import ApiToken
from webapp.approvals import queries as requests
from webapp.approvals.rights import visible_to
from webapp.portal.forms import ApiTokenForm, CloudForm, PortalForm, TokenForm

_WAYS = {"cloud": "Cloud user", "token": "Cloud token", "portal": "Portal account"}
_RECENT = 20


@signed_in
@require_GET
def home(request: UserRequest) -> HttpResponse:
    """Show what the person can do now, and what happened last."""
    mine = visible_to(request.user).filter(author=request.user).select_related("launch").order_by("-pk")
    waiting = requests.waiting(request.user)
    return render(request, "portal/home.html", {"mine": mine[:_RECENT], "waiting": waiting[:_RECENT]})


@sensitive_post_parameters("password", "passcode", "token")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by one of three ways, and go back to where the person was."""
    way = request.POST.get("way") or request.GET.get("way", "cloud")
    way = way if way in _WAYS else "cloud"
    form = _form(way, request)
    if request.method == "POST" and _entered(request, form, way):
        return redirect(_back(request))
    context = {"form": form, "way": way, "ways": _WAYS, "next": _back(request), "demo": settings.DEMO}
    return render(request, "portal/sign_in.html", context, status=422 if form.errors else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the portal session; the cloud session dies with it."""
    leave(request)
    return redirect("portal:sign-in")


@signed_in
@require_http_methods(["GET", "POST"])
def api_tokens(request: UserRequest) -> HttpResponse:
    """List the person's API tokens; make one, which is shown this once."""
    form = ApiTokenForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        made = actions.make_api_token(request.user, form.cleaned_data["name"], form.cleaned_data["days"])
        form = ApiTokenForm()
    tokens = ApiToken.objects.filter(user=request.user, expiry__gt=timezone.now())
    context = {"form": form, "made": made, "tokens": tokens}
    return render(request, "portal/api_tokens.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def revoke_api_token(request: UserRequest, key: str) -> HttpResponse:
    """Revoke one of the person's API tokens."""
    if not actions.revoke_api_token(request.user, key):
        raise Http404
    messages.success(request, "The token is revoked. What used it is refused from now on.")
    return redirect("portal:api-tokens")


@require_GET
def health(_: HttpRequest) -> HttpResponse:
    """Say that the process and its database work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def _form(way: str, request: HttpRequest) -> Any:
    data = request.POST if request.method == "POST" else None
    if way == "portal":
        return PortalForm(data, request=request)
    if way == "token":
        return TokenForm(data)
    demo = {"domain": "OTC-EU-DE-00000000001000012345", "project": "eu-de_sandbox"} if settings.DEMO else {}
    return CloudForm(data, initial=demo)


def _entered(request: HttpRequest, form: Any, way: str) -> bool:
    """Whether what was typed let the person in."""
    if form.is_valid():
        try:
            _enter(request, form, way)
        except SwitchedOff as exc:
            form.add_error(None, str(exc))
        else:
            return True
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    if codes != {"required"}:
        note_refusal(way, form.cleaned_data.get("user") or form.cleaned_data.get("username") or "")
    return False


def _enter(request: HttpRequest, form: Any, way: str) -> None:
    if isinstance(form, PortalForm):
        enter(request, form.person, way=way)
    else:
        enter_by_cloud(request, form.session, way=way)


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and is_ours else reverse("portal:home")
