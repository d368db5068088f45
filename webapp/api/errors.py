"""Every error of the API is a problem document (RFC 9457), the same shape everywhere."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework.exceptions import APIException, NotFound
from rest_framework.exceptions import PermissionDenied as NotAllowed
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from webapp.cloud.errors import CloudError, Throttled, TokenRejected

# What the cloud's refusals are to the caller of this API: the cloud is behind us, so its own errors are a 502.
PREFIX = "/api/"  # of every address of the API
_PASSED_ON = (400, 403, 404, 409)


class ProblemRenderer(JSONRenderer):
    """JSON, named as a problem document."""

    media_type = "application/problem+json"
    format = "problem"


class Invalid(APIException):
    """400: a call that cannot be understood; `places` are pairs of JSON pointer and message."""

    status_code = 400
    default_detail = "The call cannot be understood."

    def __init__(self, places: Iterable[tuple[str, str]]) -> None:
        said = list(places)
        # Whoever reads only the detail shall know what is wrong, where that is one thing.
        super().__init__(said[0][1] if type(self) is Invalid and len(said) == 1 else None)
        self.places = [{"pointer": pointer, "message": message} for pointer, message in said]


class ContentTooLarge(APIException):
    """413: more than a node pool can need."""

    status_code = 413
    default_code = "too_large"


class Unfit(Invalid):
    """422: a call that was understood, but whose content is wrong."""

    status_code = 422
    default_detail = "Nothing was done: there are problems to mend first."


def as_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception of a view into its answer; None lets it become a 500."""
    if isinstance(error, Http404):
        error = NotFound()
    elif isinstance(error, PermissionDenied):
        error = NotAllowed(str(error) or None)
    elif isinstance(error, SuspiciousOperation):
        error = _suspect(error)
    if isinstance(error, CloudError):
        return _of_cloud(error, context)
    if not isinstance(error, APIException):
        return None
    set_rollback()
    more = {"errors": error.places} if isinstance(error, Invalid) else {}
    response = _problem(context, error.status_code, str(error.detail), **more)
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a call that never reached a view; outside of the API by a page."""
    if not _is_call(request):
        return defaults.bad_request(request, exception)
    error = _suspect(exception)
    return plain_problem(error.status_code, str(error.detail))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a call that broke; outside of the API by a page."""
    if not _is_call(request):
        return defaults.server_error(request)
    return plain_problem(500, "Something broke here. Nothing that you sent is to blame; try again, or tell the admin.")


def _is_call(request: HttpRequest) -> bool:
    return request.path.startswith(PREFIX)


def _suspect(error: Exception) -> APIException:
    """Return what Django finds suspicious as an error of the API."""
    if isinstance(error, RequestDataTooBig):
        return ContentTooLarge("The call is larger than any node pool.")
    return Invalid([])


def plain_problem(status: int, detail: str) -> HttpResponse:
    """Return a problem document for a call that no view of the API answers."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JsonResponse(body, status=status, content_type=ProblemRenderer.media_type)


def _of_cloud(error: CloudError, context: dict[str, Any]) -> Response:
    cloud = {name: value for name, value in error.as_dict().items() if name not in ("message", "remedy") and value}
    status = error.status if error.status in _PASSED_ON else 502
    if isinstance(error, TokenRejected):
        status = 403
    response = _problem(context, status, f"{error.message} {error.remedy}".strip(), cloud=cloud)
    if isinstance(error, Throttled):
        response.status_code = response.data["status"] = 503
        response.data["title"] = HTTPStatus(503).phrase
        response["Retry-After"] = str(int(error.retry_after_s) + 1)
    return response


def _problem(context: dict[str, Any], status: int, detail: str, **more: Any) -> Response:
    request = context["request"]
    request.accepted_renderer, request.accepted_media_type = ProblemRenderer(), ProblemRenderer.media_type
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(body, status=status, content_type=ProblemRenderer.media_type)
