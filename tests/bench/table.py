"""The results as a table."""

from collections.abc import Iterator
from statistics import mean
from typing import Any

_PEERS = ("bare", "formtools", "addressed")


def of(results: dict[str, Any]) -> str:
    """Return everything as lines of text, peers beside the portal with their ratio."""
    return "\n".join(line for part in (_walks, _polls, _memory, _checks, _lists) for line in part(results)) + "\n"


def _walks(results: dict[str, Any]) -> Iterator[str]:
    for one in results["walks"]:
        yield _head(f"Whole walks, {one['people']} at a time", one)
        for name, label in (("walks_per_second", "walks/s"), ("cpu_ms_per_walk", "processor time of a walk, ms")):
            yield _line(label, {site: one[site][name] for site in _sites(one)})
        for step in one["portal"]["steps"]:
            for share in ("p50", "p95", "p99"):
                took = {site: one[site]["steps"].get(step, {}).get(share) for site in _sites(one)}
                yield _line(f"{step}, {share}, ms", took)


def _polls(results: dict[str, Any]) -> Iterator[str]:
    polls = results["polls"]
    yield _head("Status polls a second, 8 at a time", polls)
    for kind, label in (("cold", "whole answer"), ("unchanged", "whole answer seen: 304")):
        yield _line(label, {site: polls[site][kind] for site in _sites(polls)})


def _memory(results: dict[str, Any]) -> Iterator[str]:
    sizes = results["memory_mib"]
    yield _head("Memory", sizes)
    yield _line("of a worker, MiB", {site: round(mean(sizes[site]), 1) for site in _sites(sizes)})


def _checks(results: dict[str, Any]) -> Iterator[str]:
    rates = results["checks_per_second"]
    yield f"\n{'Bodies a second, in one process':<40}{'check':>8}{'bare':>14}{'ratio':>8}"
    yield _line("checked; read and given back", rates)


def _lists(results: dict[str, Any]) -> Iterator[str]:
    yield f"\n{'Lists of requests':<30}{'rows':>10}{'ms':>8}{'bare':>14}{'ratio':>8}{'queries':>10}{'bare':>6}"
    for row in results["lists"]:
        took = f"{row['ms']:>8}" + _beside(row["ms"], row["bare_ms"])
        yield f"  {row['list']:<28}{row['rows']:>10}{took}{row['queries']:>10}{row['bare_queries']:>6}"


def _sites(measured: dict[str, Any]) -> list[str]:
    """Return the portal and the peers that were measured."""
    return ["portal", *(name for name in _PEERS if name in measured)]


def _head(title: str, measured: dict[str, Any]) -> str:
    portal, *peers = _sites(measured)
    return f"\n{title:<40}{portal:>8}" + "".join(f"{name:>14}{'ratio':>8}" for name in peers)


def _line(label: str, figures: dict[str, float | None]) -> str:
    """Return the portal's figure, and each peer's with what the portal's is of it."""
    ours, *theirs = figures.values()
    return f"  {label:<38}{ours:>8}" + "".join(_beside(ours, one) for one in theirs)


def _beside(ours: float, theirs: float | None) -> str:
    return f"{theirs:>14}{ours / theirs:>8.2f}" if theirs else f"{'-':>14}{'':>8}"
