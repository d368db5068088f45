"""The rules of the body, in one table, and the question that everything asks: `check`."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from webapp.nodepool.cluster import Cluster
from webapp.nodepool.facts import NOTHING_KNOWN, Facts
from webapp.nodepool.pointers import JSON
from webapp.nodepool.problems import Problem, Severity
from webapp.nodepool.rules import advanced, disks, marks, network, pool, spaces, storage, template
from webapp.nodepool.rules.rule import RULES, Rule, Subject
from webapp.nodepool.rules.shape import BODY, Free, Many, Thing, Value
from webapp.nodepool.rules.structure import UNKNOWN_KEY, held
from webapp.nodepool.shells import api_version_key, without_shells

__all__ = [
    "CATALOGUE",
    "MAX_PROBLEMS",
    "Rule",
    "advanced",
    "check",
    "disks",
    "marks",
    "network",
    "pool",
    "spaces",
    "storage",
    "template",
]

MAX_PROBLEMS = 100  # errors, and as many warnings: a body with more is beyond help


def _of_shape(shape: Value, at: str = "") -> Iterator[Rule]:
    """Yield the rules that the shape itself holds: type, presence and bounds of each value."""
    if isinstance(shape, Free):
        return
    says = f"{type(shape).__name__.lower().replace('thing', 'object').replace('many', 'list')}"
    says += ", needed" if shape.needed else ""
    bounds = getattr(shape, "bounds", None) or getattr(shape, "length", None)
    says += f", {bounds[0]} to {bounds[1]}" if bounds else ""
    one_of = getattr(shape, "one_of", ())
    says += f", one of {', '.join(one_of)}" if one_of else ""
    yield Rule(shape.code, Severity.ERROR, at, f"Form: {says}.", shape.source)
    for name, member in shape.members.items() if isinstance(shape, Thing) else ():
        yield from _of_shape(member, f"{at}/{name.replace('/', '~1')}")
    if isinstance(shape, Many):
        if shape.too_many:
            yield Rule(shape.too_many, Severity.ERROR, at, f"At most {shape.count[1]}.", shape.source)
        yield from _of_shape(shape.item, f"{at}/*")


_UNKNOWN = Rule(UNKNOWN_KEY, Severity.WARNING, "", "A key that nobody knows.", "docs/cloud-api.md 1.2")
CATALOGUE: tuple[Rule, ...] = (*_of_shape(BODY), _UNKNOWN, *RULES)
_IN_TURN = [tuple(one for one in RULES if one.on_layout is on_layout) for on_layout in (False, True)]


def check(
    body: JSON,
    cluster: Cluster | Mapping[str, Any],
    facts: Facts = NOTHING_KNOWN,
    *,
    raised: Collection[str] = (),
) -> list[Problem]:
    """Return what is wrong with a body, errors and warnings; any JSON value gets an answer.

    Args:
        body: the request body of node pool creation.
        cluster: where it is meant for, or `{"category": "standard" | "turbo", "version": "v1.29"}`.
        facts: what the cloud says now; what is not known is not held against the body.
        raised: ids of rules whose warnings count as errors here.
    """
    plain = without_shells(body)
    fit = held(BODY, plain)
    subject, found = Subject(plain, Cluster.of(cluster), facts, fit.known), fit.problems
    for rules in _IN_TURN if isinstance(plain, dict) else ():
        subject.pass_over([problem.pointer for problem in found if problem.is_error])
        asked = [one for one in rules if one.needs is None or one.needs in fit.known]
        found += [one.problem(at, message) for one in asked for at, message in one.broken(subject)]
    return _most_important([_raised(problem, raised) for problem in _once(_as_spelt(found, body))])


def _most_important(problems: list[Problem]) -> list[Problem]:
    """Keep so many errors and so many warnings, in their order: no flood of one hides the other."""
    errors, warnings = ([one for one in problems if one.is_error is wanted] for wanted in (True, False))
    kept = {id(one) for one in (*errors[:MAX_PROBLEMS], *warnings[:MAX_PROBLEMS])}
    return [one for one in problems if id(one) in kept]


def _as_spelt(problems: list[Problem], body: JSON) -> list[Problem]:
    """Point at the key `apiVersion` as the body spells it."""
    spelt = api_version_key(body) if isinstance(body, dict) else "apiVersion"
    return [replace(one, pointer=f"/{spelt}") if one.pointer == "/apiVersion" else one for one in problems]


def _once(problems: list[Problem]) -> list[Problem]:
    """Drop what says the same at the same place again."""
    return list({(one.pointer, one.code, one.severity): one for one in reversed(problems)}.values())[::-1]


def _raised(problem: Problem, raised: Collection[str]) -> Problem:
    return replace(problem, severity=Severity.ERROR) if problem.code in raised else problem
