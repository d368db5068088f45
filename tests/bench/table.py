"""The results as a table."""

from collections.abc import Iterator
from typing import Any


def of(results: dict[str, Any]) -> str:
    """Return everything as lines of text, peers beside the portal with their ratio."""
    return "\n".join(line for part in (_walks, _polls, _rest) for line in part(results)) + "\n"


def _walks(results: dict[str, Any]) -> Iterator[str]:
    for one in results["walks"]:
        peers = [name for name in ("bare", "formtools") if name in one]
        portal = one["portal"]
        yield f"\nWhole walks, {one['people']} at a time{'':<17}portal" + "".join(
            f"{name:>14}{'ratio':>8}" for name in peers
        )
        for name, label in (("walks_per_second", "walks/s"), ("cpu_ms_per_walk", "processor time of a walk, ms")):
            yield f"  {label:<38}{portal[name]:>8}" + "".join(_beside(portal[name], one[peer][name]) for peer in peers)
        for step, took in portal["steps"].items():
            for share in ("p50", "p95", "p99"):
                them = (one[peer]["steps"].get(step, {}).get(share) for peer in peers)
                yield f"  {f'{step}, {share}, ms':<38}{took[share]:>8}" + "".join(
                    _beside(took[share], it) for it in them
                )


def _polls(results: dict[str, Any]) -> Iterator[str]:
    yield "\nPolls a second, 8 at a time"
    for name, rates in results["polls"].items():
        yield f"  {name:<12}" + ", ".join(f"{kind} {rate}" for kind, rate in rates.items())


def _rest(results: dict[str, Any]) -> Iterator[str]:
    yield f"\nBodies checked a second: {results['checks_per_second']:.0f}"
    yield "\nMemory of each worker, MiB"
    for name, sizes in results["memory_mib"].items():
        yield f"  {name:<12}{', '.join(map(str, sizes))}"
    yield f"\n{'Lists of requests':<28}{'rows':>10}{'ms':>10}{'queries':>10}"
    for row in results["lists"]:
        yield f"  {row['list']:<26}{row['rows']:>10}{row['ms']:>10}{row['queries']:>10}"


def _beside(ours: float, theirs: float | None) -> str:
    return f"{theirs:>14}{ours / theirs:>8.2f}" if theirs else f"{'-':>14}{'':>8}"
