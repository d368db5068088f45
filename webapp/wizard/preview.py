"""The body as lines of text, each with its place, so that a step's own lines can light up."""

import json
from collections.abc import Callable
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from webapp.nodepool import pointers
from webapp.nodepool.pointers import JSON

_INDENT = "  "
_encoded = json.JSONEncoder(ensure_ascii=False).encode


class Line(NamedTuple):
    """One line of the printed body, and the pointer of the value that it belongs to."""

    text: str
    pointer: str


def lines(body: JSON) -> list[Line]:
    """Return the body as `json.dumps(body, indent=2)` prints it."""
    made: list[Line] = []
    _add_lines(made, body, "", "", "")
    return made


def drawn(body: JSON, is_lit: Callable[[str], bool]) -> SafeString:
    """Return the lines as HTML, those lit whose place is: one string, ten times as fast as a loop of a template."""
    drawn = [
        f'<span class="line{" lit" if is_lit(line.pointer) else ""}">{escape(line.text)}\n</span>'
        for line in lines(body)
    ]
    return mark_safe("".join(drawn))  # noqa: S308 - what a person typed is escaped


def _add_lines(made: list[Line], value: JSON, pointer: str, head: str, tail: str) -> None:
    margin = _INDENT * pointer.count("/")
    if not isinstance(value, (dict, list)) or not value:
        made.append(Line(f"{margin}{head}{_encoded(value)}{tail}", pointer))
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    made.append(Line(f"{margin}{head}{opening}", pointer))
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for left, (step, item) in enumerate(items, 1 - len(value)):
        name = "" if isinstance(step, int) else f"{_encoded(step)}: "
        _add_lines(made, item, pointer + pointers.join(step), name, "," if left else "")
    made.append(Line(f"{margin}{closing}{tail}", pointer))
