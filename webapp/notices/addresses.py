"""Where webhooks may go, and how an address is shown: its path may be a secret of the receiver."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from webapp.cloud.addresses import host_of, is_safe
from webapp.outgoing import LOOPBACK, matches, may_be_called


def demand_callable(url: str) -> None:
    """Raise ValidationError unless webhooks may go to this address.

    The host is one of WEBHOOK_ALLOWED_HOSTS, where there are any; only one of WEBHOOK_PRIVATE_HOSTS may be this
    machine, or be spoken to without TLS. Where its name leads to is looked at when it is called.
    """
    parts = _parts(url)
    if parts is None:
        raise ValidationError("Give an address such as https://tools.example.com/hooks, without user or password.")
    host = host_of(parts)
    allowed, private = settings.WEBHOOK_ALLOWED_HOSTS, settings.WEBHOOK_PRIVATE_HOSTS
    if allowed and not matches(host, allowed):
        raise ValidationError("The operator does not allow webhooks to this host (WEBHOOK_ALLOWED_HOSTS).")
    if not matches(host, private) and _is_near(host):
        raise ValidationError("This leads into a private network, which takes a host of WEBHOOK_PRIVATE_HOSTS.")
    if not is_safe(parts, private):
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


def _is_near(host: str) -> bool:
    """Whether a host is this machine, or an address, not a name, that is not public."""
    try:
        address = str(ip_address(host))
    except ValueError:
        return host in LOOPBACK
    return not may_be_called("", address)


def _parts(url: str) -> SplitResult | None:
    """Return the parts of a plain address, or None."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(' \\"<>') and "@" not in parts.netloc
    return parts if is_plain and parts.scheme in ("https", "http") and parts.hostname else None
