"""What the pools of a project use of its quotas, and which quota one more pool would break (section 5.13)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from webapp.nodepool.choices import BARE_METAL
from webapp.nodepool.facts import Flavor
from webapp.simulator.pools import Pool


@dataclass(frozen=True, slots=True)
class Usage:
    """An amount of everything that has a quota."""

    servers: int = 0
    vcpus: int = 0
    memory_mib: int = 0
    volumes: int = 0
    volume_gib: int = 0
    eips: int = 0

    def __add__(self, other: Self) -> "Usage":
        return Usage(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Usage)))


LIMITS = Usage(1000, 8000, 33554432, 4000, 1048576, 50)
BEFORE = Usage(7, 28, 57344, 21, 2100, 3)
# The code of a quota that is too small (3.2).
_CODES = {
    "servers": "CCE.01400008",
    "vcpus": "CCE.01400009",
    "memory_mib": "CCE.01400010",
    "volumes": "CCE.01400013",
    "volume_gib": "CCE.01400013",
    "eips": "CCE.01400012",
}


def of_nodes(template: Mapping[str, Any], kind: str, flavor: Flavor | None, nodes: int) -> Usage:
    """Return what some nodes use; bare metal does not draw on the quotas of servers."""
    disks = [template["rootVolume"], *template["dataVolumes"]]
    counts = flavor is not None and kind != BARE_METAL
    return Usage(
        servers=nodes if kind != BARE_METAL else 0,
        vcpus=nodes * flavor.vcpus if flavor and counts else 0,
        memory_mib=nodes * flavor.memory_mib if flavor and counts else 0,
        volumes=nodes * len(disks),
        volume_gib=nodes * sum(disk["size"] for disk in disks),
        eips=nodes if template.get("publicIP", {}).get("count") else 0,
    )


def of_pools(pools: Iterable[tuple[Pool, Flavor | None]], now: float) -> Usage:
    """Return what a project uses, its pools' nodes and those that are on their way among it."""
    total = BEFORE
    for pool, flavor in pools:
        template, kind = pool.spec["nodeTemplate"], pool.spec.get("type", "vm")
        total += of_nodes(template, kind, flavor, len(pool.living(now)))
    return total


def broken_quota(wanted: Usage) -> tuple[str, str] | None:
    """Return code and sentence of the first quota that is too small; None where all of them suffice."""
    for one in fields(Usage):
        need, limit = getattr(wanted, one.name), getattr(LIMITS, one.name)
        if need > limit:
            return _CODES[one.name], f"The quota of {one.name} is exceeded: {need} of {limit}."
    return None
