"""Answers of the cloud's services; each has an error body of its own (docs/cloud-api.md, section 3)."""

import json
from typing import Any

from werkzeug.wrappers import Response


class Refusal(Exception):
    """An error answer, raised from anywhere below a request."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """Return a JSON answer; underscores in header names become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(json.dumps(body), status, named, content_type="application/json")


_REASONS = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict"}


def cce_error(status: int, code: str, message: str, **headers: str) -> Refusal:
    """Return a refusal of CCE in its long form (3.1)."""
    reason = _REASONS.get(status, "InternalError")
    body = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "code": status,
        "errorCode": code,
        "errorMessage": f"{reason}.",
        "error_code": code,
        "error_msg": message,
        "reason": reason,
        "message": message,
    }
    return Refusal(answer(body, status, **headers))


def iam_error(status: int, message: str) -> Refusal:
    """Return a refusal of IAM."""
    title = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}.get(status, "Bad Request")
    return Refusal(answer({"error": {"code": status, "message": message, "title": title}}, status))


def gateway_error(status: int, code: str, message: str) -> Refusal:
    """Return a refusal of the gateway before any service."""
    return Refusal(answer({"error_msg": message, "error_code": code, "request_id": "gateway"}, status))


def service_error(status: int, code: str, message: str) -> Refusal:
    """Return a refusal of ECS and EVS."""
    return Refusal(answer({"error": {"code": code, "message": message}}, status))


def nova_error(status: int, message: str) -> Refusal:
    """Return a refusal of ECS in the words of nova."""
    name = {404: "itemNotFound", 403: "forbidden"}.get(status, "badRequest")
    return Refusal(answer({name: {"code": status, "message": message}}, status))


def neutron_error(status: int, kind: str, message: str) -> Refusal:
    """Return a refusal of neutron."""
    return Refusal(answer({"NeutronError": {"type": kind, "message": message, "detail": ""}}, status))


def vpc_error(status: int, code: str, message: str) -> Refusal:
    """Return a refusal of VPC and EIP."""
    return Refusal(answer({"code": code, "message": message}, status))


def kms_error(status: int, code: str, message: str) -> Refusal:
    """Return a refusal of KMS."""
    return Refusal(answer({"error": {"error_code": code, "error_msg": message}}, status))
