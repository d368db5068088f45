"""The one place that speaks HTTP: allowed hosts, timeouts, safe repeats, one family of errors out."""

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings

from webapp.cloud.addresses import host_of, is_safe
from webapp.cloud.breaker import Breaker, breaker_of
from webapp.cloud.errors import (
    CloudError,
    CloudUnreachable,
    HostNotAllowed,
    LeftAlone,
    OutcomeUnknown,
    Refused,
    Throttled,
    TokenRejected,
    meaning_of,
)
from webapp.cloud.patience import SIGN_IN_S, left_s
from webapp.cloud.places import allowed_hosts
from webapp.outgoing import PinnedSession, matches, was_pinned_out
from webapp.telemetry import metrics, request_ids

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 3.05
REPEATS = 2
LONGEST_WAIT_S = 5.0  # a person waits on the other side
_SHORTEST_S = 0.05  # a call that may take less is not begun
_MAX_ANSWER = 20 * 1024 * 1024
_TRY_AGAIN = (502, 503, 504)
_POINTER = re.compile(r"^(/(?:metadata|spec|kind|apiVersion)[^\s:]*(?::passthrough)?): ")
_local = threading.local()


@dataclass(frozen=True)
class Call:
    """A request to be made. `wait` is how time goes by between repeats."""

    method: str
    url: str
    token: str = field(default="", repr=False)
    body: Any = field(default=None, repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    service: str = "identity"
    secrets: tuple[str, ...] = field(default=(), repr=False)
    changes: bool = True
    wait: Callable[[float], None] = field(default=time.sleep, repr=False)

    @property
    def is_read(self) -> bool:
        """Whether a repeat can do no harm."""
        return self.method == "GET" or not self.changes


def send(call: Call) -> requests.Response:
    """Return the answer to a call, repeated where that is safe.

    Raises CloudError of the kind that fits.
    """
    demand_allowed(call.url)
    breaker = breaker_of(call.service, urlsplit(call.url).netloc)
    with breaker.slot():
        return _repeated(call, breaker)


def _repeated(call: Call, breaker: Breaker) -> requests.Response:
    for attempt in range(REPEATS + 1):
        try:
            return _guarded(call, breaker)
        except LeftAlone:
            raise
        except Throttled as exc:
            pause = exc.retry_after_s
            if attempt == REPEATS or pause > min(LONGEST_WAIT_S, _left_s(call)):
                raise
        except CloudUnreachable as exc:
            pause = 0.2 * (attempt + 1)
            is_hopeless = not call.is_read or exc.status not in (None, *_TRY_AGAIN) or pause > _left_s(call)
            if attempt == REPEATS or is_hopeless:
                raise
        call.wait(pause)
    raise AssertionError("unreachable")


def longest_s() -> float:
    """Return how long a call can take at most, with its repeats."""
    return (REPEATS + 1) * (CONNECT_TIMEOUT_S + settings.CLOUD_TIMEOUT_S) + REPEATS * LONGEST_WAIT_S


def answered(response: requests.Response) -> Any:
    """Return the JSON of an answer. Raises CloudUnreachable where it is none."""
    try:
        return response.json()
    except ValueError:
        raise CloudUnreachable(
            "The cloud gave an answer that cannot be read.",
            remedy="Try again in a minute; if it stays, tell the operator of this portal.",
            status=response.status_code,
            request_id=_request_id(response),
        ) from None


def demand_allowed(url: str) -> None:
    """Raise HostNotAllowed unless the operator allows this address."""
    parts = urlsplit(url)
    host = host_of(parts)
    is_plain = not parts.username and host.isascii() and "\\" not in url
    if not (is_plain and is_safe(parts, settings.CLOUD_PRIVATE_HOSTS) and matches(host, allowed_hosts())):
        raise _not_allowed(host)


def _guarded(call: Call, breaker: Breaker) -> requests.Response:
    """Make a call unless its service is left alone, and note whether it answered."""
    breaker.demand_closed()
    if _left_s(call) < _SHORTEST_S:
        raise _too_slow()
    was_cut = _left_s(call) < min(settings.CLOUD_TIMEOUT_S, SIGN_IN_S - 1)
    try:
        response = _once(call)
    except (CloudUnreachable, OutcomeUnknown) as exc:
        if exc.status is not None or not was_cut:
            breaker.failed()
        raise _too_slow() if was_cut and exc.status is None and not _left_s(call) else exc from None
    except CloudError:
        breaker.answered()
        raise
    breaker.answered()
    return response


def _left_s(call: Call) -> float:
    """Return how long a call may take: what changes something takes as long as it takes."""
    return left_s() if call.is_read else float("inf")


def _too_slow() -> CloudUnreachable:
    return CloudUnreachable("The cloud is slow to answer.", remedy="Nothing was changed. Try again in a moment.")


def _once(call: Call) -> requests.Response:
    started = time.monotonic()
    status: int | str = "none"
    try:
        response = _asked(call)
        status = response.status_code
    except requests.ConnectTimeout:
        raise _no_answer(call, was_sent=False) from None
    except requests.RequestException as exc:
        if was_pinned_out(exc):
            raise _not_allowed(urlsplit(call.url).hostname or "") from None
        raise _no_answer(call, was_sent=not _was_refused(exc)) from None
    finally:
        _note(call, status, time.monotonic() - started)
    if response.status_code >= 300 or len(response.content) > _MAX_ANSWER:
        raise _error_of(response, call)
    return response


def _asked(call: Call) -> requests.Response:
    headers = {"Content-Type": "application/json", "Accept": "application/json", **call.headers}
    if call.token:
        headers["X-Auth-Token"] = call.token
    if request_id := request_ids.current():
        headers[request_ids.HEADER] = request_id
    return _session().request(
        call.method,
        call.url,
        json=call.body,
        params=dict(call.query),
        headers=headers,
        timeout=(min(CONNECT_TIMEOUT_S, _left_s(call)), min(settings.CLOUD_TIMEOUT_S, _left_s(call))),
    )


def _note(call: Call, status: int | str, seconds: float) -> None:
    """Count a call and write it into the log."""
    metrics.CLOUD_CALLS.labels(call.service, call.method, status).observe(seconds)
    said = {"service": call.service, "status": status, "duration_ms": round(seconds * 1000, 1)}
    path = urlsplit(call.url).path
    log.info("cloud %s %s %s %.0f ms", call.method, path, status, seconds * 1000, extra=said)


def _not_allowed(host: str) -> HostNotAllowed:
    return HostNotAllowed(
        f"The address {host[:80] or 'without a host'} is not one that this portal may call.",
        remedy="If it belongs to your cloud, ask the operator to add it to the allowed hosts.",
    )


def _session() -> PinnedSession:
    """Return this thread's session: connections are kept, cookies and .netrc are not used."""
    session: PinnedSession | None = getattr(_local, "session", None)
    if session is None:
        session = _local.session = PinnedSession(lambda: settings.CLOUD_PRIVATE_HOSTS, connections=4)
    session.cookies.clear()
    return session


def _was_refused(exc: requests.RequestException) -> bool:
    """Whether the connection never came about, so that nothing was sent."""
    return isinstance(exc, requests.ConnectionError) and "NewConnectionError" in repr(exc)


def _no_answer(call: Call, *, was_sent: bool) -> CloudError:
    if call.is_read or not was_sent:
        return CloudUnreachable(
            "The cloud does not answer.", remedy="Nothing was changed. Try again in a minute; what you typed is kept."
        )
    return OutcomeUnknown(
        "The request was sent, but its answer never came.",
        remedy="It may have been done. The portal looks before anything is sent again.",
    )


def _error_of(response: requests.Response, call: Call) -> CloudError:
    code, detail = _said(response)
    for secret in (call.token, *call.secrets):
        detail = detail.replace(secret, "…") if secret else detail
    status = response.status_code
    kind, meaning = _kind(status, call), meaning_of(status, code)
    blamed = _POINTER.match(detail)
    error = kind(
        meaning.message,
        remedy=meaning.remedy,
        status=status,
        code=code,
        request_id=_request_id(response),
        detail=detail,
        pointer=blamed[1] if blamed else meaning.pointer,
    )
    if isinstance(error, Throttled):
        wait = response.headers.get("Retry-After", "")
        error.retry_after_s = float(wait) if wait.isdecimal() else 60.0
    return error


def _kind(status: int, call: Call) -> type[CloudError]:
    if status == 401:
        return TokenRejected
    if status == 429:
        return Throttled
    if status >= 500 or status < 400:
        return CloudUnreachable if call.is_read else OutcomeUnknown
    return Refused


def _said(response: requests.Response) -> tuple[str, str]:
    """Return code and text of an error body, whatever its service (docs/cloud-api.md 3.1 and 3.4)."""
    try:
        body = response.json()
    except ValueError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    inner = next(
        (one for one in body.values() if isinstance(one, dict) and ("message" in one or "error_msg" in one)), {}
    )
    said = {**body, **inner}
    text = next((said[key] for key in ("message", "errorMessage", "error_msg") if isinstance(said.get(key), str)), "")
    codes = (said.get(key) for key in ("errorCode", "error_code", "code"))
    return next((one for one in codes if isinstance(one, str)), ""), text[:2000]


def _request_id(response: requests.Response) -> str:
    return response.headers.get("X-Request-Id", "")[:64]
