"""How many orders wait to be sent, and for how long: asked at each scrape of the metrics."""

from collections.abc import Iterator

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from webapp.pools.models import Creation
from webapp.telemetry.metrics import on_scrape

_OPEN = (Creation.State.QUEUED, Creation.State.SENDING, Creation.State.UNKNOWN)


@on_scrape
def orders_waiting() -> Iterator[GaugeMetricFamily]:
    """Return the open orders by state, and the age of the oldest that nobody has sent."""
    count = dict(Creation.objects.filter(state__in=_OPEN).values_list("state").annotate(Count("pk")))
    depth = GaugeMetricFamily("poolwright_orders_open", "Orders that have not come to an end.", labels=["state"])
    for state in _OPEN:
        depth.add_metric([state.value], count.get(state, 0))
    yield depth
    oldest = Creation.objects.filter(state=Creation.State.QUEUED).aggregate(since=Min("created_at"))["since"]
    age = (timezone.now() - oldest).total_seconds() if oldest else 0
    yield GaugeMetricFamily("poolwright_oldest_waiting_seconds", "Age of the oldest order in the queue.", value=age)
