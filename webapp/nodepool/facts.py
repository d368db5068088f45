"""Live facts that a body is held against: what the pick lists of the cloud say.

Each type reads one item of the answer named in its docstring (section 5 of the API reference) by
`from_api`. In `Facts`, None stands for "not known", and the rules that would ask are silent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

USABLE_STATUSES = frozenset({"normal", "promotion", "obt"})


@dataclass(frozen=True, slots=True)
class Flavor:
    """An ECS flavor (5.3). `zones` maps an AZ to its status where the flavor names it."""

    id: str
    vcpus: int
    memory_mib: int
    status: str = "normal"
    zones: Mapping[str, str] = field(default_factory=dict, hash=False)
    performance_type: str = ""
    has_local_disks: bool = False
    gpu: str = ""
    max_interfaces: int | None = None

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> Self:
        """Read one item of `flavors`."""
        extra = item.get("os_extra_specs") or {}
        pairs = (part.strip().rstrip(")").partition("(") for part in extra.get("cond:operation:az", "").split(","))
        interfaces = extra.get("instance_vnic:max_count", "")
        return cls(
            id=item["id"],
            vcpus=int(item["vcpus"]),
            memory_mib=int(item["ram"]),
            status=extra.get("cond:operation:status", "normal"),
            zones={zone: status for zone, _, status in pairs if zone},
            performance_type=extra.get("ecs:performancetype", ""),
            has_local_disks="quota:local_disk" in extra or "quota:nvme_ssd" in extra,
            gpu=extra.get("pci_passthrough:alias", ""),
            max_interfaces=int(interfaces) if interfaces.isdigit() else None,
        )

    @property
    def family(self) -> str:
        """The name before the first dot: `c7n` of `c7n.xlarge.2`."""
        return self.id.partition(".")[0]

    def status_in(self, zone: str) -> str:
        """Return the status in an AZ (rule NP-FLAV-07)."""
        return self.zones.get(zone, self.status)

    def is_usable_in(self, zone: str) -> bool:
        """Whether servers of this flavor can be had in an AZ now."""
        return self.status_in(zone) in USABLE_STATUSES


@dataclass(frozen=True, slots=True)
class Zone:
    """An availability zone (5.2)."""

    name: str
    is_available: bool = True

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> Self:
        """Read one item of `availabilityZoneInfo`."""
        return cls(name=item["zoneName"], is_available=bool(item["zoneState"]["available"]))


@dataclass(frozen=True, slots=True)
class VolumeType:
    """An EVS disk type (5.5); `zones` is None where the list does not say."""

    name: str
    zones: frozenset[str] | None = None

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> Self:
        """Read one item of `volume_types`."""
        text = (item.get("extra_specs") or {}).get("RESKEY:availability_zones")
        zones = None if text is None else frozenset(zone.strip() for zone in text.split(",") if zone.strip())
        return cls(name=item["name"], zones=zones)

    def is_sold_in(self, zone: str) -> bool:
        """Whether disks of this type can be had in an AZ."""
        return self.zones is None or zone in self.zones


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key pair of the token's user (5.4)."""

    name: str
    fingerprint: str = ""
    public_key: str = ""

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> Self:
        """Read one item of `keypairs`, which has a wrapper of its own."""
        key = item["keypair"]
        return cls(key["name"], key.get("fingerprint") or "", key.get("public_key") or "")


