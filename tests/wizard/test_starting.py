"""“Start by itself” shows what was chosen: by the request that is changed, by what was typed, else that it does."""

import re

import pytest

from tests.approvals.building import a_policy
from tests.nodepool.test_rules import a_body
from tests.pools.test_views import at, made  # noqa: F401 - fixtures
from tests.wizard.test_changes import COUNT, form_of
from tests.wizard.test_views import walked
from webapp.approvals.models import PoolRequest
from webapp.wizard.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)


def is_ticked(answer):
    return "checked" in re.search(r'<input type="checkbox" name="start_at_once"[^>]*>', answer.content.decode())[0]


@pytest.fixture
def review(anna_client):
    a_policy()
    return walked(anna_client, a_body(), "prod-standard").url_of("review")


def test_a_new_request_starts_by_itself(anna_client, review):
    assert is_ticked(anna_client.get(review))


def test_a_request_that_is_changed_shows_what_it_says(anna_client, review):
    anna_client.post(review, {"_asks": "1"})
    assert not is_ticked(anna_client.get(review))
    anna_client.post(review, {"_asks": "1", "start_at_once": "1"})
    assert is_ticked(anna_client.get(review))


def test_a_new_draft_of_a_request_that_can_be_changed_shows_what_it_says(anna_client, review):
    anna_client.post(review, {"_asks": "1"})
    found = PoolRequest.objects.get()
    anna_client.post(f"/pools/new/from/{found.reference}")
    assert not is_ticked(anna_client.get(Draft.objects.latest("created_at").url_of("review")))


def test_what_was_typed_stays_when_the_page_comes_again(anna_client, review):
    again = anna_client.post(review, {"_asks": "1", "reason": "For the shop", "_version": "999"})
    assert (again.status_code, is_ticked(again), b"For the shop" in again.content) == (409, False, True)


def test_a_change_of_a_pool_shows_what_was_chosen_as_well(anna_client, at, local_cloud):  # noqa: F811
    a_policy()
    first = anna_client.post(f"{at}/scale", {COUNT: "5"})
    assert is_ticked(first)
    anna_client.post(f"{at}/scale", form_of(first.content.decode()) | {"_confirmed": "1", "_asks": "1"})
    assert not is_ticked(anna_client.post(f"{at}/scale", {COUNT: "6"}))


def test_a_name_that_is_typed_wrongly_unticks_nothing_and_ticks_nothing(anna_client, at, local_cloud):  # noqa: F811
    a_policy()
    assert is_ticked(anna_client.get(f"{at}/delete"))
    assert not is_ticked(anna_client.post(f"{at}/delete", {"_asks": "1", "name": "x"}))
