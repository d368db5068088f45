"""Which selector takes which disk, and the volume groups that come of it (docs/cloud-api.md 1.14, from DISK and SPACE).

Total over any JSON value: what is not readable is left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.nodepool import choices, pointers
from webapp.nodepool.defaults import default_storage
from webapp.nodepool.pointers import JSON

_TEMPLATE = "/spec/nodeTemplate"
_STORAGE = f"{_TEMPLATE}/storage"
_MOST = choices.MAX_SPACES  # of each list: no list here may be longer
LABELS = ("size", "volumeType", "metadataEncrypted", "metadataCmkid", "count")
_PERCENT = re.compile(r"([0-9]{1,3})%")


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk; `selector` and `group` say who took it, None for a raw one. Sizes in GiB."""

    pointer: str
    type: str
    size_gib: int
    key_id: str = ""
    is_encrypted: bool = False
    selector: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    """A logical volume of a group; `percent` of the group, rounded down to whole GiB."""

    pointer: str
    space: str
    percent: int
    size_gib: int
    lv_type: str
    path: str


@dataclass(frozen=True, slots=True)
class Group:
    """A volume group: its disks together, and the volumes cut out of them."""

    pointer: str
    name: str
    is_managed: bool
    disks: tuple[Disk, ...]
    volumes: tuple[Volume, ...]
    takes_local: bool = False

    @property
    def size_gib(self) -> int:
        """The space of all its disks."""
        return sum(disk.size_gib for disk in self.disks)

    @property
    def free_gib(self) -> int:
        """What no volume takes."""
        return max(0, self.size_gib - sum(volume.size_gib for volume in self.volumes))


@dataclass(frozen=True, slots=True)
class Layout:
    """The disks of a node. `unmatched` are the pointers of selectors that found no disk."""

    root: Disk | None
    disks: tuple[Disk, ...]
    groups: tuple[Group, ...]
    unmatched: tuple[str, ...]
    is_default: bool

    @property
    def raw(self) -> tuple[Disk, ...]:
        """The disks that are attached but belong to no group."""
        return tuple(disk for disk in self.disks if disk.group is None)


@dataclass(slots=True)
class _Selector:
    pointer: str
    name: str
    is_local: bool
    labels: dict[str, Any]
    taken: list[int] = field(default_factory=list)


def layout(body: JSON) -> Layout:
    """Return what becomes of a body's disks."""
    storage = pointers.get(body, _STORAGE)
    is_default = not isinstance(storage, dict) or not storage
    storage = default_storage(body) if is_default else storage
    disks = _disks(body)
    selectors = [_selector(at, value) for at, value in _objects(storage, "storageSelectors")]
    for selector in selectors:
        _take(selector, disks, {index for one in selectors for index in one.taken})
    owners = _owners(storage)
    placed = [_placed(index, disk, selectors, owners) for index, disk in enumerate(disks)]
    local = {selector.name for selector in selectors if selector.is_local}
    groups = tuple(_group(at, value, placed, local) for at, value in _objects(storage, "storageGroups"))
    unmatched = tuple(one.pointer for one in selectors if not one.is_local and not one.taken)
    return Layout(_root(body), tuple(placed), groups, unmatched, is_default)


def disks_of(body: JSON) -> list[Disk]:
    """Return the disks of a node, the system disk first, without saying who takes which."""
    root = _root(body)
    return [*((root,) if root else ()), *_disks(body)]


def _root(body: JSON) -> Disk | None:
    at = f"{_TEMPLATE}/rootVolume"
    root = pointers.get(body, at)
    return _disk(at, root) if isinstance(root, dict) else None


def _disks(body: JSON) -> list[Disk]:
    volumes = pointers.get(body, f"{_TEMPLATE}/dataVolumes")
    listed = volumes[:_MOST] if isinstance(volumes, list) else []
    at = f"{_TEMPLATE}/dataVolumes"
    return [_disk(f"{at}/{index}", one) for index, one in enumerate(listed) if isinstance(one, dict)]


