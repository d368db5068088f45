"""The regions in force: those of the table, or the one of the settings where it is empty."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

_KEPT_S = 30.0
_never: tuple[float, tuple["Place", ...]] = (0.0, ())
_kept = _never


@dataclass(frozen=True, slots=True)
class Place:
    """A region: its name, where tokens are got, and the patterns of the hosts that may be called."""

    name: str
    auth_url: str
    hosts: tuple[str, ...]


def places() -> tuple[Place, ...]:
    """Return the regions that people can choose from, by name; at least one."""
    return _of_table() or (Place("", settings.CLOUD_AUTH_URL, tuple(settings.CLOUD_ALLOWED_HOSTS)),)


def place_of(*, region: str = "", project: str = "") -> Place:
    """Return the place of a region, else of a project, whose name begins with its region, else the first one."""
    wanted = region or project.partition("_")[0]
    known = places()
    return next((one for one in known if one.name == wanted), known[0])


def allowed_hosts() -> tuple[str, ...]:
    """Return the patterns of all hosts that may be called."""
    return tuple(host for one in places() for host in one.hosts)


def forget() -> None:
    """Read the table again at the next call; other processes do so within half a minute."""
    global _kept
    _kept = _never


def _of_table() -> tuple[Place, ...]:
    global _kept
    now = time.monotonic()
    until, known = _kept
    if now >= until:
        known = _read()
        _kept = now + _KEPT_S, known
    return known


def _read() -> tuple[Place, ...]:
    from webapp.cloud.models import Region

    is_ours = connection.connection is None
    found = Region.objects.filter(is_active=True).order_by("name")
    known = tuple(Place(one.name, one.auth_url.rstrip("/"), tuple(one.hosts)) for one in found)
    if is_ours and not connection.in_atomic_block:
        connection.close()  # calls of the cloud run in threads that leave no connection behind
    return known
