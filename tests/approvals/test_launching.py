"""From approval to the cloud, over real HTTP with the local cloud's faults."""

from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from tests.approvals.building import a_failure, a_policy
from tests.nodepool.test_rules import T, a_body
from tests.people import a_person
from webapp.accounts.roles import Role
from webapp.approvals import deciding, sweeps, tasks
from webapp.approvals.following import follow
from webapp.approvals.identity import session_at_hand, session_for
from webapp.approvals.launching import launch
from webapp.approvals.models import PoolRequest, UnmatchedFailure
from webapp.approvals.timeline import timeline
from webapp.approvals.workflow import NotAllowed, NotPossible, State
from webapp.audit.models import AuditLine
from webapp.cloud.client import Cloud
from webapp.nodepool import pointers
from webapp.nodepool.formats import cleaned
from webapp.notices.models import Notice
from webapp.pools.models import ClusterWatch, PoolStatus
from webapp.pools.status import status_of

pytestmark = pytest.mark.django_db
POST = {"method": "POST", "path": "nodepools$", "times": 1}


def a_while_later(session, found, local_cloud, seconds=3600):
    local_cloud.advance(seconds)
    PoolStatus.objects.update(asked_at=None)
    follow(found, session)


def test_what_policy_approves_is_launched_and_becomes_ready(asked, anna, author, local_cloud):
    found = asked()
    assert found.state == State.APPROVED
    launch(found, anna, by=author)
    assert (found.state, bool(found.pool_id)) == (State.PROVISIONING, True)
    a_while_later(anna, found, local_cloud)
    assert found.state == State.ACTIVE
    assert [one.event for one in Notice.objects.filter(person=author).order_by("pk")] == ["launched", "ready"]


def test_nothing_is_launched_that_is_not_approved(asked, anna, author, local_cloud):
    a_policy()
    found = asked()
    with pytest.raises(NotPossible):
        launch(found, anna, by=author)
    assert local_cloud.log("POST", "nodepools") == []


def test_only_the_author_launches(asked, anna):
    found = asked()
    with pytest.raises(NotAllowed):
        launch(found, anna, by=a_person("somebody", Role.REQUESTER, Role.ADMIN))


def test_a_token_for_another_project_launches_nothing(asked, anna, author):
    with pytest.raises(NotPossible, match="another project"):
        launch(asked(), replace(anna, project_id="elsewhere"), by=author)


def test_a_token_of_another_person_is_not_at_hand(asked, anna):
    found = asked()
    assert session_at_hand(anna, found) is anna
    with pytest.raises(NotPossible, match="another project or person"):
        session_at_hand(replace(anna, user_id="ben"), found)


def test_what_changed_since_the_approval_sends_the_request_back(asked, anna, author, cluster, local_cloud):
    found = asked()
    Cloud(anna).create_node_pool(cluster.id, a_body())  # somebody takes the name
    launch(found, anna, by=author)
    assert found.state == State.CHANGES
    assert found.problem["pointer"] == "/metadata/name"
    assert len(local_cloud.log("POST", "nodepools")) == 1


def test_a_refusal_fails_with_the_clouds_words_and_can_be_retried(asked, anna, author, local_cloud):
    a_failure("CCE.01400008", is_retryable=True)
    local_cloud.fault(kind="quota", **POST)
    found = asked()
    launch(found, anna, by=author)
    assert (found.state, found.problem["code"]) == (State.FAILED, "CCE.01400008")
    launch(found, anna, by=author)
    assert found.state == State.PROVISIONING


def test_a_lost_answer_is_settled_by_looking(asked, anna, author, local_cloud):
    local_cloud.fault(kind="accept_then_504", **POST)
    found = asked()
    launch(found, anna, by=author)
    assert found.state == State.LAUNCHING
    follow(found, anna)
    assert found.state == State.PROVISIONING
    assert len(local_cloud.log("POST", "nodepools")) == 1


def test_a_sold_out_flavor_fails_and_says_so(asked, anna, author, local_cloud):
    local_cloud.fault(kind="sold_out", flavor="c7n.xlarge.2")
    found = asked()
    launch(found, anna, by=author)
    a_while_later(anna, found, local_cloud)
    assert (found.state, found.problem["code"]) == (State.FAILED, "SoldOut")


def test_a_code_that_the_catalogue_does_not_know_is_counted(asked, anna, author, local_cloud):
    local_cloud.fault(kind="status", status=418, message="teapot", method="POST", path="nodepools$")
    for _ in range(2):
        launch(asked(), anna, by=author)
    assert [(one.code, one.count) for one in UnmatchedFailure.objects.all()] == [("CCE.01418001", 2)]


