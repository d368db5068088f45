"""Requests in the admin: found quickly, and looked at only."""

import pytest

from tests.admin.rows import a_request, many_requests
from webapp.approvals.models import PoolRequest

LIST = "/admin/approvals/poolrequest/"
pytestmark = pytest.mark.django_db


def names_in(answer):
    return [one.name for one in answer.context["cl"].result_list]


@pytest.fixture
def requests(admin):
    many_requests(admin, 12)
    return list(PoolRequest.objects.order_by("pk"))


@pytest.mark.parametrize("words", ["NP-{0.number}", "np{0.number}", "{0.number}", " NP-{0.number} "])
def test_a_request_is_found_by_its_number(looking, requests, words):
    answer = looking.get(LIST, {"q": words.format(requests[3])})
    assert names_in(answer) == ["pool-3"]


def test_a_request_is_found_by_how_its_name_or_author_begins(looking, requests):
    assert sorted(names_in(looking.get(LIST, {"q": "pool-1"}))) == ["pool-1", "pool-10", "pool-11"]
    assert names_in(looking.get(LIST, {"q": "ool-1"})) == []
    assert len(names_in(looking.get(LIST, {"q": "ad"}))) == 12


def test_filters_narrow_down(looking, requests):
    assert names_in(looking.get(LIST, {"state__exact": "failed"})) == ["pool-10", "pool-6", "pool-2"]


def test_a_request_shows_what_it_is_and_leads_to_its_page_but_not_whose_browser_may_launch_it(at_desk, requests):
    shown = at_desk.get(f"{LIST}{requests[0].pk}/change/").content.decode()
    assert f'href="{requests[0].get_absolute_url()}"' in shown
    assert "prod-standard" in shown
    assert requests[0].launch_session not in shown
    assert "Save" not in shown


def test_counting_ends_at_a_limit(looking, admin, monkeypatch):
    monkeypatch.setattr("webapp.audit.operating.COUNTED", 5)
    PoolRequest.objects.bulk_create(a_request(admin, number) for number in range(8))
    shown = looking.get(LIST).content.decode()
    assert "the first 5" in " ".join(shown.split())
