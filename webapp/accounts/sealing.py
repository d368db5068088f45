"""The box for secrets that must be kept: sealed by the first of CLOUD_TOKEN_KEYS, opened by any of them.

A column that holds such a text is named `sealed_...`: by that it is found when keys are replaced.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotOpen(ValueError):
    """What was sealed is damaged, or the key that sealed it is gone."""


def seal(plain: str) -> str:
    """Return a text that says nothing without the keys."""
    return _box_of(tuple(settings.CLOUD_TOKEN_KEYS)).encrypt(plain.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed. Raises CannotOpen."""
    try:
        return _box_of(tuple(settings.CLOUD_TOKEN_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen from None


def reseal(sealed: str) -> str:
    """Return what was sealed, sealed by the newest key. Raises CannotOpen."""
    try:
        return _box_of(tuple(settings.CLOUD_TOKEN_KEYS)).rotate(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen from None


@lru_cache(maxsize=4)
def _box_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
