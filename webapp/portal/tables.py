"""Tables that become cards where the screen is narrow: each cell carries the heading of its column."""

import re
from collections.abc import Callable, Sequence

from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

_HEADING = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_TAG = re.compile(r"<(thead|tbody|tr|td|th)\b")
# Said aloud: what is laid out as cards by a style sheet is no table any more for some readers of the screen.
_ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}


def table(label: str, wrap: str = "", *, caller: Callable[[], str], id: str = "") -> SafeString:
    """Draw the rows that `caller` gives as a table in a region of that label; `wrap` are classes of the region."""
    name = format_html(' id="{}"', id) if id else ""
    frame = '<div class="table-wrap {}" tabindex="0" role="region" aria-label="{}"><table{} class="cards" role="table">'
    opened = format_html(frame, wrap, label, name)
    return mark_safe(f"{opened}{labelled(str(caller()))}</table></div>")  # noqa: S308 - a template's own output


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
