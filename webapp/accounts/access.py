"""Who may see a page: signed in to the portal, or with a living token of the cloud as well."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from webapp.accounts.roles import Role

View = Callable[..., HttpResponse]


def sign_in_again(request: HttpRequest, back: str, *, project: str = "") -> HttpResponse:
    """Send the person to the sign-in page, perhaps for a project, and back to `back`; never a page in a fragment."""
    wanted = {"next": back} | ({"project": project} if project else {})
    url = f"{reverse('portal:sign-in')}?{urlencode(wanted)}"
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else HttpResponseRedirect(url)


def page_of(request: HttpRequest) -> str:
    """Return the page that a request comes from: for fragments and posts the one that the person looks at."""
    shown = request.headers.get("HX-Current-URL") or (request.headers.get("Referer") if request.method != "GET" else "")
    if not shown:
        return request.get_full_path()
    parts = urlsplit(shown)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def page_after_sign_in(request: HttpRequest) -> str:
    """Return the page that the person wanted; never one of another site."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and is_ours else reverse("portal:home")


def signed_in(view: View) -> View:
    """Let only people in who are signed in to the portal."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_again(request, page_of(request))
        return view(request, *args, **kwargs)

    return guarded


def cloud_needed(view: View) -> View:
    """Let only people in who have a living token of the cloud as well."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated or request.cloud is None:
            return sign_in_again(request, page_of(request))
        return view(request, *args, **kwargs)

    return guarded


def role_needed(*roles: Role) -> Callable[[View], View]:
    """Let only people in who have one of these roles."""

    def decorated(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_role(*roles):
                raise PermissionDenied(for_whom(roles))
            return view(request, *args, **kwargs)

        return signed_in(guarded)

    return decorated


def for_whom(roles: tuple[Role, ...]) -> str:
    """Return the sentence that says who may see a page."""
    return f"This page is for people with the role {' or '.join(role.label.lower() for role in roles)}."
