"""A body said in the words of the form: what the review lists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape

from django.template.defaultfilters import linebreaksbr
from django.utils.safestring import SafeString, mark_safe

from webapp.nodepool.pointers import JSON
from webapp.wizard import options, steps
from webapp.wizard.answers import Tree, answer_at, answers_of, is_blank, rows_in
from webapp.wizard.places import Place, Rows, Step


@dataclass(frozen=True, slots=True)
class Said:
    """One line; `is_changed` marks what differs from what it is compared with, `parts` are the lines of a row."""

    label: str
    value: str
    is_changed: bool
    parts: list["Said"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one section of a step."""

    title: str
    lines: list[Said]

    @property
    def is_changed(self) -> bool:
        """Whether any line differs."""
        return any(line.is_changed for line in self.lines)

    @property
    def drawn(self) -> SafeString:
        """The lines as HTML: terms and what is said of them, without a template for each (see inputs.py)."""
        return mark_safe("".join(_drawn(one) for one in self.lines))  # noqa: S308 - every part is escaped


class Summary:
    """A body beside the one that it began with, with the names that the pick lists have for its ids."""

    def __init__(self, body: JSON, baseline: JSON, lists: options.Lists) -> None:
        self.tree: Tree = answers_of(steps.EVERY_PLACE, body)
        self.before: Tree = answers_of(steps.EVERY_PLACE, baseline)
        self.lists = lists

    def groups_of(self, step: Step) -> list[Group]:
        """Return the sections of a step in which something is set, or left to the cloud in a way that is known."""
        groups = (Group(section.title, list(self._lines(section.places, ""))) for section in step.sections)
        return [group for group in groups if group.lines]

    def _lines(self, places: tuple[Place | Rows, ...], under: str) -> Iterator[Said]:
        for place in places:
            at = under + place.at
            if isinstance(place, Rows):
                yield from self._rows(place, at)
                continue
            answer, before = answer_at(self.tree, at), answer_at(self.before, at)
            if not is_blank(answer):
                yield Said(place.label, options.told(place, str(answer), self.lists), answer != before)
            elif place.unset and not under:
                yield Said(place.label, f"Not set: {place.unset}", not is_blank(before))

    def _rows(self, rows: Rows, at: str) -> Iterator[Said]:
        for position, index in enumerate(rows_in(self.tree, at)):
            parts = list(self._lines(rows.places, f"{at}/{index}"))
            is_changed = answer_at(self.tree, f"{at}/{index}") != answer_at(self.before, f"{at}/{index}")
            label = f"{rows.item[0].upper()}{rows.item[1:]} {position + 1}"
            value = _in_one_line(rows, answer_at(self.tree, f"{at}/{index}")) or (
                parts[0].value if len(rows.places) == 1 and parts else ""
            )
            yield Said(label, value, is_changed, [] if value else parts)


def _in_one_line(rows: Rows, row: Tree | str) -> str:
    """Return a row of key and value as people write it, `key = value, effect`; empty for other rows."""
    if not isinstance(row, dict) or rows.places[0].at != "/key":
        return ""
    key, value, *more = (str(row.get(place.at[1:], "")) for place in rows.places)
    return ", ".join(filter(None, (f"{key} = {value}" if value else key, *more)))


def _drawn(line: Said) -> str:
    style, mark = ("", ' <span class="mark">changed</span>') if line.is_changed else (' class="is-default"', "")
    return f"<dt{style}>{escape(line.label)}</dt>\n<dd{style}>{_value(line)}{mark}</dd>\n"


def _value(line: Said) -> str:
    if not line.parts:
        return linebreaksbr(line.value)
    return f'<dl class="pairs">{_pairs(line.parts)}</dl>'


def _pairs(lines: Iterable[Said]) -> str:
    """Return the lines of a row, each pair together; one that has lines itself takes the whole width."""
    return "".join(
        f'<div class="pair{" is-full" if one.parts else ""}"><dt>{escape(one.label)}</dt><dd>{_value(one)}</dd></div>\n'
        for one in lines
    )
