"""Cluster versions such as `v1.29` or `v1.29.4-r10`, compared as numbers."""

import re
from functools import lru_cache

_NUMBERS = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4})(?:-r(\d{1,4}))?)?")


@lru_cache(maxsize=256)
def parsed(version: str) -> tuple[int, ...] | None:
    """Return the numbers of a version, as many as it names (at least two); None when it is none."""
    found = _NUMBERS.fullmatch(version.strip()[:40])
    return tuple(int(part) for part in found.groups() if part is not None) if found else None


def is_before(version: str, wanted: tuple[int, ...]) -> bool:
    """Whether a version is surely older; a version that names fewer numbers is given the benefit of doubt."""
    numbers = parsed(version)
    return numbers is not None and numbers[: len(wanted)] < wanted[: len(numbers)]


def is_after(version: str, wanted: tuple[int, ...]) -> bool:
    """Whether a version is of a later series: `v1.27` is after (1, 25), `v1.25.3` is not."""
    numbers = parsed(version)
    return numbers is not None and numbers[: len(wanted)] > wanted


def lacks_patch(version: str, patches: tuple[tuple[int, ...], ...]) -> bool:
    """Whether a version surely lacks something that came with one patch in each series.

    A series before the first one named never got it, one after the last always has it.
    """
    numbers = parsed(version)
    if numbers is None:
        return False
    series = {patch[:2]: patch for patch in patches}
    if numbers[:2] in series:
        return is_before(version, series[numbers[:2]])
    return numbers[:2] < min(series)
