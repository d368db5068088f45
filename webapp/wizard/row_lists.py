"""A list of rows as HTML: the fields of each row, and the buttons by which rows come and go.

Written here and not as a template for the reason that inputs.py gives; rows hold lists that hold rows.
"""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from webapp.wizard.page import Row, RowList

_SWAPS = (
    'formnovalidate hx-post="" hx-target="#step-form" hx-select="#step-form" hx-swap="outerHTML" '
    'hx-select-oob="#aside" hx-sync="closest form:replace"'
)


def drawn(found: "RowList") -> SafeString:
    """Return a list whose rows can be filled in; one that is fixed says so and takes no rows."""
    at, rows = escape(found.at), found.rows
    plain = " is-plain" if found.is_plain else ""
    hint = f'<p class="field-hint">{escape(rows.hint)}</p>\n' if rows.hint else ""
    return mark_safe(  # noqa: S308 - every part is escaped
        f'<fieldset class="rows{plain}" id="{at}" tabindex="-1" data-rows="{at}"'
        f"{' autofocus' if found.is_focused else ''}>\n<legend>{escape(rows.label)}</legend>\n{hint}"
        f"{_messages('field-error', found.errors)}{_messages('field-warning', found.warnings)}"
        f"{''.join(_row(one, plain) for one in found.items)}{_end(found, at)}</fieldset>\n"
    )


def _row(row: "Row", plain: str) -> str:
    at, title = escape(row.at), escape(row.title)
    name = title[:1].upper() + title[1:]
    head = "" if plain else f'<h3 class="row-head">{name}</h3>\n'
    fields = "".join(one.drawn for one in row.parts)
    return (
        f'<div class="row-card{plain}" role="group" aria-label="{name}" data-row="{at}">\n{head}'
        f'<div class="field-grid">\n{fields}</div>\n{"" if row.fix else _remove(at, title)}</div>\n'
    )


def _remove(at: str, title: str) -> str:
    button = f'<button class="btn btn-quiet" name="_remove" value="{at}" {_SWAPS}>'
    return f'<div class="row-actions">{button}Remove<span class="visually-hidden"> {title}</span></button></div>\n'


def _end(found: "RowList", at: str) -> str:
    if found.fix:
        return f'<p class="field-hint is-fixed">{escape(str(found.fix))}</p>\n'
    button = f'<button class="btn" name="_add" value="{at}" data-add="{at}" {_SWAPS}>'
    return f"{button}Add {escape(found.rows.item)}</button>\n"


def _messages(style: str, texts: Iterable[str]) -> str:
    return "".join(f'<p class="{style}">{escape(one)}</p>\n' for one in texts)
