"""The body as lines of text, each with its place, so that a step's own lines can light up."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from webapp.nodepool import pointers
from webapp.nodepool.pointers import JSON

_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the printed body, and the pointer of the value that it belongs to."""

    text: str
    pointer: str


def lines(body: JSON) -> Iterator[Line]:
    """Yield the body as `json.dumps(body, indent=2)` prints it."""
    return _lines(body, (), "", "")


def drawn(body: JSON, is_lit: Callable[[str], bool]) -> SafeString:
    """Return the lines as HTML, those lit whose place is: one string, ten times as fast as a loop of a template."""
    return mark_safe(  # noqa: S308 - what a person typed is escaped
        "".join(
            f'<span class="line{" lit" if is_lit(line.pointer) else ""}">{escape(line.text)}\n</span>'
            for line in lines(body)
        )
    )


def _lines(value: JSON, at: Sequence[str | int], head: str, tail: str) -> Iterator[Line]:
    pointer, margin = pointers.join(*at), _INDENT * len(at)
    if not isinstance(value, (dict, list)) or not value:
        yield Line(f"{margin}{head}{json.dumps(value, ensure_ascii=False)}{tail}", pointer)
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    items = list(value.items() if isinstance(value, dict) else enumerate(value))
    yield Line(f"{margin}{head}{opening}", pointer)
    for position, (key, item) in enumerate(items):
        name = f"{json.dumps(key, ensure_ascii=False)}: " if isinstance(value, dict) else ""
        yield from _lines(item, (*at, key), name, "," if position < len(items) - 1 else "")
    yield Line(f"{margin}{closing}{tail}", pointer)
