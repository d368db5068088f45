"""What a view may rely on in a request."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from webapp.accounts.models import User
from webapp.cloud.tokens import CloudSession


class UserRequest(HttpRequest):
    """A request of a signed-in person; `cloud` is None without a living token."""

    user: User
    cloud: CloudSession | None
    htmx: HtmxDetails
