"""Tables that become cards where the screen is narrow: each cell carries the heading of its column."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_HEADING = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_TAG = re.compile(r"<(thead|tbody|tr|td|th)\b")
# Said aloud: what is laid out as cards by a style sheet is no table any more for some readers of the screen.
_ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}


@register.simple_block_tag
def table(content: str, label: str, wrap: str = "", **named: str) -> SafeString:
    """Draw rows as a table in a region of that label; `wrap` are classes of the region, `id` is of the table."""
    name = format_html(' id="{}"', named["id"]) if "id" in named else ""
    frame = '<div class="table-wrap {}" tabindex="0" role="region" aria-label="{}"><table{} class="cards" role="table">'
    opened = format_html(frame, wrap, label, name)
    return mark_safe(f"{opened}{labelled(content)}</table></div>")  # noqa: S308 - a template's own output


@register.filter
def worded(headers: Iterable[dict[str, Any]], changes: Any) -> list[dict[str, Any]]:
    """Return the headings of a list of the admin, in the words that its page has for its columns."""
    words = changes.model_admin.words
    return [
        {**one, "text": words.get(name, one["text"])} for one, name in zip(headers, changes.list_display, strict=True)
    ]


def labelled(rows: str) -> str:
    """Return the rows of a table in which each cell names its role, and the heading of its column."""
    head, end, body = rows.partition("</thead>")
    labels = [_label_of(inner) for inner in _HEADING.findall(head)]
    return _told(head, (), "columnheader") + end + _told(body, labels, "rowheader")


def _label_of(heading: str) -> str:
    """Return the attribute for a heading that is to be seen; those that are only said aloud label nothing."""
    text = "" if "visually-hidden" in heading else " ".join(strip_tags(heading).split()).replace('"', "&quot;")
    return f' data-label="{text}"' if text else ""


def _told(rows: str, labels: Sequence[str], header: str) -> str:
    first, *parts = _TAG.split(rows)
    told, column = [first], 0
    for tag, rest in zip(parts[::2], parts[1::2], strict=True):
        is_cell = tag in ("td", "th")
        label = labels[column] if is_cell and column < len(labels) else ""
        column = column + 1 if is_cell else 0
        told += ("<", tag, ' role="', header if tag == "th" else _ROLES[tag], '"', label, rest)
    return "".join(told)
