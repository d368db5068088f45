"""How an operation stands in the OpenAPI document: its answers, and the errors that any call may get."""

from collections.abc import Callable, Iterable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from webapp.api.authentication import CLOUD_TOKEN
from webapp.api.serializers import ErrorSerializer

_ERRORS = {
    400: "The call cannot be understood.",
    401: "No valid API token or session.",
    403: "Not allowed, or a cloud token is missing or not taken by the cloud.",
    404: "Not there, or not yours.",
    406: "Another form of answer was asked for.",
    409: "Its state does not take this (any more).",
    412: "It was changed in the meantime.",
    413: "The body is larger or nested deeper than any node pool.",
    415: "The body is not sent as application/json.",
    422: "The content is wrong; see errors.",
    428: "If-Match is needed.",
    429: "Too many calls; see Retry-After.",
    502: "The cloud did not do what was asked.",
    503: "The cloud asks to slow down; see Retry-After.",
}
CLOUD_HEADER = OpenApiParameter(
    CLOUD_TOKEN, str, OpenApiParameter.HEADER, description="A token of the cloud, for this call only."
)
CURSOR = OpenApiParameter("cursor", str, description="Where the page begins: taken from `next` or `previous`.")
RETRY_AFTER = OpenApiParameter(
    "Retry-After", int, OpenApiParameter.HEADER, response=[429, 503], description="Seconds to wait."
)
_ALWAYS, _WITH_BODY, _OF_CLOUD = (401, 403, 406, 429), (400, 413, 415), (404, 502, 503)


def described(
    answer: Any, *, call: Any = None, cloud: bool = False, status: int = 200, errors: Iterable[int] = (), **more: Any
) -> Callable[..., Any]:
    """Describe an operation by its answer, the form of its call, and whether the cloud is asked."""
    statuses = {*_ALWAYS, *errors, *(_WITH_BODY if call else ()), *(_OF_CLOUD if cloud else ())}
    return extend_schema(
        request=call,
        parameters=[*more.pop("parameters", ()), *([CLOUD_HEADER] if cloud else []), RETRY_AFTER],
        responses={
            status: answer,
            **{
                (error, "application/problem+json"): OpenApiResponse(ErrorSerializer, _ERRORS[error])
                for error in sorted(statuses)
            },
        },
        **more,
    )
