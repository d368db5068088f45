"""What the admin's first page shows."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.timesince import timesince

from webapp.approvals.models import UnmatchedFailure
from webapp.approvals.queries import numbers
from webapp.audit.models import AuditLine
from webapp.audit.operating import COUNTED
from webapp.audit.trail import latest_verified
from webapp.notices.models import Delivery
from webapp.portal.plot import NARROW, WIDTH, Plot, plot_of

DAYS, DAYS_NARROW = 30, 10
VERIFIED = 1000
_KEPT_S = 60  # the plot counts a month of lines
_SHOWN = 5
# What is drawn, by the acts of the trail: states are overwritten, the trail is not.
SERIES = {"request.submitted": "submitted", "request.failed": "failed", "request.done": "done"}


@dataclass(frozen=True, slots=True)
class Day:
    """How many requests were submitted, failed and done on a day."""

    day: date
    counts: tuple[int, ...]


def dashboard() -> dict[str, Any]:
    """Return the context of the dashboard."""
    days = cache.get_or_set("admin-dashboard-days", days_until_now, _KEPT_S) or []
    counts = numbers()
    return {
        "numbers": counts,
        "oldest_waiting": _words(counts["oldest_age"]),
        "days": days,
        "series": list(SERIES.values()),
        "plots": [("", _plot(days, WIDTH)), ("for-narrow", _plot(days[-DAYS_NARROW:], NARROW))],
        "days_narrow": DAYS_NARROW,
        "unmatched": UnmatchedFailure.objects.order_by("-count")[:_SHOWN],
        "failed_deliveries": Delivery.objects.filter(state=Delivery.State.FAILED)[:COUNTED].count(),
        "trail": latest_verified(VERIFIED),
    }


def days_until_now() -> list[Day]:
    """Return the last days with their counts, the earliest first."""
    today = timezone.localdate()
    first = today - timedelta(days=DAYS - 1)
    since = timezone.make_aware(datetime.combine(first, time()))
    rows = AuditLine.objects.filter(act__in=SERIES, at__gte=since).order_by()
    counted = rows.values_list("act", TruncDate("at")).annotate(many=Count("pk"))
    found = Counter({(act, day): many for act, day, many in counted})
    dates = (first + timedelta(days=number) for number in range(DAYS))
    return [Day(day, tuple(found[act, day] for act in SERIES)) for day in dates]


def _words(age: timedelta | None) -> str:
    """Return an age in the two largest units that it has."""
    return timesince(timezone.now() - age) if age is not None else ""


def _plot(days: list[Day], width: int) -> Plot:
    return plot_of([(f"{one.day:%d %b}", one.counts) for one in days], list(SERIES.values()), width)
