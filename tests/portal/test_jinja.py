"""The language of the pages: what a person typed is text, whatever it goes through."""

import pytest
from django.template import engines
from django.template.loader import render_to_string

TYPED = "<b>bold</b>"
FILTERS = ["capfirst", "default_if_none('')", "linebreaks", "linebreaksbr", "truncatechars(40)", "join(', ')"]


def drawn(text, **context):
    return engines["jinja2"].from_string(text).render(context)


@pytest.mark.parametrize("through", FILTERS)
def test_what_is_typed_stays_text_through_a_filter(through):
    assert "<b>" not in drawn("{{ typed|" + through + " }}", typed=TYPED)


def test_what_is_typed_stays_text_in_a_table_and_its_label():
    text = "{% call table(typed) %}<tr><td>{{ typed }}</td></tr>{% endcall %}"
    assert "<b>" not in drawn(text, typed=TYPED)


def test_a_fragment_stands_in_a_page_as_it_is():
    fragment = render_to_string("wizard/_links.html", {"links": (), "is_form": False, "returns": ""})
    assert '<nav aria-label="Steps">' in drawn("{{ fragment }}", fragment=fragment)


def test_what_a_context_lacks_is_empty():
    assert drawn("{{ nobody.name }}{% if nobody.name %}!{% endif %}") == ""
