"""What a pool looks like: the disks of a node as bars, to scale, and the table of its totals."""

from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from webapp.nodepool.layout import Disk, Group, Layout
from webapp.nodepool.totals import Totals

WIDTH, BAR, STEP = 360, 24, 52
_LEAST = 3.0  # so that the smallest part can be seen
_LETTER = 6.5  # the width of a letter in a part


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, in the drawing's units; `text` says the same in words, `label` is what fits into it."""

    kind: str
    x: float
    width: float
    text: str
    label: str

    @property
    def text_x(self) -> float:
        """Where the label begins."""
        return round(self.x + 5, 1)


@dataclass(frozen=True, slots=True)
class Bar:
    """One disk or one volume group."""

    title: str
    y: int
    text_y: int
    segments: tuple[Segment, ...]

    @property
    def label_y(self) -> int:
        """Where labels stand in the bar."""
        return self.y + 16


@dataclass(frozen=True, slots=True)
class Drawing:
    """The bars, and the height that they take; `is_default` when no storage section was given."""

    bars: tuple[Bar, ...]
    height: int
    is_default: bool


def drawn(layout: Layout) -> Drawing:
    """Return the drawing of a layout."""
    rows: list[tuple[str, list[tuple[str, int, str]]]] = []
    if layout.root:
        rows.append((f"System disk, {_disk(layout.root)}", [("system", layout.root.size_gib, "system")]))
    rows += [_group_row(group) for group in layout.groups if group.disks]
    rows += [(f"Raw disk, {_disk(disk)}: no group takes it", [("raw", disk.size_gib, "raw")]) for disk in layout.raw]
    largest = max((sum(part[1] for part in parts) for _, parts in rows), default=0) or 1
    bars = tuple(_bar(index, title, parts, WIDTH / largest) for index, (title, parts) in enumerate(rows))
    return Drawing(bars, len(bars) * STEP, layout.is_default)


@lru_cache(maxsize=512)
def totals_drawn(totals: Totals, left: tuple[int | None, ...] = ()) -> SafeString:
    """Return the table of totals and of what the quotas leave as HTML; drawn once for all that are the same.

    They stand beside every step, and few steps change them.
    """
    return render_to_string("wizard/_totals.html", {"totals": totals, "left": left})


def _group_row(group: Group) -> tuple[str, list[tuple[str, int, str]]]:
    parts = [(one.space, one.size_gib, f"{one.space} {one.size_gib} GiB {one.path}".strip()) for one in group.volumes]
    if group.free_gib:
        parts.append(("free", group.free_gib, f"free {group.free_gib} GiB"))
    disks = " + ".join(f"{disk.size_gib}" for disk in group.disks)
    kind = "striped across" if any(one.lv_type == "striped" for one in group.volumes) else "on"
    return f"{group.name or 'Unnamed group'}, {kind} {disks} GiB", parts


def _bar(index: int, title: str, parts: list[tuple[str, int, str]], scale: float) -> Bar:
    x, segments = 0.0, []
    for kind, size, text in parts:
        width = max(size * scale, _LEAST)
        label = f"{kind} {size}" if kind != "system" else ""
        fits = len(label) * _LETTER <= width
        segments.append(Segment(kind, round(x, 1), round(width, 1), text, label if fits else ""))
        x += width
    return Bar(title, index * STEP + 18, index * STEP + 12, tuple(segments))


def _disk(disk: Disk) -> str:
    encrypted = ", encrypted" if disk.is_encrypted else ""
    return f"{disk.size_gib} GiB {disk.type}{encrypted}"
