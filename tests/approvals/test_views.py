"""The pages of requests: what an approver and an author see and do."""

import html
import re

import pytest
from django.test import Client

from tests.approvals.building import a_failure, a_policy, a_request, a_team
from tests.nodepool.test_rules import T, a_body
from tests.people import a_person
from tests.wizard.test_views import walked
from webapp.accounts.models import User
from webapp.accounts.roles import Role
from webapp.approvals import deciding, outcomes, queries
from webapp.approvals.actions import withdraw
from webapp.approvals.models import PoolRequest
from webapp.cloud.picklists import pick_lists
from webapp.notices.models import Notice
from webapp.wizard.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)
PUBLIC = {f"{T}/publicIP": {"count": 1, "eip": {"iptype": "5_bgp", "bandwidth": {"size": 5, "sharetype": "PER"}}}}


@pytest.fixture
def approver():
    """A browser of an approver of the team platform."""
    client = Client()
    client.force_login(a_person("approver", Role.APPROVER, teams=("platform",)))
    return client


@pytest.fixture
def waiting(db):
    a_policy("Big pools", team=a_team("platform"), over_nodes=1, allows_bulk=True)
    return a_request(**{"/metadata/name": "shop", "/spec/initialNodeCount": 3}, **PUBLIC)


def act(client, found, name, **said):
    return client.post(f"{found.get_absolute_url()}/{name}", said)


def test_the_inbox_shows_what_waits_for_me_and_nobody_elses(approver, waiting, client):
    page = approver.get("/requests/waiting").content.decode()
    assert waiting.reference in page
    assert "public address" in page
    client.force_login(a_person("other", Role.APPROVER, teams=("security",)))
    assert waiting.reference not in client.get("/requests/waiting").content.decode()


def test_the_inbox_is_narrowed_down(approver, waiting):
    for query, is_there in (
        ("by=author", True),
        ("by=x", False),
        ("mark=public-address", True),
        ("mark=script", False),
    ):
        assert (waiting.reference in approver.get(f"/requests/waiting?{query}").content.decode()) is bool(is_there)


def test_the_page_says_what_is_asked_and_why_it_needs_approval(approver, waiting):
    page = approver.get(waiting.get_absolute_url()).content.decode()
    assert "author asks for the new node pool shop: 3 nodes of c7n.xlarge.2, in prod-standard (eu-de_sandbox)." in page
    assert "it has up to 3 nodes, more than 1" in page
    assert "Nodes get public addresses" in page
    assert "<ins>3</ins>" in page
    assert "<ins>Dynamic BGP (5_bgp)</ins>" in page
    assert "<ins>Its own (PER)</ins>" in page
    assert "It waits for 1 approval by the team platform" in page


def test_whom_a_decision_was_passed_on_to_reads_by_whom(approver, waiting, client):
    stand_in = a_person("stand-in", Role.APPROVER)
    act(approver, waiting, "delegate", to=stand_in.pk)
    client.force_login(stand_in)
    page = client.get(waiting.get_absolute_url()).content.decode()
    assert "Passed on to you by <strong>approver</strong>." in page
    assert "let stand-in decide" in page
    assert "Passed on to you" not in approver.get(waiting.get_absolute_url()).content.decode()


def test_an_approval_leads_on_and_the_author_is_told(approver, waiting, client):
    act(approver, waiting, "approve", digest=waiting.digest, comment="Fine.")
    waiting.refresh_from_db()
    assert waiting.state == "approved"
    client.force_login(waiting.author)
    assert "is approved" in client.get("/notices").content.decode()


def test_a_rejection_without_a_reason_is_said_and_nothing_typed_is_lost(approver, waiting):
    answer = act(approver, waiting, "ask-changes", pointer="/metadata/name", digest=waiting.digest)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Give the reason" in page
    assert '<option value="/metadata/name" selected>' in page


def test_a_comment_on_a_field_leads_the_author_to_that_field(approver, anna_client, local_cloud):
    a_policy(team=a_team("platform"))
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"), {"_asks": "1", "reason": "For the shop"})
    found = PoolRequest.objects.get()
    act(approver, found, "ask-changes", comment="Fewer, please.", pointer="/spec/initialNodeCount", digest=found.digest)
    page = anna_client.get(found.get_absolute_url()).content.decode()
    for words in ("Nodes to start with", "Change it"):
        link = re.search(rf'href="([^"]+blame=[^"]+)">{words}', page)[1]
        assert anna_client.get(link)["Location"].endswith("/basics?return=review#/spec/initialNodeCount")


