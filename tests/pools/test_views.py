"""Pages of clusters and pools."""

import pytest

from tests.wizard.test_views import a_body, walked
from webapp.approvals.models import PoolRequest
from webapp.pools.models import PoolStatus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made(anna_client):
    """A request whose pool is being made."""
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"))
    return PoolRequest.objects.get()


@pytest.fixture
def at(made):
    return f"/clusters/{made.cluster_id}/pools/{made.pool_id}"


def test_the_page_of_a_pool_asks_for_itself_again(anna_client, at):
    page = anna_client.get(at).content.decode()
    assert 'data-count="wanted">2<' in page
    assert "hx-trigger=" in page


def test_an_unchanged_pool_is_answered_without_a_body_and_a_final_one_ends_the_asking(
    anna_client, at, local_cloud, settings
):
    settings.POLL_INTERVAL_S = 0
    local_cloud.advance(3600)
    first = anna_client.get(f"{at}/status")
    assert first.status_code == 286
    again = anna_client.get(f"{at}/status?seen=pool-{PoolStatus.objects.get().version}")
    assert (again.status_code, again.content) == (204, b"")
    by_etag = anna_client.get(f"{at}/status", headers={"If-None-Match": first["ETag"]})
    assert (by_etag.status_code, by_etag.content, by_etag["ETag"]) == (304, b"", first["ETag"])


def test_the_pools_of_a_cluster_are_listed(anna_client, made):
    page = anna_client.get(f"/clusters/{made.cluster_id}/pools").content.decode()
    assert "pool-1" in page
    assert "prod-standard" in anna_client.get("/clusters").content.decode()


def test_a_pool_that_is_not_there_is_said_to_be_so(anna_client, made):
    page = anna_client.get(f"/clusters/{made.cluster_id}/pools/nothing").content.decode()
    assert "does not know this cluster or pool" in page


def test_a_cloud_that_does_not_answer_is_a_page_with_a_remedy(anna_client, local_cloud):
    local_cloud.fault(kind="drop", path="/clusters$")
    answer = anna_client.get("/clusters")
    assert answer.status_code == 502
    assert "Try again" in answer.content.decode()
