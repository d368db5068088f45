"""The admin speaks in words: no heading is the name of a column in the database, and no empty list is silent."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils.html import escape, strip_tags

from tests.admin.rows import one_of_each
from webapp.audit.operating import ListAdmin

pytestmark = pytest.mark.django_db
LISTS = {one.opts.model_name: one for one in admin.site._registry.values() if isinstance(one, ListAdmin)}
NEVER_EMPTY = ("user", "auditline")  # whoever looks has signed in
WITHOUT_PAGES = ("apitoken",)  # their address would hold a digest
RAW = re.compile(r"Is .+|.+ at|.+ h|Over .+|Iam .+")


def address_of(one: ListAdmin, page: str, *args) -> str:
    return reverse(f"admin:{one.opts.app_label}_{one.opts.model_name}_{page}", args=args)


def texts_in(client, address: str, pattern: str) -> Iterator[str]:
    page = client.get(address).content.decode()
    return (strip_tags(one).strip(" :\n") for one in re.findall(pattern, page, re.DOTALL))


@pytest.mark.parametrize("name", LISTS)
def test_the_headings_of_a_list_are_words(at_desk, admin, name):
    one_of_each(admin)
    told = list(texts_in(at_desk, address_of(LISTS[name], "changelist"), r'<div class="text">(.*?)</div>'))
    assert len(told) > 1
    assert [one for one in told if RAW.fullmatch(one)] == []


@pytest.mark.parametrize("name", LISTS)
def test_what_is_typed_or_ticked_in_a_row_of_a_list_says_what_it_is(at_desk, admin, name):
    one_of_each(admin)
    rows = at_desk.get(address_of(LISTS[name], "changelist")).content.decode().partition("<tbody")[2]
    inputs = re.findall(r"<(?:input|select|textarea)\b(?![^>]*type=\"hidden\")[^>]*>", rows.partition("</tbody>")[0])
    assert [one for one in inputs if "aria-label=" not in one] == []
    assert bool(inputs) is bool(LISTS[name].list_editable or "action-checkbox" in rows)


@pytest.mark.parametrize("name", LISTS)
def test_the_filters_of_a_list_are_words(at_desk, name):
    told = texts_in(at_desk, address_of(LISTS[name], "changelist"), r"<summary>\s*By (.*?)</summary>")
    assert [one for one in told if RAW.fullmatch(one.capitalize())] == []


@pytest.mark.parametrize("name", sorted(LISTS.keys() - WITHOUT_PAGES))
def test_the_labels_of_a_page_are_words_also_where_it_is_only_read(at_desk, looking, admin, name):
    found = one_of_each(admin)[LISTS[name].model.__name__]
    for browser in (at_desk, looking):
        told = list(texts_in(browser, address_of(LISTS[name], "change", found.pk), r"<label[^>]*>(.*?)</label>"))
        assert told
        assert [one for one in told if RAW.fullmatch(one)] == []


@pytest.mark.parametrize("name", sorted(LISTS.keys() - NEVER_EMPTY))
def test_an_empty_list_says_what_would_stand_in_it(at_desk, name):
    LISTS[name].model._default_manager.all().delete()
    page = at_desk.get(address_of(LISTS[name], "changelist")).content.decode()
    assert escape(LISTS[name].when_empty) in page
    assert len(LISTS[name].when_empty) > 40
    assert "0 in all" not in page
    assert "Action:" not in page


def test_a_search_without_a_find_leads_back_to_all(at_desk):
    page = at_desk.get(address_of(LISTS["user"], "changelist"), {"q": "no-such"}).content.decode()
    assert 'Nothing is like this. <a href="?">Show all</a>' in page