@pytest.mark.parametrize("is_deleted", [False, True])
def test_what_has_no_draft_is_changed_in_a_new_one(approver, anna_client, local_cloud, is_deleted):
    a_policy(team=a_team("platform"))
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"), {"_asks": "1"})
    found = PoolRequest.objects.get()
    if is_deleted:
        anna_client.post(f"/drafts/{draft.pk}/delete")
    else:  # as the API leaves it
        PoolRequest.objects.update(draft_url="")
    act(approver, found, "ask-changes", comment="Fewer.", pointer="/spec/initialNodeCount", digest=found.digest)
    page = anna_client.get(found.get_absolute_url()).content.decode()
    form = re.search(
        r'action="(/pools/new/from/[^"]+)">.{,400}?name="blame" value="([^"]*)".{,99}Change it', page, re.S
    )
    answer = anna_client.post(form[1], {"blame": form[2]}, follow=True)
    assert answer.redirect_chain[-1][0].endswith("/basics?return=review#/spec/initialNodeCount")
    copy = Draft.objects.latest("created_at")
    form = {"/metadata/name": "pool-1", "/spec/type": "vm", "/spec/initialNodeCount": "1", "_to": "review"}
    anna_client.post(copy.url_of("basics"), form | {"cluster": found.cluster_id})
    anna_client.post(copy.url_of("review"), {"_asks": "1"})
    found.refresh_from_db()
    assert (PoolRequest.objects.count(), found.revision, found.state) == (1, 2, "submitted")


def test_the_author_changes_it_and_the_approver_sees_the_difference_since_their_decision(
    approver, anna_client, local_cloud
):
    a_policy(team=a_team("platform"))
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"), {"_asks": "1"})
    found = PoolRequest.objects.get()
    act(approver, found, "ask-changes", comment="Fewer.", digest=found.digest)
    draft.refresh_from_db()
    form = {"/metadata/name": "pool-1", "/spec/type": "vm", "/spec/initialNodeCount": "1", "_to": "review"}
    anna_client.post(draft.url_of("basics"), form | {"cluster": found.cluster_id})
    anna_client.post(draft.url_of("review"), {"_asks": "1"})
    found.refresh_from_db()
    assert (PoolRequest.objects.count(), found.revision, found.state) == (1, 2, "submitted")
    page = approver.get(found.get_absolute_url()).content.decode()
    assert "since your decision about revision 1" in page
    assert "<del>2</del> <ins>1</ins>" in page


def test_several_are_approved_in_one_go_only_where_policy_allows_it(approver, waiting):
    other = a_request(waiting.author, **{"/metadata/name": "second", "/spec/initialNodeCount": 2})
    form = {"number": [waiting.number, other.number]}
    form |= {f"digest-{one.number}": one.digest for one in (waiting, other)}
    approver.post("/requests/waiting/approve", form)
    assert set(PoolRequest.objects.values_list("state", flat=True)) == {"approved"}
    a_policy("Every single one", team=a_team("platform"))
    third = a_request(waiting.author, **{"/metadata/name": "third", "/spec/initialNodeCount": 2})
    assert approver.post("/requests/waiting/approve", {"number": third.number}).status_code == 409
    third.refresh_from_db()
    assert third.state == "submitted"


def test_nothing_is_approved_in_one_go_of_which_it_is_not_said_what_was_seen(approver, waiting):
    answer = approver.post("/requests/waiting/approve", {"number": waiting.number, f"digest-{waiting.number}": ""})
    assert (answer.status_code, "It is not said what was seen of it." in answer.content.decode()) == (409, True)
    waiting.refresh_from_db()
    assert waiting.state == "submitted"


def test_review_says_what_policy_says_before_anything_is_sent(anna_client, local_cloud):
    a_policy("Everything", team=a_team("platform"))
    draft = walked(anna_client, a_body(), "prod-standard")
    page = anna_client.get(draft.url_of("review")).content.decode()
    assert "This needs 1 approval by the team platform." in page
    assert "Send for approval" in page
    assert "Create node pool now" not in page


def test_review_says_what_the_quotas_leave(anna_client, anna, local_cloud):
    draft = walked(anna_client, a_body(), "prod-standard")
    Draft.objects.update(body=a_body(**{"/spec/initialNodeCount": 4000}))
    page = anna_client.get(draft.url_of("review")).content.decode()
    row = re.search(r"Quota left then</th>(.*?)</tr>", page, re.S)[1]
    quotas = pick_lists(anna, ("quotas",))["quotas"].items[0]
    nodes, vcpus = quotas.servers.left - 4000, quotas.vcpus.left - 16000
    assert vcpus < 0
    assert re.findall(r"(-?[0-9,]+|–)<", row)[:2] == [f"{nodes:,}", f"{vcpus:,}"]
    assert f'<span class="badge is-bad">{vcpus:,}</span>' in row


