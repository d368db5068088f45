"""Typed reading of the environment: a wrong value stops the start with a sentence."""

import math
import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

_ON_THIS_MACHINE = (("http", "127.0.0.1"), ("http", "localhost"))
_SHORTEST_KEY, _FEWEST_CHARACTERS = 50, 5  # as Django's own check for deployment has it
_HIGHEST_PORT = 65535
_RATE = re.compile(r"\d+/([smhd]|(sec|second|min|minute|hour|day)s?)", re.ASCII)
_ORIGIN = re.compile(r"https?://[^/]+")
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """Return a variable, or the default when it is not set."""
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """Return a yes/no variable."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value.lower() in _TRUE


def number(name: str, default: float) -> float:
    """Return a variable that is a number of at least 0."""
    value = text(name, str(default))
    with suppress(ValueError):
        if 0 <= (found := float(value)) < math.inf:
            return found
    raise ImproperlyConfigured(f"{name} must be a number of at least 0, not {value!r}.")


def whole(name: str, default: int, least: int = 0) -> int:
    """Return a variable that is a whole number of at least so much."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and int(value) >= least):
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not {value!r}.")
    return int(value)


def port(name: str, default: int) -> int:
    """Return a variable that is the number of a port."""
    found = whole(name, default)
    if found > _HIGHEST_PORT:
        raise ImproperlyConfigured(f"{name} must be a port, at most {_HIGHEST_PORT}, not {found}.")
    return found


def one_of(name: str, choices: Sequence[str]) -> str:
    """Return a variable that must be one of some words; the first one is the default."""
    value = text(name, choices[0])
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(choices)}, not {value!r}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated variable as a list without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str, default: str) -> list[str]:
    """Return a comma-separated variable of networks, as they are written."""
    return [_understood(name, one, ip_network, "networks such as 10.0.0.0/8") for one in words(name, default)]


def origins(name: str, default: str = "") -> list[str]:
    """Return a comma-separated variable of origins: scheme and host, nothing after them."""
    found = words(name, default)
    for one in found:
        if not _ORIGIN.fullmatch(one):
            raise ImproperlyConfigured(f"{name} must be origins such as https://pools.example.com, not {one!r}.")
    return found


def time_zone(name: str, default: str) -> str:
    """Return a variable that names a time zone."""
    return _understood(name, text(name, default), ZoneInfo, "a time zone such as Europe/Berlin")


def rate(name: str, default: str) -> str:
    """Return a variable that is a number of calls in a time."""
    value = text(name, default)
    if not _RATE.fullmatch(value):
        raise ImproperlyConfigured(f"{name} must be a number per s, min, hour or day such as {default}, not {value!r}.")
    return value


def folder(name: str) -> str:
    """Return a variable that names a folder, which is made where it is missing; empty when it is not set."""
    value = text(name)
    try:
        if value:
            Path(value).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name} must be a folder, not {value!r} ({error.strerror}).") from None
    return value


def needed(name: str) -> str:
    """Return a variable that has no default."""
    if value := os.environ.get(name):
        return value
    raise ImproperlyConfigured(f"Set {name}.")


def web_address(name: str) -> str:
    """Return a needed address: https, or http on this machine."""
    value = needed(name)
    parts = urlsplit(value)
    if not parts.hostname or (parts.scheme != "https" and (parts.scheme, parts.hostname) not in _ON_THIS_MACHINE):
        raise ImproperlyConfigured(f"{name} must be an address that starts with https://, not {value!r}.")
    return value


def secret(name: str) -> str:
    """Return a secret from the variable, or from the file that `<name>_FILE` names; never a default."""
    if value := _value_or_file(name):
        return value
    raise ImproperlyConfigured(f"Set {name}, or {name}_FILE to the path of a file that holds it.")


def optional_secret(name: str) -> str:
    """Return a secret as `secret` does, empty when there is none."""
    return _value_or_file(name)


def fernet_keys(name: str) -> list[str]:
    """Return a secret that is a comma-separated list of Fernet keys, as they are written."""
    keys = [key.strip() for key in secret(name).split(",") if key.strip()]
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(f"{name} must be Fernet keys, which number {place} is not.") from None
    if not keys:
        raise ImproperlyConfigured(f"{name} must be Fernet keys, and holds none.")
    return keys


def passwords() -> list[str]:
    """Return the passwords of the services, as they stand in their addresses."""
    found = [urlsplit(address(name)).password or "" for name in ("DATABASE_URL", "REDIS_URL", "BROKER_URL")]
    return [*found, *map(unquote, found), optional_secret("METRICS_TOKEN")]


def address(name: str) -> str:
    """Return the URL of a service, empty when none is set; the whole of it or its password may come from a file.

    The password of `DATABASE_URL` may stand in `DATABASE_PASSWORD` or in the file that `DATABASE_PASSWORD_FILE` names.
    """
    url = _value_or_file(name)
    password = _value_or_file(name.removesuffix("_URL") + "_PASSWORD")
    if not url or not password:
        return url
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:{quote(password, safe='')}@{host}"))
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not a URL.") from None


def demand_production(secret_key: str, *, debug: bool) -> None:
    """Stop the start of a site that real people are to use with what is for development only."""
    if debug:
        raise ImproperlyConfigured("DEBUG shows secrets to everybody. It needs HTTPS=0, which is for one machine only.")
    is_known = secret_key.startswith(("django-insecure", "change", "secret"))
    if is_known or len(secret_key) < _SHORTEST_KEY or len(set(secret_key)) < _FEWEST_CHARACTERS:
        raise ImproperlyConfigured(f"SECRET_KEY must be random and have at least {_SHORTEST_KEY} characters.")


def _value_or_file(name: str) -> str:
    if value := os.environ.get(name):
        return value
    path = os.environ.get(f"{name}_FILE")
    try:
        return Path(path).read_text().strip() if path else ""
    except (OSError, UnicodeDecodeError) as error:  # neither path nor content: what is wrong may be the secret itself
        why = getattr(error, "strerror", None) or "it is no text"
        raise ImproperlyConfigured(f"{name}_FILE must be the path of a file that can be read ({why}).") from None


def _understood(name: str, value: str, reader: Callable[[str], object], meant: str) -> str:
    """Return a value that a reader takes."""
    try:
        reader(value)
    except (KeyError, OSError, ValueError):
        raise ImproperlyConfigured(f"{name} must be {meant}, not {value!r}.") from None
    return value
