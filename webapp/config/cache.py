"""The caches: in the process, and in a Redis that can be lost at any time: whatever fails is a miss."""

import hmac
import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisSerializer
from django.core.signing import BadSignature
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

PAUSE_S = 5.0  # after a failure nobody waits for Redis for this long
_SAID_EVERY_S = 60.0
_SIGNATURE_BYTES = 32
Answer = TypeVar("Answer")


class _Health:
    """What this process knows of its Redis; shared by its threads."""

    dead_until = 0.0
    said_at = -_SAID_EVERY_S

    def failed(self, error: Exception) -> None:
        now = time.monotonic()
        self.dead_until = now + PAUSE_S
        if now - self.said_at >= _SAID_EVERY_S:
            self.said_at = now
            log.warning("The cache does not work (%s); the portal goes on without it.", type(error).__name__)


health = _Health()


class SignedPickles(RedisSerializer):
    """Values as pickles with a signature: who can write to Redis cannot make the portal run something."""

    def dumps(self, obj: Any) -> Any:
        """Return what is stored; whole numbers stay numbers so that Redis can count."""
        value: Any = super().dumps(obj)
        return _signature(value) + value if isinstance(value, bytes) else value

    def loads(self, data: bytes) -> Any:  # type: ignore[override] # narrower: what Redis gives
        """Return the value. Raises BadSignature."""
        if data.removeprefix(b"-").isdigit():
            return int(data)
        signature, value = data[:_SIGNATURE_BYTES], data[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(_signature(value), signature):
            raise BadSignature("The cache holds a value that the portal did not write.")
        return super().loads(value)


class _OwnKeys:
    """Keys that the portal makes itself: they need no look at each letter, which is for memcached alone."""

    def validate_key(self, key: str) -> None:
        """Take every key."""


class LocalCache(_OwnKeys, LocMemCache):
    """Django's cache in the memory of this process."""


class ForgivingRedisCache(_OwnKeys, RedisCache):
    """Django's cache in Redis, where every failure is a miss."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return the value or the default."""
        return self._try(default, lambda: super(ForgivingRedisCache, self).get(key, default, version))

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """Return the values that are there."""
        return self._try({}, lambda: super(ForgivingRedisCache, self).get_many(list(keys), version))

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Return whether the key was free; without Redis it is: each caller then does the work itself."""
        return self._try(True, lambda: super(ForgivingRedisCache, self).add(key, value, timeout, version))

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value, if that is possible."""
        self._try(None, lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version))

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        """Keep values; return the keys of those that were not kept."""
        return self._try(list(data), lambda: super(ForgivingRedisCache, self).set_many(data, timeout, version))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Return whether the key was there and lives on."""
        return self._try(False, lambda: super(ForgivingRedisCache, self).touch(key, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Return whether there was something to delete."""
        return self._try(False, lambda: super(ForgivingRedisCache, self).delete(key, version))

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        """Delete what is there."""
        self._try(None, lambda: super(ForgivingRedisCache, self).delete_many(list(keys), version))

    def has_key(self, key: str, version: int | None = None) -> bool:
        """Return whether a key is there."""
        return self._try(False, lambda: super(ForgivingRedisCache, self).has_key(key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Return the number, grown. Raises ValueError where there is none."""
        count = self._try(None, lambda: super(ForgivingRedisCache, self).incr(key, delta, version))
        if count is None:
            raise ValueError(f"Key {key!r} not found")
        return int(count)

    def clear(self) -> None:
        """Forget everything."""
        self._try(None, super().clear)

    def is_alive(self) -> bool:
        """Return whether Redis answers now."""
        try:
            return bool(self._cache.get_client().ping())
        except (RedisError, OSError):
            return False

    @staticmethod
    def _try(otherwise: Answer, call: Callable[[], Answer]) -> Answer:
        if time.monotonic() < health.dead_until:
            return otherwise
        try:
            return call()
        except BadSignature as exc:
            log.warning("%s", exc)
        except (RedisError, OSError) as exc:
            health.failed(exc)
        return otherwise


def _signature(value: bytes) -> bytes:
    return hmac.digest(b"cache:" + settings.SECRET_KEY.encode(), value, "sha256")