def test_what_policy_refuses_cannot_be_sent(anna_client, local_cloud):
    a_policy("No", outcome="refuse", refusal="Not in December.")
    draft = walked(anna_client, a_body(), "prod-standard")
    assert "Not in December." in anna_client.get(draft.url_of("review")).content.decode()
    answer = anna_client.post(draft.url_of("review"))
    assert answer.status_code == 409
    assert not PoolRequest.objects.exists()


def test_an_approved_request_is_launched_by_its_authors_button(approver, anna_client, local_cloud):
    a_policy(team=a_team("platform"))
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"), {"_asks": "1"})
    found = PoolRequest.objects.get()
    act(approver, found, "approve", digest=found.digest)
    page = anna_client.get(found.get_absolute_url()).content.decode()
    assert "Launch now" in page
    assert local_cloud.log("POST", "nodepools") == []
    act(anna_client, found, "launch")
    assert [one["body"] for one in local_cloud.log("POST", "nodepools")] == [a_body()]
    assert "Launch now" not in approver.get(found.get_absolute_url()).content.decode()


def test_a_failure_says_whose_move_it_is_and_leads_to_the_field(anna_client, local_cloud):
    draft = walked(anna_client, a_body(), "prod-standard")
    message = "/spec/nodeTemplate/flavor: no more"
    local_cloud.fault(kind="status", status=400, message=message, method="POST", path="nodepools$", times=1)
    page = anna_client.post(draft.url_of("review"), follow=True).content.decode()
    assert "The move is" in page
    assert "Change it in a new draft" in page
    assert 'name="blame" value="/spec/nodeTemplate/flavor"' in page


def test_a_failed_request_becomes_a_new_draft_that_opens_at_the_field(anna_client, local_cloud):
    draft = walked(anna_client, a_body(), "prod-standard")
    message = "/spec/nodeTemplate/flavor: no more"
    local_cloud.fault(kind="status", status=400, message=message, method="POST", path="nodepools$", times=1)
    anna_client.post(draft.url_of("review"))
    found = PoolRequest.objects.get()
    answer = anna_client.post(f"/pools/new/from/{found.reference}", {"blame": f"{T}/flavor"}, follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"/node-template?return=review#{T}/flavor")
    copy = Draft.objects.exclude(pk=draft.pk).get()
    draft.refresh_from_db()
    assert (copy.body, copy.origin) == (draft.body, f"the request {found.reference}")


def test_the_buttons_come_with_the_failure_that_the_page_was_waiting_for(anna_client, local_cloud):
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"))
    found = PoolRequest.objects.get()
    outcomes.fail(found, {"message": "No."})
    assert "Change it in a new draft" in anna_client.get(f"{found.get_absolute_url()}/progress").content.decode()


@pytest.mark.parametrize(("code", "is_open"), [("CCE.01400009", True), ("CCE.01400014", False)])
def test_the_catalogue_says_whether_a_retry_and_asking_for_quota_help(anna_client, local_cloud, code, is_open):
    a_failure(code, is_retryable=is_open, asks_quota=is_open)
    admin = a_person("admin", Role.ADMIN)
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"))
    found = PoolRequest.objects.get()
    outcomes.fail(found, {"message": "No.", "code": code, "detail": "8 wanted, 2 left", "request_id": "r-1"})
    page = anna_client.get(found.get_absolute_url()).content.decode()
    assert [word in page for word in ("Retry unchanged", "Ask for quota")] == [is_open, is_open]
    answers = [act(anna_client, found, "ask-quota").status_code for _ in range(2)]
    assert answers == ([302, 409] if is_open else [409, 409])
    assert Notice.objects.filter(person=admin, text__contains="8 wanted, 2 left").count() == is_open
    assert ("The admins were asked" in anna_client.get(found.get_absolute_url()).content.decode()) is is_open
    assert act(anna_client, found, "retry").status_code == (302 if is_open else 409)


def test_a_draft_sent_again_unchanged_after_a_failure_that_a_retry_cannot_mend_says_so(anna_client, local_cloud):
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"))
    found = PoolRequest.objects.get()
    a_failure("CCE.01400014", remedy="Enter fewer nodes.")
    outcomes.fail(found, {"message": "No.", "code": "CCE.01400014"})
    answer = anna_client.post(draft.url_of("review"))
    assert answer.status_code == 409
    assert "Retry unchanged is no answer to this failure. Enter fewer nodes." in answer.content.decode()


def test_what_support_needs_stands_together_to_be_copied(anna_client, local_cloud):
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"))
    found = PoolRequest.objects.get()
    outcomes.fail(found, {"message": "No.", "code": "CCE.01400014", "request_id": "r-1"})
    page = anna_client.get(found.get_absolute_url()).content.decode()
    support = page[page.index('id="support"') : page.index('data-copies="support"')]
    for one in (found.reference, "CCE.01400014", "r-1", '"initialNodeCount": 2'):
        assert one in html.unescape(support)


