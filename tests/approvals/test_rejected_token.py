"""A token that the cloud rejects launches nothing, ends nothing, and is not tried again."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.accounts.test_service_accounts import an_account
from tests.approvals.building import a_failure, a_policy
from tests.people import a_person
from webapp.accounts.actions import make_api_token
from webapp.accounts.roles import Role
from webapp.accounts.service_accounts import PAUSE_AFTER_REFUSAL
from webapp.accounts.session import cloud_of_browser, forget_cloud_of_browser
from webapp.approvals import deciding, outcomes, sweeps, tasks
from webapp.approvals.identity import TokenGone
from webapp.approvals.launching import launch, resume
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import State
from webapp.notices.models import Notice
from webapp.pools.models import Creation

pytestmark = pytest.mark.django_db(transaction=True)
REJECTS = {"kind": "status", "status": 401, "path": "."}
REJECTS_ORDERS = REJECTS | {"method": "POST", "path": "nodepools$"}


def notices(person):
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("event", flat=True))


@pytest.mark.parametrize("fault", [REJECTS, REJECTS_ORDERS], ids=["every call", "the order"])
def test_an_approved_request_stays_approved(asked, anna, author, local_cloud, fault):
    found = asked()
    local_cloud.fault(**fault)
    with pytest.raises(TokenGone, match=r"Nothing was sent, and NP-\d+ stays as it was. Sign in for eu-de_sandbox"):
        launch(found, anna, by=author)
    found.refresh_from_db()
    assert (found.state, found.problem, found.launched_at, found.launch) == (State.APPROVED, None, None, None)
    assert notices(author) == ["launched", "launched"]
    local_cloud.no_faults()
    launch(found, anna, by=author)
    assert found.state == State.PROVISIONING


def test_an_order_that_only_its_token_stopped_is_given_back_by_whoever_looks(asked, anna, author, local_cloud):
    found = asked()
    local_cloud.fault(kind="accept_then_504", method="POST", path="nodepools$", times=1)
    launch(found, anna, by=author)
    Creation.objects.update(state="refused", problem={"status": 401}, looks=0)
    outcomes.settle(PoolRequest.objects.select_related("launch").get())
    found.refresh_from_db()
    assert (found.state, found.launch) == (State.APPROVED, None)


def test_a_launch_that_is_taken_up_again_is_given_back_as_well(asked, anna, author, local_cloud):
    found = asked()
    local_cloud.fault(kind="status", status=503, path="nodes$")
    launch(found, anna, by=author)
    assert found.state == State.LAUNCHING
    local_cloud.no_faults()
    local_cloud.fault(**REJECTS)
    with pytest.raises(TokenGone):
        resume(found, anna)
    assert PoolRequest.objects.get().state == State.APPROVED


def test_a_failed_request_stays_failed_with_what_it_failed_for(asked, anna, author, local_cloud):
    a_failure("CCE.01400008", is_retryable=True)
    local_cloud.fault(kind="quota", method="POST", path="nodepools$", times=1)
    found = asked()
    launch(found, anna, by=author)
    before = found.problem, found.launched_at, found.launch, notices(author).count("failed")
    local_cloud.fault(**REJECTS)
    with pytest.raises(TokenGone, match="Sign in for eu-de_sandbox"):
        launch(found, anna, by=author)
    found.refresh_from_db()
    assert found.state == State.FAILED
    assert (found.problem, found.launched_at, found.launch, notices(author).count("failed")) == before


@pytest.mark.parametrize("act", ["launch", "retry"])
def test_the_page_drops_the_token_and_leads_to_the_sign_in(anna_client, asked, local_cloud, act):
    a_failure("X", is_retryable=True)
    found = asked()
    if act == "retry":
        PoolRequest.objects.update(state=State.FAILED, problem={"code": "X", "message": "No."})
    local_cloud.fault(**REJECTS)
    answer = anna_client.post(f"{found.get_absolute_url()}/{act}")
    page = answer.content.decode()
    assert (answer.status_code, "does not take your token any more" in page) == (409, True)
    assert f"Sign in for eu-de_sandbox to {act} it" in page
    assert "cloud" not in anna_client.session
    found.refresh_from_db()
    assert found.state == (State.FAILED if act == "retry" else State.APPROVED)


def test_the_api_forbids_it(asked, anna, author, client, local_cloud):
    found = asked()
    local_cloud.fault(**REJECTS_ORDERS)
    headers = {"Authorization": f"Token {make_api_token(author, 'x', 1)}", "X-Cloud-Token": anna.token}
    answer = client.post(
        f"/api/v1/requests/{found.reference}/launch", "{}", content_type="application/json", headers=headers
    )
    assert (answer.status_code, "Nothing was sent" in answer.json()["detail"]) == (403, True)
    found.refresh_from_db()
    assert found.state == State.APPROVED


def test_what_starts_by_itself_is_tried_once(asked, author, browser, local_cloud):
    a_policy()
    found = asked(browser=browser)
    deciding.approve(found, by=a_person("approver", Role.APPROVER))
    local_cloud.fault(**REJECTS)
    assert tasks.launch_due() == 0
    found.refresh_from_db()
    assert (found.state, cloud_of_browser(browser, author)) == (State.APPROVED, None)
    assert "failed" not in notices(author)
    assert "Sign in for eu-de_sandbox" in Notice.objects.filter(person=author).latest("pk").text


def test_a_change_stays_approved_and_one_that_may_have_gone_out_is_still_to_be_settled(
    asked, anna, author, local_cloud
):
    found = asked()
    launch(found, anna, by=author)
    change = asked("delete", found.body, found.pool_id)
    local_cloud.fault(**REJECTS | {"method": "DELETE"})
    with pytest.raises(TokenGone):
        launch(change, anna, by=author)
    assert (change.state, change.problem) == (State.APPROVED, None)
    local_cloud.no_faults()
    local_cloud.fault(kind="status", status=504, method="DELETE")
    launch(change, anna, by=author)
    local_cloud.no_faults()
    local_cloud.fault(**REJECTS)
    with pytest.raises(TokenGone):
        resume(change, anna)
    change.refresh_from_db()
    assert (change.state, change.problem["code"]) == (State.LAUNCHING, "answer-lost")


def test_a_service_account_that_is_rejected_is_left_alone_and_nobody_is_sent_to_the_sign_in(
    anna_client, asked, local_cloud
):
    an_account()
    found = asked()
    local_cloud.fault(**REJECTS_ORDERS)
    page = anna_client.post(f"{found.get_absolute_url()}/launch").content.decode()
    assert "does not take the token of the service account" in page
    assert "cloud" in anna_client.session
    sent = len(local_cloud.log("POST", "nodepools"))
    anna_client.post(f"{found.get_absolute_url()}/launch")
    assert len(local_cloud.log("POST", "nodepools")) == sent


def test_after_the_pause_the_service_account_signs_in_anew_and_nothing_starts_by_itself(
    anna_client, asked, local_cloud
):
    an_account()
    found = asked()
    local_cloud.fault(**REJECTS_ORDERS)
    anna_client.post(f"{found.get_absolute_url()}/launch")
    local_cloud.no_faults()
    found.refresh_from_db()
    assert (found.state, found.start_at_once) == (State.APPROVED, False)
    assert "Ask an admin." in Notice.objects.filter(person=found.author).latest("pk").text
    sign_ins = len(local_cloud.log("POST", "/auth/tokens"))
    with time_machine.travel(timezone.now() + PAUSE_AFTER_REFUSAL + timedelta(seconds=1)):
        anna_client.post(f"{found.get_absolute_url()}/launch")
    assert len(local_cloud.log("POST", "/auth/tokens")) == sign_ins + 1
    found.refresh_from_db()
    assert found.state == State.PROVISIONING


def test_what_failed_is_retried_as_the_service_account_without_a_sign_in(anna_client, asked, local_cloud):
    a_failure("CCE.01400008", is_retryable=True)
    an_account()
    found = asked()
    local_cloud.fault(kind="quota", method="POST", path="nodepools$", times=1)
    anna_client.post(f"{found.get_absolute_url()}/launch")
    browser = anna_client.session.session_key
    forget_cloud_of_browser(browser, cloud_of_browser(browser, found.author))
    page = anna_client.get(found.get_absolute_url()).content.decode()
    assert "Retry unchanged</button>" in page
    anna_client.post(f"{found.get_absolute_url()}/retry")
    found.refresh_from_db()
    assert found.state == State.PROVISIONING


def test_a_request_whose_time_ran_out_while_it_was_sent_gets_new_time_when_it_is_given_back(asked, anna, local_cloud):
    found = asked()
    local_cloud.fault(kind="status", status=503, path="nodes$")
    launch(found, anna)
    PoolRequest.objects.update(expires_at=timezone.now())
    found.refresh_from_db()
    local_cloud.no_faults()
    local_cloud.fault(**REJECTS)
    with pytest.raises(TokenGone):
        resume(found, anna)
    assert sweeps.expire_due() == 0


def test_what_is_being_sent_is_followed_to_its_end_however_long_that_takes(asked, anna, local_cloud):
    found = asked()
    local_cloud.fault(kind="status", status=503, path="nodes$")
    launch(found, anna)
    PoolRequest.objects.update(launched_at=timezone.now() - timedelta(days=3))
    assert sweeps.to_follow() == [found.pk]
