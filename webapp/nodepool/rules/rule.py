"""A rule: a small function with a stable id, in one table."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from webapp.nodepool import choices, pointers
from webapp.nodepool.cluster import Cluster
from webapp.nodepool.facts import Facts, Flavor
from webapp.nodepool.layout import Layout, layout
from webapp.nodepool.pointers import JSON
from webapp.nodepool.problems import Problem, Severity
from webapp.nodepool.totals import Totals, totals

SPEC = "/spec"
TEMPLATE = "/spec/nodeTemplate"
LABELS = f"{TEMPLATE}/k8sTags"

Found = Iterator[tuple[str, str]]


@dataclass
class Subject:
    """A body with its cluster and facts; the getters give a value only where it has the right type.

    `known` is what stands at the places of the body's shape (see structure.py): a rule asks for no other place.
    """

    body: JSON
    cluster: Cluster
    facts: Facts
    known: Mapping[str, JSON]
    unfit: frozenset[str] = field(default=frozenset())

    def __post_init__(self) -> None:
        self._fit = self.known

    def pass_over(self, unfit: Collection[str]) -> None:
        """Give the values at these places, in which errors were found, to no rule any more."""
        self.unfit = frozenset(unfit)
        self._fit = {at: value for at, value in self.known.items() if at not in self.unfit} if unfit else self.known

    def text(self, at: str) -> str:
        """Return a text; "" where there is none."""
        value = self._fit.get(at)
        return value if isinstance(value, str) else ""

    def number(self, at: str) -> int | None:
        """Return a whole number."""
        value = self._fit.get(at)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, at: str) -> bool | None:
        """Return true, false or "not said"."""
        value = self._fit.get(at)
        return value if isinstance(value, bool) else None

    def thing(self, at: str) -> dict[str, Any]:
        """Return an object; an empty one where there is none."""
        value = self._fit.get(at)
        return value if isinstance(value, dict) else {}

    def items(self, at: str) -> list[tuple[str, Any]]:
        """Return the items of a list that is not too long, each with its pointer."""
        values = self._fit.get(at)
        return [(f"{at}/{index}", value) for index, value in enumerate(values)] if isinstance(values, list) else []

    def things(self, at: str) -> list[str]:
        """Return the pointers of those items of a list that are objects."""
        return [where for where, value in self.items(at) if isinstance(value, dict)]

    def has(self, at: str) -> bool:
        """Whether anything but null stands at a place."""
        return at in self.known

    def is_sound(self, *places: str) -> bool:
        """Whether no error was found at or below these places."""
        return not any(at.startswith(places) for at in self.unfit)

    @property
    def is_bare_metal(self) -> bool:
        """Whether the pool's nodes are bare metal."""
        return self.text("/spec/type") == "ElasticBMS"

    @property
    def most_nodes(self) -> int | None:
        """The largest number of nodes the pool is asked to have."""
        first = self.number("/spec/initialNodeCount")
        grows = self.flag("/spec/autoscaling/enable")
        most = (self.number("/spec/autoscaling/maxNodeCount") or 0) if grows else 0
        return None if first is None else max(first, most)

    @cached_property
    def disks(self) -> list[str]:
        """The pointers of all disks, the system disk first."""
        root = f"{TEMPLATE}/rootVolume"
        return ([root] if self.thing(root) else []) + self.things(f"{TEMPLATE}/dataVolumes")

    @cached_property
    def labels(self) -> list[tuple[str, str, Any]]:
        """The Kubernetes labels, as far as they are looked at: the pointer of each, its key and its value."""
        labels: dict[Any, Any] = self.thing(LABELS)
        first = islice(labels.items(), 2 * choices.MAX_LABELS)
        named = [(key[:400] if isinstance(key, str) else "", value) for key, value in first]
        return [(LABELS + pointers.join(key), key, value) for key, value in named]

    @cached_property
    def layout(self) -> Layout:
        """What becomes of the disks."""
        return layout(self.body)

    @cached_property
    def spaces(self) -> list[tuple[str, str, str]]:
        """The virtual spaces: the group's pointer, the space's pointer, and its name in small letters."""
        return [
            (group, space, self.text(f"{space}/name").lower())
            for group in self.things(f"{TEMPLATE}/storage/storageGroups")
            for space in self.things(f"{group}/virtualSpaces")
        ]

    @cached_property
    def totals(self) -> Totals:
        """What the pool takes altogether."""
        return totals(self.body, self.flavor)

    @cached_property
    def flavor(self) -> Flavor | None:
        """The flavor, where the list of flavors is known and has it."""
        name = self.text(f"{TEMPLATE}/flavor")
        return next((one for one in self.facts.flavors or () if one.id == name), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `says` describes it, `broken` yields (pointer, message) for each place that breaks it.

    A rule `on_layout` judges what disks, selectors and groups make together. It speaks last, and only where no other
    rule finds fault with them: what comes of a mistake is not blamed beside it. A rule that `needs` a place has nothing
    to judge where nothing stands there, and is not asked.
    """

    code: str
    severity: Severity
    place: str
    says: str
    source: str
    on_layout: bool = False
    needs: str | None = None
    broken: Callable[[Subject], Found] = lambda _: iter(())

    def problem(self, at: str, message: str) -> Problem:
        """Return what is wrong at a place that breaks the rule."""
        return Problem(at, self.code, self.severity, message, self.source)


RULES: list[Rule] = []


_Broken = Callable[[Subject], Found]


def rule(  # noqa: PLR0913 - what stands in the table of rules
    code: str,
    place: str,
    source: str,
    severity: Severity = Severity.ERROR,
    *,
    on_layout: bool = False,
    needs: str | None = None,
) -> Callable[[_Broken], _Broken]:
    """Enter a function into the table of rules; its docstring says what the rule demands."""

    def enter(function: _Broken) -> _Broken:
        RULES.append(Rule(code, severity, place, (function.__doc__ or "").strip(), source, on_layout, needs, function))
        return function

    return enter


def rule_on(
    code: str, place: str, source: str, severity: Severity = Severity.ERROR, *, on_layout: bool = False
) -> Callable[[_Broken], _Broken]:
    """Enter a function as a rule on what stands at its place: it is not asked where nothing does."""
    return rule(code, place, source, severity, on_layout=on_layout, needs=place)


WARNING = Severity.WARNING