def test_those_who_decide_are_told_of_a_withdrawal(waiting, approver):
    person = User.objects.get(username="approver")
    withdraw(waiting, by=waiting.author, comment="Not needed.")
    told = Notice.objects.filter(person=person).latest("pk")
    assert (told.event, told.title, told.text) == ("withdrawn", f"author withdrew {waiting}", "Not needed.")


def test_who_withdraws_what_was_approved_meanwhile_is_told_and_may_still_do_it(waiting, client):
    client.force_login(waiting.author)
    page = client.get(waiting.get_absolute_url()).content.decode()
    seen = re.search(r'name="state" value="(\w+)"', page)[1]
    deciding.approve(waiting, by=a_person("second", Role.APPROVER, teams=("platform",)))
    told = act(client, waiting, "withdraw", state=seen)
    assert told.status_code == 409
    assert (
        "Somebody was faster: it is approved and ready to launch. Withdraw it now if you still want to."
        in told.content.decode()
    )
    assert act(client, waiting, "withdraw", state="approved").status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == "withdrawn"


def test_nobody_copies_the_request_of_somebody_else(approver, waiting):
    assert approver.post(f"/pools/new/from/{waiting.reference}").status_code == 404


def test_what_somebody_may_not_do_is_forbidden_and_what_nobody_can_is_not_found(approver, waiting):
    assert act(approver, waiting, "withdraw").status_code == 403
    assert act(approver, waiting, "eat").status_code == 404


def test_an_unchanged_request_is_answered_without_a_body_and_one_at_its_end_stops_the_asking(
    anna_client, local_cloud, settings, django_assert_num_queries
):
    settings.POLL_INTERVAL_S = 0
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"))
    at = PoolRequest.objects.get().get_absolute_url()
    first = anna_client.get(f"{at}/progress")
    assert first.status_code == 200
    seen = re.search(r"\?seen=([^\"]+)", first.content.decode())[1]
    settings.POLL_INTERVAL_S = 60  # the pool moves on, but nobody asks
    with django_assert_num_queries(5):  # session, person, where it stands, its pool's version, how many acts
        assert anna_client.get(f"{at}/progress?seen={seen}").status_code == 204
    by_etag = anna_client.get(f"{at}/progress", headers={"If-None-Match": first["ETag"]})
    assert (by_etag.status_code, by_etag.content) == (304, b"")
    local_cloud.advance(3600)
    settings.POLL_INTERVAL_S = 0
    last = anna_client.get(f"{at}/progress")
    assert (last.status_code, "done" in last.content.decode()) == (286, True)


def test_the_list_of_requests_costs_the_same_for_one_and_for_many(approver, waiting, django_assert_num_queries):
    def costs(path):
        with django_assert_num_queries(COSTS[path]):
            approver.get(path)

    for path in COSTS:
        costs(path)
    for number in range(5):
        a_request(waiting.author, **{"/metadata/name": f"more-{number}", "/spec/initialNodeCount": 3})
    for path in COSTS:
        costs(path)


COSTS = {"/requests?whose=all": 4, "/requests/waiting": 7}


@pytest.mark.parametrize("typed", ["²", "x", "-1", "9" * 19, "9" * 40, ""])
def test_a_number_that_is_none_is_no_number(approver, waiting, typed):
    assert approver.get("/requests", {"before": typed}).status_code == 200
    assert approver.post("/requests/waiting/approve", {"number": typed}).status_code == 409
    assert "Choose who shall decide." in act(approver, waiting, "delegate", to=typed).content.decode()


def test_a_comment_at_a_row_that_no_list_has_leaves_the_page_whole(approver, waiting):
    pointer = "/spec/nodeTemplate/dataVolumes/²/size"
    act(approver, waiting, "ask-changes", pointer=pointer, comment="Larger.", digest=waiting.digest)
    assert "Larger." in approver.get(waiting.get_absolute_url()).content.decode()


def test_words_are_looked_for_among_the_newest_and_then_further_back(approver, waiting, monkeypatch):
    for number in range(3):
        a_request(waiting.author, **{"/metadata/name": f"more-{number}"})
    monkeypatch.setattr(queries, "SEARCHED", 2)
    first = approver.get("/requests", {"whose": "all", "words": "shop"}).content.decode()
    assert waiting.reference not in first
    assert "Looked through 2 requests" in first
    link = re.search(r'href="(\?[^"]+)">Look through older requests', first)[1].replace("&amp;", "&")
    assert waiting.reference in approver.get(f"/requests{link}").content.decode()
