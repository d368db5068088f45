"""How an operation stands in the OpenAPI document: its answers, and the errors that any call may get."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from webapp.api.authentication import CLOUD_TOKEN
from webapp.api.errors import Invalid
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
_ALWAYS, _WITH_BODY, _OF_CLOUD = (400, 401, 403, 406, 429), (413, 415), (404, 502, 503)
_FORM = "format"  # of the answer: every operation takes it


def described(
    answer: Any, *, call: Any = None, cloud: bool = False, status: int = 200, errors: Iterable[int] = (), **more: Any
) -> Callable[..., Any]:
    """Describe an operation by its answer, the form of its call, and whether the cloud is asked.

    Where it reads, parameters that are not described are refused.
    """
    parameters = list(more.pop("parameters", ()))
    statuses = {*_ALWAYS, *errors, *(_WITH_BODY if call else ()), *(_OF_CLOUD if cloud else ())}
    describe = extend_schema(
        request=call,
        parameters=[*parameters, *([CLOUD_HEADER] if cloud else []), RETRY_AFTER],
        responses={
            status: answer,
            **{
                (error, "application/problem+json"): OpenApiResponse(ErrorSerializer, _ERRORS[error])
                for error in sorted(statuses)
            },
        },
        **more,
    )
    known = {one.name for one in parameters if one.location == OpenApiParameter.QUERY}
    return lambda view: describe(_strict(view, known))


def _strict(view: Callable[..., Any], known: set[str]) -> Callable[..., Any]:
    """Let a view that reads refuse parameters that it does not know: a mistyped filter would list everything."""

    @wraps(view)
    def strict(self: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        unknown = [name for name in request.query_params if name not in known | {_FORM}]
        if unknown and request.method == "GET":
            there = f"There are: {', '.join(sorted(known))}." if known else "There are none."
            raise Invalid([("", f"There is no parameter {name}. {there}") for name in unknown])
        return view(self, request, *args, **kwargs)

    return strict
