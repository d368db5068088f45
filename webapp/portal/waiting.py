"""How many orders wait to be sent, and for how long: asked at each scrape of the metrics."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Case, Count, Min, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from webapp.approvals.queries import unordered
from webapp.approvals.workflow import State
from webapp.pools.models import Creation
from webapp.telemetry.metrics import on_scrape

_QUEUED = Creation.State.QUEUED
_OPEN = (_QUEUED, Creation.State.SENDING, Creation.State.UNKNOWN)


@on_scrape
def orders_waiting() -> Iterator[GaugeMetricFamily]:
    """Return the open orders by state, and the age of the oldest that nobody has sent."""
    orders = Creation.objects.filter(state__in=_OPEN).values_list("state")
    rows = [*orders.annotate(Count("pk"), Min("created_at")), _not_ordered()]
    depth = GaugeMetricFamily("poolwright_orders_open", "Orders that have not come to an end.", labels=["state"])
    for state in _OPEN:
        depth.add_metric([state.value], sum(many for one, many, _ in rows if one == state))
    yield depth
    oldest = min((since for one, _, since in rows if one == _QUEUED and since), default=None)
    age = (timezone.now() - oldest).total_seconds() if oldest else 0
    yield GaugeMetricFamily("poolwright_oldest_waiting_seconds", "Age of the oldest order in the queue.", value=age)


def _not_ordered() -> tuple[str, int, datetime | None]:
    """Return what is said of orders about requests that nobody has made one of: state, number, the earliest time."""
    began = Coalesce(Case(When(state=State.LAUNCHING, then="launched_at"), default="decided_at"), "submitted_at")
    found = unordered().aggregate(many=Count("pk"), since=Min(began))
    return _QUEUED, found["many"], found["since"]
