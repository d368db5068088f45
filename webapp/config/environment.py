"""Typed reading of the environment: a wrong value stops the start with a sentence."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_ON_THIS_MACHINE = (("http", "127.0.0.1"), ("http", "localhost"))
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
    """Return a numeric variable."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return float(value)
    except ValueError as exc:
        raise ImproperlyConfigured(f"{name} must be a number, not {value!r}.") from exc


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated variable as a list without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


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
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    raise ImproperlyConfigured(f"Set {name}, or {name}_FILE to the path of a file that holds it.")
