"""What a view may rely on in a request."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from webapp.accounts.models import User
from webapp.cloud.tokens import CloudSession

LARGEST_KEY = 2**63 - 1  # of a row in the database


def number_in(text: str | None) -> int | None:
    """Return the whole number that stands in a form or an address, at most the largest key; None where it is none."""
    return min(int(text), LARGEST_KEY) if text and text.isdecimal() and len(text) < 20 else None


class UserRequest(HttpRequest):
    """A request of a signed-in person; `cloud` is None without a living token."""

    user: User
    cloud: CloudSession | None
    htmx: HtmxDetails
