"""The flavor table: what each flavor has, and where it can be had now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from markupsafe import escape  # as the template of the rows escapes

from webapp.cloud.errors import CloudError
from webapp.cloud.picklists import PickList
from webapp.nodepool import choices
from webapp.nodepool.facts import Flavor, Quotas, Zone
from webapp.wizard.answers import Tree, answer_at
from webapp.wizard.options import Lists

AT = "/spec/nodeTemplate/flavor"
_UNIT = re.compile(r"(\d+)\s+(vcpu|gib)\b")  # “8 vcpu” is one thing to look for
_WORD_FOR = {
    "normal": ("available", "is-good"),
    "promotion": ("available", "is-good"),
    "obt": ("trial", "is-busy"),
    "obt_sellout": ("sold out", "is-bad"),
    "sellout": ("sold out", "is-bad"),
    "abandon": ("withdrawn", "is-off"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One row of the table. `reason` says why the flavor cannot be chosen; `words` is what a search looks at."""

    flavor: Flavor
    states: tuple[tuple[str, str], ...]
    reason: str
    words: str

    @property
    def memory_gib(self) -> str:
        """Memory, without a fraction that says nothing."""
        return f"{self.flavor.memory_mib / 1024:g}"


@dataclass(frozen=True, slots=True)
class Shown:
    """The table on a page; `rows` is None where the list could not be had, and the flavor is typed."""

    rows: SafeString | None
    zones: tuple[str, ...]
    count: int
    total: int
    search: str
    fetched_at: datetime | None
    error: CloudError | None


def table(lists: Lists, tree: Tree, search: str) -> Shown:
    """Return the flavor table with the person's choice marked, narrowed down to a search."""
    found, zones = lists.get("flavors"), lists.get("zones")
    if found is None or not found.items:
        error = found.error if found else None
        return Shown(None, (), 0, 0, search, None, error)
    choice = answer_at(tree, AT)
    names = tuple(zone.name for zone in zones.items) if zones else ()
    quotas = lists.get("quotas")
    offers = _narrowed(_offers(found, zones, quotas), search, choice)
    rows = _drawn(offers) if search else _all_drawn(found, zones, quotas)
    return Shown(_marked(rows, choice), names, len(offers), len(found.items), search, found.fetched_at, found.error)


@lru_cache(maxsize=64)
def _offers(flavors: PickList, zones: PickList | None, quotas: PickList | None) -> tuple[Offer, ...]:
    """Return the rows of the table, made once for lists that are the same objects."""
    known: tuple[Zone, ...] = zones.items if zones else ()
    left: Quotas = quotas.items[0] if quotas and quotas.items else Quotas()
    names = [zone.name for zone in known if zone.is_available]
    made = (_offer(flavor, [zone.name for zone in known], names, left) for flavor in flavors.items)
    return tuple(
        sorted(made, key=lambda one: (bool(one.reason), one.flavor.vcpus, one.flavor.memory_mib, one.flavor.id))
    )


def _offer(flavor: Flavor, every: Sequence[str], open_zones: Sequence[str], quotas: Quotas) -> Offer:
    states = tuple(_WORD_FOR.get(flavor.status_in(zone), (flavor.status_in(zone), "is-off")) for zone in every)
    words = f"{flavor.id} {flavor.family} {flavor.vcpus} {flavor.vcpus}vcpu vcpu "
    words += f"{flavor.memory_mib // 1024} {flavor.memory_mib // 1024}gib gib "
    words += (
        f"{flavor.performance_type} {flavor.gpu and 'gpu ' + flavor.gpu} {'local' if flavor.has_local_disks else ''}"
    )
    return Offer(flavor, states, _reason(flavor, open_zones, quotas), " ".join(words.lower().split()))


def _reason(flavor: Flavor, zones: Sequence[str], quotas: Quotas) -> str:
    if flavor.vcpus < choices.MIN_VCPUS or flavor.memory_mib < choices.MIN_MEMORY_MIB:
        return f"a node needs {choices.MIN_VCPUS} vCPU and {choices.MIN_MEMORY_MIB // 1024} GiB"
    if zones and not any(flavor.is_usable_in(zone) for zone in zones):
        return "not to be had in any zone"
    for need, quota, unit in (
        (flavor.vcpus, quotas.vcpus, "vCPU"),
        (flavor.memory_mib // 1024, quotas.memory_mib, "GiB of memory"),
    ):
        left = quota.left if quota else None
        left = left // 1024 if left is not None and unit != "vCPU" else left
        if left is not None and need > left:
            return f"needs {need} {unit}, the quota has {left} left"
    return ""


def _narrowed(offers: tuple[Offer, ...], search: str, choice: object) -> tuple[Offer, ...]:
    wanted = _UNIT.sub(r"\1\2", search.lower()).split()
    if not wanted:
        return offers
    return tuple(one for one in offers if one.flavor.id == choice or all(_has(one, word) for word in wanted))


def _has(offer: Offer, word: str) -> bool:
    """Whether a row has a word: numbers as a whole, names from their beginning."""
    tokens = offer.words.split()
    return word in tokens if word.isdigit() else any(token.startswith(word) for token in tokens)


@lru_cache(maxsize=64)
def _all_drawn(flavors: PickList, zones: PickList | None, quotas: PickList | None) -> str:
    """Return all rows as HTML: for lists that are the same objects, without looking at each row again."""
    return _drawn(_offers(flavors, zones, quotas))


@lru_cache(maxsize=64)
def _drawn(offers: tuple[Offer, ...]) -> str:
    """Return the rows as HTML: drawn once for all lists that say the same, whenever they were fetched."""
    return render_to_string("wizard/_flavor_rows.html", {"offers": offers, "at": AT})


def _marked(html: str, choice: object) -> SafeString:
    mark = f'value="{escape(str(choice))}"'
    return mark_safe(html.replace(mark, f"{mark} checked", 1) if choice else html)  # noqa: S308 - a template's own output
