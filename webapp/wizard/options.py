"""What can be chosen at a place: live pick lists turned into options.

A list that cannot be had gives None: its field becomes a text input with a note. A value that is on no list
any more stays selected and is marked.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from webapp.cloud.picklists import PickList
from webapp.nodepool import choices
from webapp.nodepool.facts import (
    Agency,
    Eip,
    Image,
    KeyPair,
    KmsKey,
    SecurityGroup,
    ServerGroup,
    Subnet,
    VolumeType,
    Zone,
)
from webapp.wizard.answers import EMPTY_TEXT
from webapp.wizard.places import Choices, Kind, Place

Lists = Mapping[str, PickList]


def _zone(zone: Zone) -> tuple[str, str]:
    return zone.name, zone.name if zone.is_available else f"{zone.name} (not available now)"


def _key_pair(key: KeyPair) -> tuple[str, str]:
    return key.name, f"{key.name} ({key.fingerprint[:11]}…)" if key.fingerprint else key.name


def _disk_type(name: str) -> str:
    label = choices.DISK_TYPE_LABELS.get(name)
    return f"{name}: {label}" if label else name


def _volume_type(kind: VolumeType) -> tuple[str, str]:
    return kind.name, _disk_type(kind.name)


def _kms_key(key: KmsKey) -> tuple[str, str] | None:
    return (key.id, key.alias or key.id) if key.is_enabled else None


def _subnet(subnet: Subnet) -> tuple[str, str]:
    free = "" if subnet.free_addresses is None else f", {subnet.free_addresses} addresses free"
    return subnet.id, f"{subnet.name} ({subnet.cidr}{free})"


def _security_group(group: SecurityGroup) -> tuple[str, str]:
    return group.id, group.name


def _eip(eip: Eip) -> tuple[str, str] | None:
    speed = f", {eip.bandwidth_mbit} Mbit/s" if eip.bandwidth_mbit else ""
    return (eip.id, f"{eip.address} ({eip.type}{speed})") if eip.is_free else None


def _server_group(group: ServerGroup) -> tuple[str, str]:
    return group.id, f"{group.name} ({', '.join(group.policies)}, {group.member_count} members)"


def _image(image: Image) -> tuple[str, str]:
    return image.id, f"{image.name} ({image.os_version}, at least {image.min_disk_gib} GiB)"


def _agency(agency: Agency) -> tuple[str, str]:
    return agency.name, agency.name


_OPTION_OF: dict[str, Callable[[Any], tuple[str, str] | None]] = {
    "zones": _zone,
    "key_pairs": _key_pair,
    "volume_types": _volume_type,
    "kms_keys": _kms_key,
    "subnets": _subnet,
    "security_groups": _security_group,
    "eips": _eip,
    "server_groups": _server_group,
    "images": _image,
    "agencies": _agency,
}
_OPERATING_SYSTEMS: Choices = tuple((name, name) for name in choices.OPERATING_SYSTEMS)
_RANDOM_ZONE = (choices.RANDOM_ZONE, "random: the cloud picks")
# What is on each of these lists, and called the same everywhere: known also where no list is at hand.
_USUAL: dict[str, Choices] = {
    "volume_types": tuple((name, _disk_type(name)) for name in choices.DISK_TYPE_LABELS),
    "zones": (_RANDOM_ZONE,),
}


def options(picks: str, lists: Lists) -> Choices | None:
    """Return the options of a pick list, or None when the list is not to be had."""
    if picks == "operating_systems":
        return _OPERATING_SYSTEMS
    found = lists.get(picks)
    if found is None or (found.error and not found.items):
        return None
    return _made(picks, found)


def told(place: Place, answer: str, lists: Lists | None = None) -> str:
    """Return an answer as a person reads it, with the names that the pick lists have for ids."""
    if answer == EMPTY_TEXT:
        return "The empty text"
    if place.kind is Kind.CHOICE and place.picks:
        known = options(place.picks, lists or {}) or _USUAL.get(place.picks, ())
        return dict(known).get(answer, answer)
    return place.told(answer)


@lru_cache(maxsize=512)
def _made(picks: str, found: PickList) -> Choices:
    chosen = tuple(option for item in found.items if (option := _OPTION_OF[picks](item)))
    return (*chosen, _RANDOM_ZONE) if picks == "zones" else chosen


@lru_cache(maxsize=256)
def _drawn(chosen: Choices) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in chosen)


def drawn(chosen: Choices, value: str, unset: str) -> SafeString:
    """Return the options as HTML, the value selected, "not set" first. The list itself is drawn only once."""
    html = _drawn(chosen)
    mark = f'value="{escape(value)}"'
    first = f'<option value="">{escape(unset)}</option>'
    if value and mark in html:
        html = html.replace(mark, f"{mark} selected", 1)
    elif value:
        said = "the empty text" if value == EMPTY_TEXT else f"{value} (not on the list)"
        first += f"<option {mark} selected>{escape(said)}</option>"
    return mark_safe(first + html)  # noqa: S308 - every part is escaped above
