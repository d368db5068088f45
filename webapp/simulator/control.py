"""The control endpoints of the local cloud, and its log (docs/local-cloud.md)."""

from typing import Any

from werkzeug.wrappers import Request, Response

from webapp.simulator.answers import answer
from webapp.simulator.cloud import Cloud

_HIDDEN = ("password", "token", "passcode")
_LOG_SIZE = 500


def control(request: Request, cloud: Cloud) -> Response:
    """Answer one of the control endpoints."""
    if request.path == "/_log":
        with cloud.lock:
            return answer(list(cloud.log))
    if request.path == "/_counts":
        with cloud.lock:
            return answer({"calls": cloud.calls, "created": cloud.created, "clashes": cloud.clashes})
    if request.path == "/_faults":
        return _set_faults(request, cloud)
    if request.path == "/_reset":
        cloud.reset()
    elif request.path == "/_clock":
        cloud.clock.advance(_seconds(request))
    else:
        return answer({"error": "Control endpoints are /_faults, /_log, /_counts, /_clock and /_reset."}, 404)
    return answer({"now": cloud.clock.now()})


def note(request: Request, cloud: Cloud, status: int) -> None:
    """Keep a request in the log, without secrets."""
    body = request.get_json(silent=True) if request.mimetype == "application/json" else None
    entry = {"method": request.method, "path": request.path, "status": status, "body": _redacted(body)}
    entry["request_id"] = request.headers.get("X-Request-Id", "")
    with cloud.lock:
        cloud.log.append(entry)
        del cloud.log[:-_LOG_SIZE]


def _seconds(request: Request) -> float:
    body = request.get_json(silent=True)
    seconds = body.get("advance") if isinstance(body, dict) else 0
    return float(seconds) if isinstance(seconds, (int, float)) else 0.0


def _set_faults(request: Request, cloud: Cloud) -> Response:
    if request.method in ("PUT", "DELETE"):
        try:
            cloud.faults.replace([] if request.method == "DELETE" else request.get_json(silent=True))
        except (ValueError, TypeError) as exc:
            return answer({"error": str(exc)}, 400)
    return answer([vars(one) for one in cloud.faults.listed])


def _redacted(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: "…" if str(key).lower() in _HIDDEN and isinstance(one, str) else _redacted(one)
            for key, one in value.items()
        }
    return [_redacted(one) for one in value] if isinstance(value, list) else value
