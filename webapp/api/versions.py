"""Versions of what is changed: read as ETag, sent back as If-Match."""

import re

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from webapp.api.errors import Invalid

_VERSION = r'^"?([0-9]{1,9})"?$'


def if_match(*, required: bool) -> OpenApiParameter:
    """Describe the header that says which version a change is based on."""
    return OpenApiParameter(
        "If-Match",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        required=required,
        pattern=_VERSION,
        description='The version that you read, such as "3".',
    )


class VersionNeeded(APIException):
    """428: a change without the version that it is based on."""

    status_code = 428
    default_detail = "Send If-Match with the version that you read."


class VersionGone(APIException):
    """412: somebody else changed it in the meantime."""

    status_code = 412
    default_detail = "It was changed in the meantime. Read it again, and repeat your change."


def version_in(request: Request) -> int | None:
    """Return the version that a call is based on, None where it does not say. Raises Invalid."""
    said = request.headers.get("If-Match", "").strip()
    found = re.fullmatch(_VERSION, said)
    if said and not found:
        raise Invalid([("", 'If-Match is the version that you read, such as "3".')])
    return int(found[1]) if found else None
