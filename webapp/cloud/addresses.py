"""What an address of the cloud may look like."""

import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from webapp.outgoing import LOOPBACK, Patterns, matches

# A host, or `*.` and at least two labels: a bare star, or one before a whole country, would allow everything.
_PATTERN = re.compile(r"(?:\*\.(?=[^.]+\.[^.]))?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


def is_safe(parts: SplitResult, private: Patterns = ()) -> bool:
    """Whether nobody on the way can read along: https, or http to this machine or in a network that is ours."""
    return parts.scheme == "https" or (parts.scheme == "http" and matches(host_of(parts), (*LOOPBACK, *private)))


def host_of(parts: SplitResult) -> str:
    """Return the host of an address, as it is compared."""
    return (parts.hostname or "").rstrip(".")


def demand_address(url: str) -> None:
    """Raise ValueError unless this is the plain address of an IAM."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("Give an address such as https://iam.eu-de.otc.t-systems.com/v3") from None
    is_plain = url.isascii() and url.isprintable() and "@" not in parts.netloc and not set(url) & set(' \\?#"<>')
    if not (is_plain and host_of(parts)):
        raise ValueError("Give an address such as https://iam.eu-de.otc.t-systems.com/v3")
    if not is_safe(parts, settings.CLOUD_PRIVATE_HOSTS):
        raise ValueError("Use https: passwords go there. Only this machine itself may be called by http.")


def demand_patterns(patterns: Any) -> None:
    """Raise ValueError unless these are hosts, perhaps with a leading star."""
    if not isinstance(patterns, list) or not patterns:
        raise ValueError("Name at least one host.")
    for one in patterns:
        if not isinstance(one, str) or not _PATTERN.fullmatch(one):
            raise ValueError(f"“{str(one)[:80]}” is no host: give a name, or *. and a domain, in small letters.")