@pytest.fixture
def live(asked, anna, author, local_cloud):
    """A pool that is there, as a request's body."""
    found = asked()
    launch(found, anna, by=author)
    a_while_later(anna, found, local_cloud)
    return found.pool_id, cleaned(Cloud(anna).node_pool(found.cluster_id, found.pool_id)).body


def test_a_pool_is_scaled_and_the_request_ends_when_the_nodes_are_there(asked, anna, author, live, local_cloud):
    pool_id, body = live
    pointers.put(body, "/spec/initialNodeCount", 4)
    found = asked("scale", body, pool_id)
    launch(found, anna, by=author)
    follow(found, anna)
    assert found.state == State.PROVISIONING
    a_while_later(anna, found, local_cloud, 7200)
    assert found.state == State.ACTIVE
    assert Cloud(anna).node_pool(found.cluster_id, pool_id)["status"]["currentNode"] == 4


def test_what_was_answered_before_a_pool_was_scaled_does_not_end_its_request(asked, anna, author, live):
    pool_id, body = live
    pointers.put(body, "/spec/initialNodeCount", 4)
    found = asked("scale", body, pool_id)
    launch(found, anna, by=author)
    ClusterWatch.objects.update(asked_at=timezone.now())  # others ask already, and have no answer yet
    follow(found, anna)
    assert found.state == State.PROVISIONING
    ClusterWatch.objects.update(asked_at=None)
    assert follow(found, anna).document["spec"]["initialNodeCount"] == 4


def test_an_update_sends_only_what_can_be_changed(asked, anna, author, live, local_cloud):
    pool_id, body = live
    pointers.put(body, f"{T}/k8sTags", {"tier": "web"})
    pointers.put(body, f"{T}/flavor", "somewhat.else.1")
    launch(asked("update", body, pool_id), anna, by=author)
    sent = local_cloud.log("PUT")[-1]["body"]
    assert sent["spec"]["nodeTemplate"] == {"k8sTags": {"tier": "web"}, "taints": [], "userTags": []}
    assert (sent["spec"]["type"], sent["spec"]["initialNodeCount"]) == ("vm", 2)


def test_a_deletion_ends_when_the_pool_is_gone(asked, anna, author, live, local_cloud):
    pool_id, body = live
    found = asked("delete", body, pool_id)
    launch(found, anna, by=author)
    a_while_later(anna, found, local_cloud, 7200)
    assert found.state == State.ACTIVE
    assert Cloud(anna).node_pools(found.cluster_id) == []


@pytest.mark.parametrize("looks", ["by list", "alone"])
def test_a_deletion_ends_though_nobody_had_ever_looked_at_the_pool(asked, anna, author, live, local_cloud, *, looks):
    pool_id, body = live
    PoolStatus.objects.all().delete()
    found = asked("delete", body, pool_id)
    launch(found, anna, by=author)
    local_cloud.advance(7200)
    if looks == "alone":  # as its page does
        PoolStatus.objects.update(asked_at=None)
        ClusterWatch.objects.update(asked_at=timezone.now(), answered_at=timezone.now())
        status_of(anna, *found.place)
    follow(found, anna)
    assert (found.state, PoolStatus.objects.get().is_gone) == (State.ACTIVE, True)


def test_every_call_that_changes_the_cloud_is_in_the_trail(asked, anna, author, live, local_cloud):
    pool_id, body = live
    launch(asked("delete", body, pool_id), anna, by=author)
    acts = AuditLine.objects.filter(act__startswith="cloud.").order_by("number").values_list("act", flat=True)
    assert list(acts) == ["cloud.pool_created", "cloud.pool_deleted"]


def test_an_approved_request_starts_by_itself_while_its_author_is_signed_in(asked, anna, browser):
    a_policy()
    found = asked(browser=browser)
    deciding.approve(found, by=a_person("approver", Role.APPROVER))
    assert tasks.launch_due() == 1
    found.refresh_from_db()
    assert found.state == State.PROVISIONING


def test_with_the_sign_out_the_token_is_gone_and_the_request_waits(asked, browser):
    found = asked(browser=browser)
    import_module(settings.SESSION_ENGINE).SessionStore(session_key=browser).delete()
    assert session_for(found) is None
    assert tasks.launch_due() == 0
    found.refresh_from_db()
    assert found.state == State.APPROVED


