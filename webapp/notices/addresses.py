"""Where webhooks may go, and how an address is shown: its path may be a secret of the receiver."""

from fnmatch import fnmatchcase
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from webapp.cloud.addresses import LOOPBACK, host_of


def demand_callable(url: str) -> None:
    """Raise ValidationError unless webhooks may go to this address.

    With WEBHOOK_ALLOWED_HOSTS these hosts alone, by https or http; without it every host by https, and this
    machine by http.
    """
    parts = _parts(url)
    if parts is None:
        raise ValidationError("Give an address such as https://tools.example.com/hooks, without user or password.")
    host = host_of(parts)
    patterns = settings.WEBHOOK_ALLOWED_HOSTS
    if patterns and not any(fnmatchcase(host, one) for one in patterns):
        raise ValidationError("The operator does not allow webhooks to this host (WEBHOOK_ALLOWED_HOSTS).")
    if not patterns and parts.scheme != "https" and host not in LOOPBACK:
        raise ValidationError("Use https: what is sent over http can be read on the way.")


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address, for logs and lists."""
    parts = _parts(url)
    return f"{parts.scheme}://{parts.netloc}" if parts else ""


def absolute(path: str) -> str:
    """Return the whole address of one of the portal's pages. Raises ValueError for anything but a path."""
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"{path[:80]!r} is not a path of this portal.")
    return settings.PORTAL_URL.rstrip("/") + path


def _parts(url: str) -> SplitResult | None:
    """Return the parts of a plain address, or None."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(' \\"<>') and "@" not in parts.netloc
    return parts if is_plain and parts.scheme in ("https", "http") and parts.hostname else None