def _disk(at: str, value: dict[str, Any]) -> Disk:
    metadata = value.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    return Disk(
        at,
        _text(value.get("volumetype")),
        _whole(value.get("size")),
        _text(metadata.get("__system__cmkid")),
        metadata.get("__system__encrypted") == "1",
    )


def _selector(at: str, value: dict[str, Any]) -> _Selector:
    labels = value.get("matchLabels")
    kept = {name: labels[name] for name in LABELS if labels.get(name)} if isinstance(labels, dict) else {}
    return _Selector(at, _text(value.get("name")), value.get("storageType") == "local", kept)


def _take(selector: _Selector, disks: Sequence[Disk], gone: set[int]) -> None:
    """Let a selector take the first free disks that match, as many as it wants."""
    if selector.is_local:
        return
    count = selector.labels.get("count")
    wanted = int(count) if isinstance(count, str) and count.isascii() and count.isdigit() and len(count) < 9 else _MOST
    fitting = [index for index, disk in enumerate(disks) if index not in gone and _fits(selector.labels, disk)]
    selector.taken = fitting[:wanted]


def _fits(labels: dict[str, Any], disk: Disk) -> bool:
    facts = {
        "size": str(disk.size_gib),
        "volumeType": disk.type,
        "metadataEncrypted": "1" if disk.is_encrypted else "0",
        "metadataCmkid": disk.key_id,
    }
    return all(facts[name] == value for name, value in labels.items() if name != "count")


def _owners(storage: JSON) -> dict[str, str]:
    """Return the group that each selector belongs to; the first one that names it."""
    owners: dict[str, str] = {}
    for _, group in _objects(storage, "storageGroups"):
        names = group.get("selectorNames")
        for name in names[:_MOST] if isinstance(names, list) else ():
            owners.setdefault(_text(name), _text(group.get("name")))
    return owners


def _placed(index: int, disk: Disk, selectors: Sequence[_Selector], owners: dict[str, str]) -> Disk:
    taker = next((one.name for one in selectors if index in one.taken), None)
    group = owners.get(taker) if taker is not None else None
    return Disk(disk.pointer, disk.type, disk.size_gib, disk.key_id, disk.is_encrypted, taker, group)


def _group(at: str, value: dict[str, Any], disks: Sequence[Disk], local: set[str]) -> Group:
    name = _text(value.get("name"))
    mine = tuple(disk for disk in disks if disk.group == name)
    total = sum(disk.size_gib for disk in mine)
    volumes = tuple(_volume(where, space, total) for where, space in _objects(value, "virtualSpaces", at))
    names = value.get("selectorNames")
    takes_local = isinstance(names, list) and any(_text(one) in local for one in names[:_MOST])
    return Group(at, name, value.get("cceManaged") is True, mine, volumes, takes_local)


def _volume(at: str, space: dict[str, Any], total: int) -> Volume:
    found = _PERCENT.fullmatch(_text(space.get("size"))[:9])
    percent = int(found[1]) if found else 0
    configs = [space[key] for key in ("lvmConfig", "runtimeConfig") if isinstance(space.get(key), dict)]
    config = configs[0] if configs else {}
    name = _text(space.get("name")).lower()
    lv_type = _text(config.get("lvType")) or "linear"
    return Volume(at, name, percent, total * percent // 100, lv_type, _text(config.get("path")))


def _objects(holder: JSON, name: str, under: str = _STORAGE) -> list[tuple[str, dict[str, Any]]]:
    values = holder.get(name) if isinstance(holder, dict) else None
    listed = values[:_MOST] if isinstance(values, list) else []
    return [(f"{under}/{name}/{index}", one) for index, one in enumerate(listed) if isinstance(one, dict)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int:
    is_size = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
    return value if is_size else 0