def test_a_browser_of_somebody_else_lends_no_token(asked, browser):
    found = asked(browser=browser)
    found.author = a_person("other", Role.REQUESTER)
    assert session_for(found) is None


def test_what_nobody_watches_is_followed_to_its_end(asked, anna, author, browser, local_cloud):
    found = asked(browser=browser)
    launch(found, anna, by=author)
    local_cloud.advance(3600)
    PoolStatus.objects.update(asked_at=None)
    assert tasks.follow_due() == 1
    found.refresh_from_db()
    assert found.state == State.ACTIVE


def later(**delta):
    return time_machine.travel(timezone.now() + timedelta(**delta), tick=False)


def test_a_request_expires_and_its_people_were_reminded_before(asked, author):
    a_policy(expires_after_h=48, remind_before_h=24)
    approver = a_person("approver", Role.APPROVER)
    found = asked()
    with later(hours=25):
        assert (sweeps.remind_due(), sweeps.remind_due()) == (1, 0)
    told = Notice.objects.filter(event="expiring").values_list("text", flat=True)
    assert len(told) == 2
    assert all(one.startswith("It still waits for a decision.\n\nanna asks for the new node pool") for one in told)
    with later(hours=49):
        assert (sweeps.expire_due(), sweeps.expire_due()) == (1, 0)
    found.refresh_from_db()
    assert found.state == State.EXPIRED
    with pytest.raises(NotPossible):
        deciding.approve(found, by=approver)


def test_an_approval_that_nobody_launches_expires_as_well(asked):
    found = asked()
    with later(hours=24 * 8):
        sweeps.expire_due()
    found.refresh_from_db()
    assert found.state == State.EXPIRED


def test_an_approval_at_the_last_moment_leaves_time_to_launch_and_is_reminded_of(asked):
    a_policy(expires_after_h=48, remind_before_h=24)
    found = asked()
    with later(hours=47):
        deciding.approve(found, by=a_person("approver", Role.APPROVER))
    with later(hours=49):
        assert sweeps.expire_due() == 0
    with later(hours=47 + 24 * 6):
        sweeps.remind_due()
    assert Notice.objects.get(event="expiring").text == "It is approved, and waits to be launched."


@pytest.fixture
def service_account(local_cloud):
    from tests.accounts.test_service_accounts import an_account

    return an_account()


@pytest.mark.django_db(transaction=True)
def test_where_there_is_a_service_account_the_button_launches_as_that(asked, author, client, service_account):
    found = asked(**{f"{T}/login": {"sshKey": "ben-desk"}})
    client.force_login(author)
    page = client.get(found.get_absolute_url()).content.decode()
    assert "service account <strong>ben</strong>" in page
    client.post(f"{found.get_absolute_url()}/launch")
    found.refresh_from_db()
    assert (found.problem, found.state) == (None, State.PROVISIONING)
    assert '"user":"ben"' in AuditLine.objects.get(act="request.launched").after.replace(" ", "")
    page = client.get(found.get_absolute_url()).content.decode()
    assert "launched it as the service account ben" in page
    assert "cloud token of ben" not in page


def test_a_launch_with_ones_own_token_is_told_as_such(asked, anna, author):
    found = asked()
    launch(found, anna, by=author)
    assert "launched it with the cloud token of anna" in [one.text for one in timeline(found)]


def test_a_service_account_that_cannot_sign_in_launches_nothing_and_that_is_said(anna_client, asked, service_account):
    found = asked()
    service_account.set_password("wrong-one")
    service_account.save()
    answer = anna_client.post(f"{found.get_absolute_url()}/launch")
    assert "service account" in answer.content.decode()
    found.refresh_from_db()
    assert found.state == State.APPROVED


def test_a_request_that_nobody_decides_is_passed_on_to_a_second_team(asked):
    from tests.approvals.building import a_team

    a_policy(team=a_team("platform"), escalate_after_h=4, escalation=a_team("on-call"))
    rescuer = a_person("rescuer", Role.APPROVER, teams=("on-call",))
    found = asked()
    with pytest.raises(NotAllowed):
        deciding.approve(found, by=rescuer)
    with later(hours=5):
        assert (sweeps.escalate_due(), sweeps.escalate_due()) == (1, 0)
    found.refresh_from_db()
    assert Notice.objects.filter(person=rescuer, event="waiting").exists()
    assert deciding.approve(found, by=rescuer)
    assert PoolRequest.objects.get().state == State.APPROVED
