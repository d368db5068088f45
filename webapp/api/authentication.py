"""Who calls: a personal API token, or the browser's session with its CSRF token."""

from typing import Any

from django.db import DataError
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from webapp.accounts.actions import note_use
from webapp.cloud.iam import session_from_token
from webapp.cloud.tokens import CloudSession

CLOUD_TOKEN = "X-Cloud-Token"  # noqa: S105 - the name of a header
_MOST = 32768  # characters; tokens of the cloud have some thousands


class PersonalToken(TokenAuthentication):
    """`Authorization: Token ...` with a token made in the portal."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        """Return person and token. Raises AuthenticationFailed."""
        try:
            person, found = super().authenticate_credentials(token)
        except (UnicodeDecodeError, DataError):  # not UTF-8, or what no database looks up
            raise AuthenticationFailed("Invalid token.") from None
        note_use(found)
        return person, found


class PersonalTokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes personal tokens."""

    target_class = PersonalToken
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - its signature
        """Return the security scheme object."""
        says = "A personal API token, made in the portal: `Token <token>`."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": says}


def cloud_of_call(request: Request) -> CloudSession | None:
    """Return the cloud session of a call: of its own token, which is kept for this call alone, or of the browser.

    Raises CloudError; TokenRejected when the cloud does not take the token.
    """
    if not hasattr(request, "cloud_of_call"):
        request.cloud_of_call = _brought(request)
    found: CloudSession | None = request.cloud_of_call
    return found


def _brought(request: Request) -> CloudSession | None:
    token = request.headers.get(CLOUD_TOKEN, "").strip()
    if token:
        if len(token) > _MOST or not token.isascii() or not token.isprintable():
            raise AuthenticationFailed(f"{CLOUD_TOKEN} is no token of the cloud.")
        return session_from_token(token)
    found: CloudSession | None = getattr(request, "cloud", None)
    return found
