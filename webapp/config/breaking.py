"""The answer to a request that broke on our side."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from webapp.api.errors import PREFIX, plain_problem, server_error

_AWAY = "The database does not answer. Nothing was changed; try again in a minute."
_TRY_AGAIN_S = "10"


def broken(request: HttpRequest) -> HttpResponse:
    """Say with 503 that the database is away; everything else is a 500."""
    if not isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return server_error(request)
    is_call = request.path.startswith(PREFIX)
    response = plain_problem(503, _AWAY) if is_call else HttpResponse(get_template("503.html").render())
    response.status_code, response["Retry-After"] = 503, _TRY_AGAIN_S
    return response
