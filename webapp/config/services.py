"""The services behind the portal, each named by one address; what is not named is embedded."""

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

CONNECT_TIMEOUT_S = 3
POOL_TIMEOUT_S = 5.0  # a person waits: no connection within this time is a 503
_CACHE_TIMEOUT_S = 0.5  # a cache that is slower than this is no help
_SEEN_AGAIN_S = 300  # a task of a worker that was killed goes to another one after this time
_BROKERS = ("redis", "rediss", "amqp", "amqps")


def database(url: str, var_dir: Path, pool_size: int) -> dict[str, Any]:
    """Return Django's settings for the database of this address: PostgreSQL, or without one SQLite in a file."""
    if not url:
        return _sqlite(var_dir)
    parts = _parts("DATABASE_URL", url, ("postgresql", "postgres"))
    return {
        "ENGINE": "webapp.config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,  # a connection that broke while it lay in the pool is replaced, not used
        "OPTIONS": {
            "connect_timeout": CONNECT_TIMEOUT_S,
            **dict(parse_qsl(parts.query)),
            "pool": {
                "min_size": 1,
                "max_size": pool_size,
                "timeout": POOL_TIMEOUT_S,
                "reconnect_timeout": POOL_TIMEOUT_S,  # give up soon, so that the next request tries at once
            },
        },
    }


def cache(url: str, prefix: str) -> dict[str, Any]:
    """Return Django's settings for the cache of this address: Redis, or without one the process's own memory."""
    if not url:
        return {"BACKEND": "webapp.config.cache.LocalCache"}
    _parts("REDIS_URL", url, ("redis", "rediss"))
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return {
        "BACKEND": "webapp.config.cache.ForgivingRedisCache",
        "LOCATION": url,
        "KEY_PREFIX": prefix,
        "OPTIONS": {
            "serializer": "webapp.config.cache.SignedPickles",
            "socket_connect_timeout": _CACHE_TIMEOUT_S,
            "socket_timeout": _CACHE_TIMEOUT_S,
            "retry": Retry(NoBackoff(), 1),  # a connection that a restart of Redis has cut is made anew
        },
    }


def broker(url: str) -> str:
    """Return the address of the broker, empty when there is none."""
    if url:
        _parts("BROKER_URL", url, _BROKERS)
    return url


def broker_options(url: str) -> dict[str, Any]:
    """Return how the broker's transport is to behave; RabbitMQ knows a dead worker by its closed connection."""
    if not url.startswith("redis"):
        return {}
    return {"visibility_timeout": _SEEN_AGAIN_S, "socket_timeout": 5, "socket_connect_timeout": 2}


def broker_tls(url: str) -> dict[str, Any]:
    """Return how a broker that is spoken to by TLS proves who it is.

    Left alone, kombu would ask Redis for no certificate, and RabbitMQ for that of any host.
    """
    scheme = urlsplit(url).scheme
    if scheme == "rediss":
        return {"ssl_cert_reqs": ssl.CERT_REQUIRED}
    if scheme == "amqps":
        return {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": None}  # that of the address
    return {}


def _sqlite(var_dir: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": var_dir / "poolwright.sqlite3",
        "CONN_MAX_AGE": None,  # whoever closes the last connection writes the whole log back: not at each request
        "OPTIONS": {
            # One writer at a time, readers beside it; a writer waits instead of failing.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    }


def _parts(name: str, url: str, schemes: tuple[str, ...]) -> SplitResult:
    """Return the parts of an address; what is wrong with it is said without the address: a password may be in it."""
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise ImproperlyConfigured(f"{name} must be a URL that begins with {schemes[0]}:// and names a host.")
    return parts
