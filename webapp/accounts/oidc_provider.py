"""The OpenID provider: its addresses, as configured or as it describes itself."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.cache import cache

from webapp.accounts.entering import SWITCHED_OFF, SwitchedOff
from webapp.cloud.addresses import host_of, is_safe
from webapp.outgoing import PinnedSession, matches

log = logging.getLogger(__name__)

FAILURES = {
    "denied": "The sign-in was not confirmed. Try again, or choose another way.",
    "expired": "This sign-in was started in another window or too long ago. Try again.",
    "refused": "The answer of the single sign-on could not be trusted, so you were not signed in. Try again.",
    "unreachable": "The single sign-on does not answer. Try again in a minute, or choose another way.",
    "misconfigured": "The single sign-on is not set up correctly. Tell the operator of this portal.",
    SwitchedOff.code: SWITCHED_OFF,
}
_DISCOVERY = "/.well-known/openid-configuration"
_DISCOVERY_LIFE_S = 3600
_CALLED = {"token_endpoint", "userinfo_endpoint", "jwks_uri"}
_NEEDED = {"authorization_endpoint", *_CALLED}


class OidcFailure(Exception):
    """A sign-in that did not come about; `code` is one of `FAILURES`."""

    def __init__(self, code: str) -> None:
        super().__init__(FAILURES[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Provider:
    """The addresses of the provider; `end_session_endpoint` may be empty."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""


def provider() -> Provider:
    """Return the provider as configured, and for the rest as it describes itself. Raises OidcFailure."""
    given = {name: url for name, url in settings.OIDC_ENDPOINTS.items() if url}
    described = {} if given.keys() >= _NEEDED else _discovered()
    named = {name: str(described.get(name) or "") for name in ("issuer", *settings.OIDC_ENDPOINTS)}
    found = Provider(**{**named, "issuer": named["issuer"] or settings.OIDC_ISSUER, **given})
    _demand_sound(found)
    _demand_allowed(named[name] for name in _CALLED - given.keys())
    return found


def ask(method: str, url: str, **wishes: Any) -> requests.Response:
    """Return the provider's answer to a call of the portal itself. Raises requests.RequestException."""
    with PinnedSession(lambda: settings.OIDC_PRIVATE_HOSTS) as session:
        response = session.request(method, url, timeout=settings.OIDC_TIMEOUT, **wishes)
    if response.status_code != 200:  # a redirect is none
        raise requests.HTTPError(f"{response.status_code} for {url}", response=response)
    return response


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _discovered() -> dict[str, Any]:
    """Return the discovery document, asked once an hour."""
    url = settings.OIDC_ISSUER.rstrip("/") + _DISCOVERY
    document = cache.get(url)
    if document is None:
        document = _fetched(url)
        cache.set(url, document, _DISCOVERY_LIFE_S)
    return dict(document)


def _fetched(url: str) -> dict[str, Any]:
    try:
        document = ask("GET", url).json()
    except requests.RequestException as exc:
        log.warning("single sign-on: %s does not answer: %s", url, type(exc).__name__)
        raise OidcFailure("unreachable") from None
    issuer = document.get("issuer") if isinstance(document, dict) else None
    if not isinstance(issuer, str) or issuer.rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
        log.error("single sign-on: %s does not describe OIDC_ISSUER", url)
        raise OidcFailure("misconfigured")
    return dict(document)


def _demand_sound(found: Provider) -> None:
    """Refuse addresses without TLS, and those to which the browser may not go from a form."""
    for name in settings.OIDC_ENDPOINTS:
        url = getattr(found, name)
        is_optional = name == "end_session_endpoint" and not url
        if not is_optional and not is_safe(urlsplit(url)):
            log.error("single sign-on: the %s of the provider is missing or not https: %r", name, url)
            raise OidcFailure("misconfigured")
    for url in filter(None, (found.authorization_endpoint, found.end_session_endpoint)):
        if origin_of(url) not in settings.OIDC_ORIGINS:
            log.error("single sign-on: add %s to OIDC_ORIGINS", origin_of(url))
            raise OidcFailure("misconfigured")


def _demand_allowed(urls: Iterable[str]) -> None:
    """Refuse what the provider describes and the portal may not call."""
    for url in urls:
        host = host_of(urlsplit(url))
        if not matches(host, settings.OIDC_ALLOWED_HOSTS):
            log.error("single sign-on: add %s to OIDC_ALLOWED_HOSTS", host)
            raise OidcFailure("misconfigured")
