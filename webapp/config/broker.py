"""Redis as a broker that goes away while workers are busy (its alias is set in `celery.py`)."""

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as ConnectionLost


class _Channel(redis.Channel):
    """A channel that says so when its connection was given up.

    Celery gives up a connection that broke, and then closes it: tasks in hand are to be handed back by a connection of
    which nothing is left. kombu 5.7 meets that with an AttributeError, of which the worker dies; lost connections it
    foresees. The tasks come back by themselves, or are asked for again by sweeps.
    """

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection is None or self.connection.client is None:
            raise ConnectionLost("The connection to the broker was given up.")
        return super()._connparams(asynchronous=asynchronous)


class Transport(redis.Transport):
    """Redis, with such channels."""

    Channel = _Channel
