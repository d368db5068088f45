"""Single sign-on by OpenID Connect: code flow with state, nonce and PKCE (docs/people.md).

The library does the flow; what it leaves out is here: discovery, whose token it is and for whom, and errors that
have a sentence.
"""

import logging
import time
from typing import Any
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.urls import reverse
from jwt import PyJWK, PyJWTError, get_unverified_header
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.utils import import_from_settings
from mozilla_django_oidc.views import OIDCAuthenticationRequestView

from webapp.accounts.oidc_provider import OidcFailure, Provider, ask, provider

log = logging.getLogger(__name__)

_STATES, _END_SESSION = "oidc_states", "oidc_end_session"
_STATE_LIFE_S = 15 * 60
# Names of the library: names of the discovery document.
_ENDPOINTS = {
    "OIDC_OP_AUTHORIZATION_ENDPOINT": "authorization_endpoint",
    "OIDC_OP_TOKEN_ENDPOINT": "token_endpoint",
    "OIDC_OP_USER_ENDPOINT": "userinfo_endpoint",
    "OIDC_OP_JWKS_ENDPOINT": "jwks_uri",
}


def authorization_url(request: HttpRequest) -> str:
    """Return where the provider asks the person, and keep state, nonce and verifier in the session.

    Raises OidcFailure.
    """
    return str(_Start().get(request)["Location"])


def was_started(request: HttpRequest) -> bool:
    """Whether an answer belongs to a sign-in that this browser started; anybody can write its address."""
    return request.GET.get("state", "") in (request.session.get(_STATES) or {})


def claims_of_answer(request: HttpRequest) -> dict[str, Any]:
    """Return what the provider says of the person who came back from it. Raises OidcFailure."""
    started = _taken(request)
    if "error" in request.GET:
        log.info("single sign-on ended with %r", request.GET["error"][:100])
        raise OidcFailure("denied")
    if started is None:
        raise OidcFailure("expired")
    try:
        claims = OidcBackend().authenticate(request, nonce=started["nonce"], code_verifier=started["code_verifier"])
    except requests.HTTPError as exc:
        log.warning("single sign-on: the provider refused: %s", exc.response.status_code)
        raise OidcFailure("refused") from None
    except requests.RequestException as exc:
        log.warning("single sign-on: no answer: %s", type(exc).__name__)
        raise OidcFailure("unreachable") from None
    except (SuspiciousOperation, PyJWTError, KeyError, TypeError, ValueError) as exc:
        log.warning("single sign-on: the answer was not accepted: %s", type(exc).__name__)
        raise OidcFailure("refused") from None
    if not claims:
        raise OidcFailure("refused")
    return dict(claims)


def remember_provider(request: HttpRequest, known: Provider) -> None:
    """Keep in the session where the provider ends its own, after the person was signed in."""
    request.session[_END_SESSION] = known.end_session_endpoint


def end_session_url(request: HttpRequest) -> str:
    """Return where the provider ends its own session, "" for people who did not come by it.

    The ID token is not kept, so the provider may ask the person to confirm.
    """
    endpoint = request.session.get(_END_SESSION, "")
    if not endpoint:
        return ""
    back = request.build_absolute_uri(reverse("portal:sign-in"))
    query = urlencode({"client_id": settings.OIDC_RP_CLIENT_ID, "post_logout_redirect_uri": back})
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"


def _setting(name: str, *default: Any) -> Any:
    """Return a setting for the library, which knows nothing of discovery."""
    return getattr(provider(), _ENDPOINTS[name]) if name in _ENDPOINTS else import_from_settings(name, *default)


class _Start(OIDCAuthenticationRequestView):
    get_settings = staticmethod(_setting)


class OidcBackend(OIDCAuthenticationBackend):
    """Exchanges the code and checks the ID token; gives the claims, and leaves people to the portal.

    The library's own calls are replaced: they follow redirects, and go wherever a name leads.
    """

    get_settings = staticmethod(_setting)

    def get_token(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return what the provider gives for the code."""
        said, auth = dict(payload), None
        if settings.OIDC_TOKEN_USE_BASIC_AUTH:
            auth = said["client_id"], said.pop("client_secret")
        return dict(ask("POST", self.OIDC_OP_TOKEN_ENDPOINT, data=said, auth=auth).json())

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        """Return the payload of an ID token that this provider made for this portal and that still holds.

        The library checks signature, algorithm, nonce and times that are there, but not the issuer, nor the
        audience, nor that the times are there at all.
        """
        payload: dict[str, Any] = super().verify_token(token, **kwargs)
        audience = payload["aud"] if isinstance(payload["aud"], list) else [payload["aud"]]
        us = self.OIDC_RP_CLIENT_ID
        is_for_us = us in audience and payload.get("azp", us) == us
        if not is_for_us or payload["iss"] != provider().issuer or not payload["sub"] or not payload["exp"]:
            raise SuspiciousOperation("The ID token is of another issuer or for somebody else.")
        return payload

    def retrieve_matching_jwk(self, token: str) -> PyJWK:
        """Return the one key that fits; a provider with a single key need not name it, as the library demands."""
        header = get_unverified_header(token)
        fitting = [
            key
            for key in ask("GET", self.OIDC_OP_JWKS_ENDPOINT).json()["keys"]
            if header.get("kid") in (None, key.get("kid"))
            and key.get("alg", header["alg"]) == header["alg"]
            and key.get("use", "sig") == "sig"
        ]
        if len(fitting) != 1:
            raise SuspiciousOperation("There is not one key that fits the ID token.")
        return PyJWK(fitting[0])

    def get_userinfo(self, access_token: str, id_token: str, payload: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """Return what the provider says of the person, be it signed or not."""
        answer = ask("GET", self.OIDC_OP_USER_ENDPOINT, headers={"Authorization": f"Bearer {access_token}"})
        is_signed = answer.headers.get("Content-Type", "").lower().startswith("application/jwt")
        return self.verify_token(answer.text) if is_signed else dict(answer.json())

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> Any:
        """Return the claims of ID token and user info together."""
        said = self.get_userinfo(access_token, id_token, payload)
        if said["sub"] != payload["sub"]:
            raise OidcFailure("refused")
        return {**payload, **said, "iss": payload["iss"]}


def _taken(request: HttpRequest) -> dict[str, Any] | None:
    """Return what was kept at the start of this sign-in, once and not for long."""
    states = dict(request.session.get(_STATES) or {})
    started = states.pop(request.GET.get("state", ""), None)
    if started is None:
        return None
    request.session[_STATES] = states
    return dict(started) if time.time() - started["added_on"] < _STATE_LIFE_S else None