@dataclass(frozen=True, slots=True)
class KmsKey:
    """A key of the key management service (5.6)."""

    id: str
    alias: str
    state: str
    is_default: bool = False

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> Self:
        """Read one item of `key_details`."""
        return cls(
            item["key_id"],
            item.get("key_alias") or "",
            str(item.get("key_state", "")),
            str(item.get("default_key_flag")) == "1",
        )

    @property
    def is_enabled(self) -> bool:
        """Whether disks can be encrypted with it."""
        return self.state == "2"


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet (5.7). `id` is the network id that `subnetId` needs; `free_addresses` may be unknown."""

    id: str
    name: str
    cidr: str
    vpc_id: str
    status: str = "ACTIVE"
    primary_dns: str = ""
    free_addresses: int | None = None

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> Self:
        """Read one item of `subnets`."""
        return cls(
            item["id"],
            item.get("name") or "",
            item.get("cidr") or "",
            item.get("vpc_id") or "",
            item.get("status") or "",
            item.get("primary_dns") or "",
        )


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group (5.8)."""

    id: str
    name: str
    description: str = ""
    vpc_id: str = ""

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> Self:
        """Read one item of `security_groups`."""
        return cls(item["id"], item.get("name") or "", item.get("description") or "", item.get("vpc_id") or "")


@dataclass(frozen=True, slots=True)
class Eip:
    """A public address (5.9)."""

    id: str
    address: str
    status: str
    port_id: str = ""
    type: str = ""
    bandwidth_mbit: int | None = None

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> Self:
        """Read one item of `publicips`."""
        return cls(
            item["id"],
            item.get("public_ip_address") or "",
            item.get("status") or "",
            item.get("port_id") or "",
            item.get("type") or "",
            item.get("bandwidth_size"),
        )

    @property
    def is_free(self) -> bool:
        """Whether a node can take it: unbound, and on no port."""
        return self.status == "DOWN" and not self.port_id


@dataclass(frozen=True, slots=True)
class ServerGroup:
    """An ECS server group (5.10)."""

    id: str
    name: str
    policies: tuple[str, ...] = ()
    member_count: int = 0

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> Self:
        """Read one item of `server_groups`."""
        return cls(
            item["id"],
            item.get("name") or "",
            tuple(item.get("policies") or ()),
            len(item.get("members") or ()),
        )


@dataclass(frozen=True, slots=True)
class Image:
    """A private image (5.11); sizes in GiB."""

    id: str
    name: str
    min_disk_gib: int = 0
    os_version: str = ""
    environment: str = ""

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> Self:
        """Read one item of `images`."""
        return cls(
            item["id"],
            item.get("name") or "",
            int(item.get("min_disk") or 0),
            item.get("__os_version") or "",
            item.get("virtual_env_type") or "",
        )


@dataclass(frozen=True, slots=True)
class Agency:
    """An IAM agency (5.12)."""

    name: str
    trusted_domain: str = ""

    @classmethod
    def from_api(cls, item: Mapping[str, Any]) -> Self:
        """Read one item of `agencies`."""
        return cls(item["name"], item.get("trust_domain_name") or "")


@dataclass(frozen=True, slots=True)
class Quota:
    """How much there may be and how much there is; a limit of None or below zero is no limit."""

    limit: int | None
    used: int

    @property
    def left(self) -> int | None:
        """What can still be had; None without a limit."""
        return None if self.limit is None or self.limit < 0 else max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True)
class Quotas:
    """The quotas a pool draws on (5.13); None where the service did not say."""

    servers: Quota | None = None
    vcpus: Quota | None = None
    memory_mib: Quota | None = None
    volumes: Quota | None = None
    volume_gib: Quota | None = None
    eips: Quota | None = None
    server_group_members: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the cloud says now, list by list; None is "not known"."""

    flavors: tuple[Flavor, ...] | None = None
    zones: tuple[Zone, ...] | None = None
    volume_types: tuple[VolumeType, ...] | None = None
    key_pairs: tuple[KeyPair, ...] | None = None
    kms_keys: tuple[KmsKey, ...] | None = None
    subnets: tuple[Subnet, ...] | None = None
    security_groups: tuple[SecurityGroup, ...] | None = None
    eips: tuple[Eip, ...] | None = None
    server_groups: tuple[ServerGroup, ...] | None = None
    images: tuple[Image, ...] | None = None
    agencies: tuple[Agency, ...] | None = None
    pool_names: tuple[str, ...] | None = None
    quotas: Quotas = Quotas()


NOTHING_KNOWN = Facts()
