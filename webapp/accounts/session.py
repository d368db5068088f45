"""The cloud session: sealed in the server-side session of one browser, gone at sign-out and at its expiry."""

import json

from django.http import HttpRequest
from django.utils import timezone

from webapp.accounts.sealing import CannotOpen, opened, seal
from webapp.cloud.tokens import CloudSession

_KEY, _UNTIL = "cloud", "cloud_until"


def store_cloud(request: HttpRequest, session: CloudSession) -> None:
    """Keep a cloud session for this browser."""
    request.session[_KEY] = seal(json.dumps(session.to_json()))
    request.session[_UNTIL] = session.expires_at.isoformat()


def cloud_of(request: HttpRequest) -> CloudSession | None:
    """Return the living cloud session of this browser; one that has run out is dropped."""
    sealed = request.session.get(_KEY)
    if not sealed:
        return None
    try:
        session = CloudSession.from_json(json.loads(opened(sealed)))
    except (CannotOpen, ValueError, TypeError, KeyError):
        forget_cloud(request)
        return None
    if session.seconds_left(timezone.now()) <= 0:
        forget_cloud(request)
        return None
    return session


def forget_cloud(request: HttpRequest) -> None:
    """Drop the cloud session of this browser."""
    request.session.pop(_KEY, None)
    request.session.pop(_UNTIL, None)
