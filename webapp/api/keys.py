"""Idempotency keys: the same key of the same person is the same request."""

from hashlib import sha256

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from webapp.api.errors import Invalid

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The same key is the same request, sent once.",
)


def key_of(request: Request) -> str:
    """Return the key under which a call is kept. Raises Invalid."""
    said = request.headers.get("Idempotency-Key", "").strip()
    if not said or len(said) > 200:
        raise Invalid([("", "Send an Idempotency-Key of 1 to 200 characters, a new one for each request.")])
    return f"api:{request.user.pk}:{sha256(said.encode(errors='surrogateescape')).hexdigest()}"
