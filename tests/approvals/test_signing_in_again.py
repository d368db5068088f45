"""Whoever signs in to the cloud again, in whichever browser, finds what they had under way going on by itself."""

import pytest
from django.test import Client

from tests.approvals.building import a_failure, a_policy
from tests.conftest import ANNA
from tests.nodepool.test_rules import a_body
from tests.people import a_person
from tests.wizard.test_views import walked
from webapp.accounts.roles import Role
from webapp.approvals import deciding, tasks
from webapp.approvals.launching import launch
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import State

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = "the-browser-of-before"


@pytest.fixture
def lost(anna_client, asked, anna, author, local_cloud):
    """A request of Anna's browser whose answer was lost, though its pool was made."""
    found = asked(browser=anna_client.session.session_key)
    local_cloud.fault(kind="accept_then_504", method="POST", path="nodepools$", times=1)
    launch(found, anna, by=author)
    assert (found.state, found.launch.state) == (State.LAUNCHING, "unknown")
    return found


def rejected_with_another_request(client, asked, local_cloud):
    """Let the cloud reject the browser's token when something else is launched; return what that was."""
    other = asked(browser=client.session.session_key, **{"/metadata/name": "other"})
    local_cloud.fault(kind="status", status=401, path=".")
    assert client.post(f"{other.get_absolute_url()}/launch").status_code == 409
    local_cloud.no_faults()
    assert "cloud" not in client.session
    return other


def signed_in(client, anna, way):
    said = {"cloud": ANNA, "token": {"token": anna.token}}[way]
    assert client.post("/sign-in", {"way": way, **said}).status_code == 302


def state_after_the_sweep(found):
    PoolRequest.objects.update(tried_at=None)
    tasks.follow_due()
    found.refresh_from_db()
    return found.state


@pytest.mark.parametrize("way", ["cloud", "token"])
def test_a_lost_order_is_settled_after_the_token_was_rejected_for_another(  # noqa: PLR0917
    anna_client, asked, anna, lost, local_cloud, way
):
    rejected_with_another_request(anna_client, asked, local_cloud)
    assert state_after_the_sweep(lost) == State.LAUNCHING
    signed_in(anna_client, anna, way)
    assert state_after_the_sweep(lost) == State.PROVISIONING


@pytest.mark.parametrize("browser", ["the same browser", "another browser"])
def test_a_lost_order_is_settled_after_a_sign_out(anna_client, anna, lost, browser):
    anna_client.post("/sign-out")
    assert state_after_the_sweep(lost) == State.LAUNCHING
    signed_in(anna_client if browser == "the same browser" else Client(), anna, "cloud")
    assert state_after_the_sweep(lost) == State.PROVISIONING


def test_a_lost_order_is_settled_though_its_author_has_signed_in_anew_meanwhile(anna_client, anna, lost):
    signed_in(anna_client, anna, "cloud")
    assert state_after_the_sweep(lost) == State.PROVISIONING


def test_what_was_given_back_for_its_token_starts_by_itself(anna_client, asked, anna, local_cloud):
    other = rejected_with_another_request(anna_client, asked, local_cloud)
    assert tasks.launch_due() == 0
    signed_in(anna_client, anna, "cloud")
    PoolRequest.objects.update(tried_at=None)
    assert tasks.launch_due() == 1
    other.refresh_from_db()
    assert other.state == State.PROVISIONING


def test_what_is_approved_after_its_author_has_signed_in_anew_starts_by_itself(anna_client, asked, anna):
    a_policy()
    found = asked(browser=anna_client.session.session_key)
    signed_in(anna_client, anna, "cloud")
    deciding.approve(found, by=a_person("approver", Role.APPROVER))
    assert tasks.launch_due() == 1


@pytest.mark.parametrize(
    ("facts", "follows"),
    [
        ({"state": State.LAUNCHING}, True),
        ({"state": State.PROVISIONING}, True),
        ({"state": State.APPROVED, "start_at_once": True}, True),
        ({"state": State.SUBMITTED, "start_at_once": True}, True),
        ({"state": State.APPROVED, "start_at_once": False}, False),
        ({"state": State.LAUNCHING, "project_id": "of-another-project"}, False),
        ({"state": State.ACTIVE}, False),
    ],
    ids=str,
)
def test_the_new_browser_session_is_that_of_what_is_under_way_in_its_project(anna_client, asked, anna, facts, follows):
    asked()
    PoolRequest.objects.update(launch_session=BEFORE, **facts)
    signed_in(anna_client, anna, "cloud")
    assert PoolRequest.objects.get().launch_session == (anna_client.session.session_key if follows else BEFORE)


def test_what_others_have_under_way_stays_theirs(anna_client, asked, anna):
    asked()
    ben = a_person("ben", Role.REQUESTER)
    PoolRequest.objects.update(launch_session=BEFORE, state=State.LAUNCHING, author=ben)
    signed_in(anna_client, anna, "cloud")
    assert PoolRequest.objects.get().launch_session == BEFORE


def test_a_draft_sent_again_after_a_failure_goes_on_with_the_browser_session_of_now(anna_client, anna, local_cloud):
    a_failure("CCE.01400008", is_retryable=True)
    draft = walked(anna_client, a_body(), "prod-standard")
    local_cloud.fault(kind="quota", method="POST", path="nodepools$", times=1)
    anna_client.post(draft.url_of("review"))
    signed_in(anna_client, anna, "cloud")
    anna_client.post(draft.url_of("review"))
    found = PoolRequest.objects.get()
    assert (found.state, found.launch_session) == (State.PROVISIONING, anna_client.session.session_key)
