"""Idempotency keys: the same key of the same person is the same request."""

import re
from hashlib import sha256

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from webapp.api.errors import Invalid

_FORM = r"^[!-~]{1,200}$"  # visible ASCII: what every program sends unchanged
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": _FORM},
    OpenApiParameter.HEADER,
    required=True,
    description="The same key is the same request, sent once.",
)


def key_of(request: Request) -> str:
    """Return the key under which a call is kept. Raises Invalid."""
    said = request.headers.get("Idempotency-Key", "").strip()
    if not re.fullmatch(_FORM, said):
        says = "Send an Idempotency-Key of 1 to 200 letters, digits and signs, a new one for each request."
        raise Invalid([("", says)])
    return f"api:{request.user.pk}:{sha256(said.encode()).hexdigest()}"
