"""A field as HTML: label, input, messages and hints.

Written here and not as a template: a page has some forty of them, and a template takes ten times as long for each.
"""

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe

from webapp.wizard.places import Kind

if TYPE_CHECKING:
    from webapp.wizard.page import Input

_said = lru_cache(maxsize=1024)(escape)  # for what the steps themselves say: it is the same on each page


def drawn(field: "Input") -> SafeString:
    """Return a field that can be filled in."""
    place, at = field.place, escape(field.at)
    classes = f"field{' has-error' if field.errors else ''}{' is-wide' if place.kind is Kind.SCRIPT else ''}"
    needed = ' <span class="needed">(needed)</span>' if place.needed else ""
    label = f'<label class="field-label" for="{at}">{_said(place.label)}{needed}</label>'
    return mark_safe(f'<div class="{classes}">\n{label}\n{_control(field, at)}\n{_texts(field, at)}</div>\n')  # noqa: S308 - every part is escaped


def _control(field: "Input", at: str) -> str:
    names, states = f'id="{at}" name="{at}" data-at="{at}"{" autofocus" if field.is_focused else ""}', _states(field)
    if field.choices is not None:
        return f"<select {names}{states}>{field.choices}</select>"
    value = escape(field.value)
    if field.place.kind is Kind.SCRIPT:
        return f'<textarea {names} rows="6" spellcheck="false" class="is-code"{states}>\n{value}</textarea>'
    return f'<input type="text" {names} value="{value}" autocomplete="off"{states}{_help(field, at)}'


def _states(field: "Input") -> str:
    by = field.described_by
    described = f' aria-describedby="{escape(by)}"' if by else ""
    return f'{described} aria-invalid="true"' if field.errors else described


def _help(field: "Input", at: str) -> str:
    """Return the end of a text input: how to type, and what is usually typed."""
    text = ' inputmode="numeric"' if field.place.kind is Kind.NUMBER else ""
    if field.place.unset:
        text += f' placeholder="{_said(field.place.unset)}"'
    if not field.suggestions:
        return f"{text}>"
    words = "".join(f'<option value="{escape(word)}"></option>' for word in field.suggestions)
    return f'{text} list="{at}-list">\n<datalist id="{at}-list">{words}</datalist>'


def _texts(field: "Input", at: str) -> str:
    """Return what stands below an input."""
    later = " <em>Cannot be changed later.</em>" if field.place.fixed_later else ""
    texts = (
        ("error", "field-error", field.errors and _joined(field.errors)),
        ("warning", "field-warning", field.warnings and _joined(field.warnings)),
        ("note", "field-hint", field.note and escape(field.note)),
        ("hint", "field-hint", f"{_said(field.place.hint)}{later}"),
    )
    return "".join([f'<p class="{style}" id="{at}-{name}">{html}</p>\n' for name, style, html in texts if html])


def _joined(messages: Iterable[str]) -> str:
    return "".join([f"{escape(one)} " for one in messages])
