"""Home, signing in and out."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.accounts import actions
from webapp.accounts.access import page_after_sign_in, signed_in
from webapp.accounts.entering import SwitchedOff, enter, enter_by_cloud, leave, note_refusal
from webapp.accounts.http import UserRequest
from webapp.accounts.models import ApiToken
from webapp.accounts.oidc import end_session_url
from webapp.accounts.oidc_provider import FAILURES
from webapp.approvals import queries as requests
from webapp.approvals.identity import bind_to_browser
from webapp.approvals.rights import visible_to
from webapp.cloud.patience import SIGN_IN_S, patience
from webapp.portal import demo, single_sign_on
from webapp.portal.forms import ApiTokenForm, CloudForm, PasswordForm, PortalForm, TokenForm

_WAYS = {"cloud": "Cloud user", "token": "Cloud token", "portal": "Portal account"}
_ALL_WAYS = {**_WAYS, single_sign_on.WAY: "Single sign-on"}
_RECENT = 20


@signed_in
@require_GET
def home(request: UserRequest) -> HttpResponse:
    """Show what the person can do now, and what happened last."""
    mine = visible_to(request.user).filter(author=request.user).select_related("launch").order_by("-pk")
    waiting = requests.waiting(request.user)
    is_full = len(waiting) == requests.MOST_WAITING
    context = {"mine": mine[:_RECENT], "waiting": waiting[:_RECENT], "count": len(waiting), "is_full": is_full}
    return render(request, "portal/home.html", context)


@sensitive_post_parameters("password", "passcode", "token")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by one of three ways, and go back to where the person was; the fourth leads to another site."""
    way = request.POST.get("way") or request.GET.get("way", "cloud")
    if request.method == "GET" and way == single_sign_on.WAY and settings.OIDC_ENABLED:
        return render(request, "portal/single_sign_on.html", _sign_in_context(request, way))
    way = way if way in _WAYS else "cloud"
    form = _form(way, request)
    if request.method == "POST":
        with patience(SIGN_IN_S):
            if _entered(request, form, way):
                return redirect(page_after_sign_in(request))
    context = {**_sign_in_context(request, way), "form": form, "demo": demo.PEOPLE if settings.DEMO else ()}
    return render(request, "portal/sign_in.html", context, status=422 if form.errors else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the portal session; the cloud session dies with it, and that of the provider is ended there."""
    onward = end_session_url(request)
    leave(request)
    return redirect(onward or "portal:sign-in")


@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@signed_in
@require_http_methods(["GET", "POST"])
def password(request: UserRequest) -> HttpResponse:
    """Let somebody with a portal account change their password; every other browser of theirs is signed out."""
    if not request.user.has_usable_password():
        raise Http404
    form = PasswordForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        actions.change_password(request.user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, "Your password is changed. Your other browsers are signed out.")
        return redirect("portal:home")
    return render(request, "portal/password.html", {"form": form}, status=422 if form.errors else 200)


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


def _sign_in_context(request: HttpRequest, way: str) -> dict[str, Any]:
    return {
        "way": way,
        "ways": _ALL_WAYS if settings.OIDC_ENABLED else _WAYS,
        "next": page_after_sign_in(request),
        "failure": FAILURES.get(request.GET.get("failed", "")),
        "provider": urlsplit(settings.OIDC_ISSUER).netloc,
    }


def _form(way: str, request: HttpRequest) -> Any:
    data = request.POST if request.method == "POST" else None
    if way == "portal":
        return PortalForm(data, request=request)
    if way == "token":
        return TokenForm(data)
    initial = {"domain": demo.DOMAIN, "project": demo.PROJECT} if settings.DEMO else {}
    if project := request.GET.get("project"):
        initial["project"] = project
    return CloudForm(data, initial=initial, request=request)


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
        person = enter_by_cloud(request, form.session, way=way)
        bind_to_browser(request.session.session_key or "", form.session, person)
