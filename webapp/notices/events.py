"""What people and programs can be told of."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class Event(models.TextChoices):
    """An event in the life of a request; the label is what a person chooses it by."""

    WAITING = "waiting", "A request waits for my decision"
    SUBMITTED = "submitted", "A request is submitted"
    DECIDED = "decided", "A request is decided"
    WITHDRAWN = "withdrawn", "A request that I decide or decided about is withdrawn"
    COMMENTED = "commented", "Somebody comments on a request"
    EXPIRING = "expiring", "A request is about to expire"
    LAUNCHED = "launched", "A request is launched"
    READY = "ready", "A node pool is ready"
    FAILED = "failed", "A launch has failed"


# The event of the test button: no person chooses it, every webhook takes it.
TEST = "test"
CONFIRM = "confirm"  # of the mail that asks whether an address is right


def demand_known(events: Any) -> None:
    """Raise ValidationError for anything but a list of events."""
    if not isinstance(events, list) or not events or not all(one in Event.values for one in events):
        raise ValidationError("Choose at least one of the events.")
