"""The cloud session: sealed in the server-side session of one browser, gone at sign-out and at its expiry."""

import json
from contextlib import suppress
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from webapp.accounts.models import User
from webapp.accounts.sealing import CannotOpen, reseal, seal, unseal
from webapp.cloud.tokens import CloudSession

_KEY, _UNTIL = "cloud", "cloud_until"


def store_cloud(request: HttpRequest, session: CloudSession) -> None:
    """Keep a cloud session for this browser."""
    request.session[_KEY] = seal(json.dumps(session.to_json()))
    request.session[_UNTIL] = session.expires_at.isoformat()


def cloud_of(request: HttpRequest) -> CloudSession | None:
    """Return the living cloud session of this browser; one that has run out is dropped."""
    sealed = request.session.get(_KEY)
    session = _opened(sealed) if sealed else None
    if sealed and session is None:
        forget_cloud(request)
    return session


def cloud_of_browser(key: str, person: User) -> CloudSession | None:
    """Return the living cloud session that a person has in another browser, by the key of its session.

    It is read, never copied: with the sign-out there it is gone here.
    """
    store = _browser(key)
    sealed = store.get(_KEY) if store.get(SESSION_KEY) == str(person.pk) else None
    return _opened(sealed) if sealed else None


def forget_cloud(request: HttpRequest) -> None:
    """Drop the cloud session of this browser."""
    request.session.pop(_KEY, None)
    request.session.pop(_UNTIL, None)


def forget_cloud_of_browser(key: str, session: CloudSession) -> None:
    """Drop a cloud session that the cloud rejects from the browser session that holds it; a newer one there stays."""
    store = _browser(key)
    sealed = store.get(_KEY) if key else None
    kept = _opened(sealed) if sealed else None
    if kept and kept.token == session.token:
        store.pop(_KEY)
        store.pop(_UNTIL, None)
        store.save()


def _browser(key: str) -> Any:
    """Return the session of a browser by its key; an empty one where there is none."""
    return import_module(settings.SESSION_ENGINE).SessionStore(session_key=key)


def _opened(sealed: str) -> CloudSession | None:
    """Return a sealed session; None for one that cannot be opened, or has run out."""
    try:
        session = CloudSession.from_json(json.loads(unseal(sealed)))
    except (ValueError, TypeError, KeyError):
        return None
    return session if session.seconds_left(timezone.now()) > 0 else None


def reseal_sessions() -> int:
    """Seal every kept cloud session with the newest key; return how many there were.

    One that its owner changes meanwhile is left: it is sealed with the newest key anyway when it is stored.
    """
    count = 0
    for row in Session.objects.filter(expire_date__gt=timezone.now()).iterator(chunk_size=200):
        kept = row.get_decoded()
        if not kept.get(_KEY):
            continue
        with suppress(CannotOpen):  # sealed with a key that is gone: its owner signs in again
            kept[_KEY] = reseal(kept[_KEY])
            data = Session.objects.encode(kept)
            count += Session.objects.filter(pk=row.pk, session_data=row.session_data).update(session_data=data)
    return count
