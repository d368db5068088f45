"""Pages of clusters and pools."""

import pytest

from tests.wizard.test_views import a_body, walked
from webapp.accounts.models import User
from webapp.pools.models import Creation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def creation(anna_client):
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"))
    return Creation.objects.get()


def test_the_page_of_an_order_shows_the_pool_and_asks_for_itself_again(anna_client, creation):
    page = anna_client.get(creation.get_absolute_url()).content.decode()
    assert 'data-count="wanted">2<' in page
    assert "hx-trigger=" in page


def test_an_unchanged_state_is_answered_without_a_body_and_a_final_one_ends_the_asking(
    anna_client, creation, local_cloud, settings
):
    settings.POLL_INTERVAL_S = 0
    local_cloud.advance(3600)
    first = anna_client.get(f"{creation.get_absolute_url()}/status")
    assert first.status_code == 286
    seen = f"accepted-0-{first.context['status'].version}"
    again = anna_client.get(f"{creation.get_absolute_url()}/status?seen={seen}")
    assert (again.status_code, again.content) == (204, b"")


def test_a_refused_order_says_whose_move_it_is_and_leads_to_the_draft(anna_client, creation):
    problem = {"message": "No.", "remedy": "Change it.", "pointer": "/metadata/name"}
    Creation.objects.update(state="refused", pool_id="", problem=problem)
    page = anna_client.get(creation.get_absolute_url()).content.decode()
    assert "the move is yours" in page
    assert creation.draft_url in page


def test_the_pools_of_a_cluster_are_listed(anna_client, creation):
    page = anna_client.get(f"/clusters/{creation.cluster_id}/pools").content.decode()
    assert "pool-1" in page
    assert "prod-standard" in anna_client.get("/clusters").content.decode()


def test_a_pool_is_deleted_only_when_its_name_was_typed(anna_client, creation, local_cloud):
    url = f"/clusters/{creation.cluster_id}/pools/{creation.pool_id}/delete"
    assert anna_client.post(url, {"name": "pool"}).status_code == 422
    assert local_cloud.log("DELETE") == []
    anna_client.post(url, {"name": "pool-1"})
    assert len(local_cloud.log("DELETE")) == 1


def test_a_stranger_does_not_see_an_order(anna_client, creation):
    anna_client.force_login(User.objects.create_user("stranger"))
    assert anna_client.get(creation.get_absolute_url()).status_code == 404
    assert anna_client.get(f"{creation.get_absolute_url()}/status").status_code == 404
    assert anna_client.post(f"{creation.get_absolute_url()}/send-again").status_code == 404


def test_a_pool_that_is_not_there_is_said_to_be_so(anna_client, creation):
    page = anna_client.get(f"/clusters/{creation.cluster_id}/pools/nothing").content.decode()
    assert "does not know this cluster or pool" in page


def test_a_cloud_that_does_not_answer_is_a_page_with_a_remedy(anna_client, local_cloud):
    local_cloud.fault(kind="drop", path="/clusters$")
    answer = anna_client.get("/clusters")
    assert answer.status_code == 502
    assert "Try again" in answer.content.decode()
