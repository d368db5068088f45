"""Secrets at rest: sealed with keys that can be rotated."""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotOpen(Exception):
    """Something was sealed with a key that is gone, or was altered."""


def seal(secret: str) -> str:
    """Return a secret in the form that may be stored."""
    return _box().encrypt(secret.encode()).decode()


def opened(sealed: str) -> str:
    """Return what was sealed. Raises CannotOpen."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen from None


def _box() -> MultiFernet:
    return _box_of(tuple(settings.CLOUD_TOKEN_KEYS))


@lru_cache(maxsize=4)
def _box_of(keys: tuple[str, ...]) -> MultiFernet:
    """Return the box for these keys: the first one seals, any of them opens."""
    return MultiFernet([Fernet(key) for key in keys])
