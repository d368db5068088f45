"""Bars in groups, as numbers that a template draws as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 900, 220, 40, 24, 10
NARROW = 320  # for a screen that is as narrow
_GAP = 0.25  # of a group
_LABELLED = 5  # every fifth group says its name


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a series."""

    series: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A text on an axis."""

    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything that is drawn."""

    bars: list[Bar]
    across: list[Mark]
    up: list[Mark]
    width: int
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM


def plot_of(groups: Sequence[tuple[str, Sequence[int]]], series: Sequence[str], width: int = WIDTH) -> Plot:
    """Return the drawing of groups of counts, one bar for each series."""
    top = _round_up(max((count for _, counts in groups for count in counts), default=0))
    high, wide = HEIGHT - BOTTOM - TOP, (width - LEFT) / max(len(groups), 1)
    thick = wide * (1 - _GAP) / len(series)
    bars = [
        Bar(series[place], *_box(LEFT + index * wide + place * thick, count * high / top, thick))
        for index, (_, counts) in enumerate(groups)
        for place, count in enumerate(counts)
        if count
    ]
    across = [
        Mark(text, round(LEFT + index * wide, 1)) for index, (text, _) in enumerate(groups) if not index % _LABELLED
    ]
    up = [Mark(str(round(top * part / 2)), round(HEIGHT - BOTTOM - high * part / 2, 1)) for part in range(3)]
    return Plot(bars, across, up, width)


def _box(x: float, height: float, width: float) -> tuple[float, float, float, float]:
    height = max(height, 1.0)
    return round(x, 1), round(HEIGHT - BOTTOM - height, 1), round(width, 1), round(height, 1)


def _round_up(most: int) -> int:
    """Return an even number that reads well, not less than the most."""
    step = 10 ** max(len(str(most)) - 1, 0)
    return max(2, next(step * part for part in (1, 2, 4, 6, 8, 10, 20) if step * part >= most))
