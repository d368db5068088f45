"""What a pool takes altogether: per node, at the start, and at its largest."""

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.nodepool import pointers
from webapp.nodepool.facts import Flavor, Quota, Quotas
from webapp.nodepool.layout import disks_of
from webapp.nodepool.pointers import JSON


def flavor_named(body: JSON, flavors: Iterable[Flavor]) -> Flavor | None:
    """Return the flavor that a body names, where it is among these."""
    name = pointers.get(body, "/spec/nodeTemplate/flavor")
    return next((one for one in flavors if one.id == name), None)


@dataclass(frozen=True, slots=True)
class Amount:
    """Resources of a number of nodes; `vcpus` and `memory_mib` are None where the flavor is not known."""

    nodes: int
    vcpus: int | None
    memory_mib: int | None
    disk_gib: int
    volumes: int
    eips: int

    @property
    def memory_gib(self) -> int | None:
        """Memory in GiB."""
        return None if self.memory_mib is None else self.memory_mib // 1024


@dataclass(frozen=True, slots=True)
class Totals:
    """One node, the nodes to start with, and the most there can be."""

    node: Amount
    start: Amount
    most: Amount


def totals(body: JSON, flavor: Flavor | None) -> Totals:
    """Return what a body asks for; what is not readable counts as nothing."""
    start = _count(pointers.get(body, "/spec/initialNodeCount"))
    grows = pointers.get(body, "/spec/autoscaling/enable") is True
    most = _count(pointers.get(body, "/spec/autoscaling/maxNodeCount")) if grows else 0
    disks = disks_of(body)
    gib, volumes, eips = sum(disk.size_gib for disk in disks), len(disks), _eips(body)

    def amount(nodes: int) -> Amount:
        return Amount(
            nodes,
            flavor.vcpus * nodes if flavor else None,
            flavor.memory_mib * nodes if flavor else None,
            gib * nodes,
            volumes * nodes,
            eips * nodes,
        )

    return Totals(amount(1), amount(start), amount(max(start, most)))


QUOTAS = {"nodes": "servers", "vcpus": "vcpus", "memory_mib": "memory_mib", "disk_gib": "volume_gib", "eips": "eips"}
"""Which quota (of `Quotas`) an amount draws on."""


def left_after(quota: Quota | None, most: int | None, had: int | None = 0) -> int | None:
    """Return what a quota leaves when there is `most` where there was `had`; below zero where it does not take that.

    None where there is no limit, or it cannot be told.
    """
    if quota is None or quota.left is None or most is None or had is None:
        return None
    return quota.left - max(0, most - had)


def quotas_left(quotas: Quotas, most: Amount) -> dict[str, int | None]:
    """Return what the quotas leave once a new pool is at its largest, by name of the amount; memory in MiB."""
    return {name: left_after(getattr(quotas, of), getattr(most, name)) for name, of in QUOTAS.items()}


def as_read(name: str, amount: int | None) -> int | None:
    """Return an amount as people read it: memory in GiB."""
    return amount // 1024 if amount is not None and name == "memory_mib" else amount


def _count(value: JSON) -> int:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
    return value if is_count else 0


def _eips(body: JSON) -> int:
    """Return the public addresses of one node: one if any are asked for."""
    has = pointers.get(body, "/spec/nodeTemplate/publicIP/ids") or _count(
        pointers.get(body, "/spec/nodeTemplate/publicIP/count")
    )
    return 1 if has else 0
