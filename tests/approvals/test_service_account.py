"""A project whose service account cannot sign in: nothing can be sent, and pages and API say why."""

import pytest

from tests.accounts.test_service_accounts import an_account
from tests.nodepool.test_rules import a_body
from tests.wizard.test_views import walked
from webapp.approvals.models import PoolRequest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(anna_client):
    return walked(anna_client, a_body(), "prod-standard")


@pytest.fixture
def locked_out(draft):
    account = an_account()
    account.set_password("wrong-one")
    account.save()
    return account


def test_the_review_is_shown_and_says_that_nothing_can_be_sent_now(anna_client, draft, locked_out):
    answer = anna_client.get(draft.url_of("review"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Nothing can be sent now." in page
    assert "service account" in page
    assert "pool-1" in page


def test_what_is_sent_all_the_same_is_refused_with_the_same_words(anna_client, draft, locked_out, local_cloud):
    answer = anna_client.post(draft.url_of("review"), {"_submit": "1"})
    assert (answer.status_code, "Nothing can be sent now." in answer.content.decode()) == (409, True)
    assert not PoolRequest.objects.exists()
    assert local_cloud.log("POST", "nodepools") == []


def test_with_the_right_password_it_goes_on(anna_client, draft, locked_out):
    locked_out.set_password("ben-demo-1")
    locked_out.save()
    assert "Nothing can be sent now." not in anna_client.get(draft.url_of("review")).content.decode()


@pytest.mark.parametrize("act", ["scale", "change", "delete"])
def test_a_change_of_a_pool_waits_and_its_page_says_why(anna_client, draft, local_cloud, act):
    anna_client.post(draft.url_of("review"))
    made = PoolRequest.objects.get()
    account = an_account()
    account.set_password("wrong-one")
    account.save()
    form = {"name": "pool-1", "/metadata/name": "pool-1", "/spec/initialNodeCount": "5", "_confirmed": "1"}
    answer = anna_client.post(f"/clusters/{made.cluster_id}/pools/{made.pool_id}/{act}", form, follow=True)
    assert (answer.status_code, "It was not started." in answer.content.decode()) == (200, True)
    assert local_cloud.log("PUT") == local_cloud.log("DELETE") == []
