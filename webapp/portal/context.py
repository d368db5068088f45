"""What every page's header shows of the cloud session."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

SOON_S = 15 * 60


def cloud(request: HttpRequest) -> dict[str, Any]:
    """Return the cloud session, the minutes it has left, and whether it ends soon."""
    session = getattr(request, "cloud", None)
    if session is None:
        return {"cloud": None}
    left = session.seconds_left(timezone.now())
    return {"cloud": session, "cloud_minutes": int(left // 60), "cloud_ends_soon": left < SOON_S}
