"""Tables of the admin's pages, drawn as those of the portal."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from webapp.portal import tables

register = template.Library()


@register.simple_block_tag
def table(content: str, label: str, **named: str) -> SafeString:
    """Draw rows as a table, see `webapp.portal.tables.table`."""
    return tables.table(label, **named, caller=lambda: content)


@register.filter
def worded(headers: Iterable[dict[str, Any]], changes: Any) -> list[dict[str, Any]]:
    """Return the headings of a list of the admin, in the words that its page has for its columns."""
    words = changes.model_admin.words
    return [
        {**one, "text": words.get(name, one["text"])} for one, name in zip(headers, changes.list_display, strict=True)
    ]
