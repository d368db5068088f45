"""Requests as the API hands them out: only what the caller may see, and refusals as statuses."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.models import User
from webapp.api.authentication import cloud_of_call
from webapp.api.describing import described
from webapp.api.keys import KEY
from webapp.api.request_forms import RequestSerializer
from webapp.approvals.identity import TokenGone
from webapp.approvals.models import PoolRequest, pk_of
from webapp.approvals.queries import whole
from webapp.approvals.rights import visible_to
from webapp.approvals.workflow import NotAllowed, NotPossible

_NUMBER = r"^NP-([0-9]{1,9})$"


class Conflict(APIException):
    """409: the state does not take this (any more); the detail says why."""

    status_code = 409


def asking(*, errors: Iterable[int] = (409, 422), **more: Any) -> Callable[..., Any]:
    """Describe an operation that asks for something at the cloud: its answer is the request, one for each key."""
    return described(RequestSerializer, cloud=True, parameters=(KEY,), status=201, errors=errors, **more)


def possible(act: Any, *args: Any, **kwargs: Any) -> Any:
    """Do an act; what is not allowed is a 403, as is a token that the cloud rejects, what is not possible a 409."""
    try:
        return act(*args, **kwargs)
    except (NotAllowed, TokenGone) as refusal:
        raise PermissionDenied(str(refusal)) from None
    except NotPossible as refusal:
        raise Conflict(str(refusal)) from None


def seen_request(request: Request, reference: str) -> PoolRequest:
    """Return a request that the caller may see, as the author or in the project of their token.

    Raises Http404, CloudError.
    """
    number = re.fullmatch(_NUMBER, reference)
    seen = whole(visible_to(person_of(request), cloud_of_call(request)))
    found: PoolRequest = get_object_or_404(seen, pk=pk_of(int(number[1])) if number else 0)
    return found


def person_of(request: Request) -> User:
    """Return the caller."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101 - every view demands it
    return person


def answer(found: PoolRequest, status: int = 200) -> Response:
    """Return the answer that shows a request, with its revision as ETag."""
    return Response(RequestSerializer(found).data, status=status, headers={"ETag": f'"{found.revision}"'})
