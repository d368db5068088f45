"""The wizard through Django's client: what is posted arrives, and nothing typed is lost."""

import json
import re

import pytest
from django.core.cache import cache

from tests.approvals.building import a_failure
from tests.conftest import EXAMPLES
from tests.nodepool.test_rules import a_body
from tests.wizard import bodies
from webapp.accounts.models import User
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import State
from webapp.nodepool import pointers
from webapp.pools.models import Creation
from webapp.wizard import steps
from webapp.wizard.answers import answers_of
from webapp.wizard.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)


def begun(client):
    client.post("/pools/new")
    return Draft.objects.latest("created_at")


def form_of(step, body):
    tree = answers_of(step.places, body)
    return {at: text for at, text in pointers.leaves(tree) if isinstance(text, str)}


def cluster_id(client, draft, name):
    page = client.get(draft.url_of("basics")).content.decode()
    return re.search(rf'<option value="([^"]+)"[^>]*>{name}', page)[1]


def walked(client, body, cluster):
    draft = begun(client)
    for step in steps.STEPS:
        form = form_of(step, body)
        if step is steps.BASICS:
            form["cluster"] = cluster_id(client, draft, cluster)
        answer = client.post(draft.url_of(step.slug), form)
        assert answer.status_code == 302, re.findall(r'<li><a href="#[^<]*', answer.content.decode())
    return draft


EXAMPLE, TURBO_EXAMPLE = (
    json.loads((EXAMPLES / f"{name}.json").read_text()) for name in ("request-cce", "request-cce-turbo")
)


@pytest.mark.parametrize(
    ("body", "cluster"),
    [
        (EXAMPLE, "legacy-standard"),
        (TURBO_EXAMPLE, "turbo"),
        (bodies.WIDE, "prod-standard"),
        (bodies.BARE_METAL, "turbo"),
        (bodies.OLD, "legacy-standard"),
    ],
    ids=["published example", "published Turbo example", "every field", "bare metal", "old system"],
)
def test_a_body_arrives_exactly_as_typed(anna_client, local_cloud, body, cluster):
    draft = walked(anna_client, body, cluster)
    answer = anna_client.post(draft.url_of("review"), {"_submit": "1"}, follow=True)
    assert answer.status_code == 200
    assert [one["body"] for one in local_cloud.log("POST", "nodepools")] == [body]
    assert Creation.objects.get().state == Creation.State.ACCEPTED


def test_submitting_twice_makes_one_pool(anna_client, local_cloud):
    draft = walked(anna_client, a_body(), "prod-standard")
    pages = {anna_client.post(draft.url_of("review"))["Location"] for _ in range(2)}
    assert len(pages) == 1
    assert len(local_cloud.log("POST", "nodepools")) == 1


@pytest.mark.parametrize("state", [State.LAUNCHING, State.PROVISIONING, State.ACTIVE])
def test_what_was_sent_leads_to_its_request_although_its_own_pool_has_the_name_now(anna_client, local_cloud, state):
    draft = walked(anna_client, a_body(), "prod-standard")
    page = anna_client.post(draft.url_of("review"))["Location"]
    PoolRequest.objects.update(state=state)
    cache.clear()  # as after a while: the pool is among those of the cluster
    review = anna_client.get(draft.url_of("review")).content.decode()
    assert "This was sent already, exactly as it stands here" in review
    assert "A pool of this name exists" not in review
    answer = anna_client.post(draft.url_of("review"))
    assert (answer.status_code, answer.get("Location")) == (302, page)
    assert len(local_cloud.log("POST", "nodepools")) == 1


def test_a_draft_that_was_changed_after_it_was_sent_is_checked(anna_client, local_cloud):
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"))
    cache.clear()
    anna_client.post(draft.url_of("autoscaling"), {"/spec/autoscaling/maxNodeCount": "9"})
    assert "Sending it makes a new request." in anna_client.get(draft.url_of("review")).content.decode()
    answer = anna_client.post(draft.url_of("review"))
    assert (answer.status_code, "A pool of this name exists" in answer.content.decode()) == (422, True)


def test_a_step_that_is_wrong_is_shown_again_with_its_errors_at_their_fields(anna_client):
    draft = begun(anna_client)
    answer = anna_client.post(draft.url_of("basics"), {"/metadata/name": "Bad Name", "/spec/initialNodeCount": "many"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: Basics" in page
    assert 'href="#/metadata/name"' in page
    assert 'value="Bad Name"' in page
    assert 'value="many"' in page


def test_every_move_saves_and_steps_can_be_taken_in_any_order(anna_client):
    draft = begun(anna_client)
    answer = anna_client.post(draft.url_of("autoscaling"), {"/spec/autoscaling/maxNodeCount": "9", "_to": "basics"})
    assert answer["Location"] == draft.url_of("basics")
    draft.refresh_from_db()
    assert draft.body["spec"]["autoscaling"] == {"maxNodeCount": 9}


def test_a_blank_draft_does_not_complain_before_anybody_typed(anna_client):
    page = anna_client.get(begun(anna_client).url_of("node-template")).content.decode()
    assert "field-error" not in page


def test_a_change_from_review_returns_to_review(anna_client):
    draft = walked(anna_client, a_body(), "prod-standard")
    url = draft.url_of("autoscaling")
    assert b"Save and return to review" in anna_client.get(f"{url}?return=review").content
    answer = anna_client.post(url, {"_return": "review", "_to": "review"})
    assert answer["Location"] == draft.url_of("review")


def test_rows_come_and_go_without_javascript(anna_client):
    draft = begun(anna_client)
    at = "/spec/nodeTemplate/taints"
    page = anna_client.post(draft.url_of("node-template"), {f"{at}/0/key": "a", "_add": at}).content.decode()
    assert f'name="{at}/1/key"' in page
    page = anna_client.post(
        draft.url_of("node-template"), {f"{at}/0/key": "a", f"{at}/1/key": "b", "_remove": f"{at}/0"}
    ).content.decode()
    draft.refresh_from_db()
    assert [one["key"] for one in draft.body["spec"]["nodeTemplate"]["taints"]] == ["b"]


def test_the_default_layout_is_filled_in_on_request(anna_client):
    draft = begun(anna_client)
    form = form_of(steps.DISKS, a_body()) | {"_tool": "default-storage"}
    anna_client.post(draft.url_of("disks"), form)
    draft.refresh_from_db()
    assert draft.body["spec"]["nodeTemplate"]["storage"]["storageGroups"][0]["name"] == "vgpaas"


def test_two_tabs_on_one_step_are_told_of_each_other(anna_client):
    draft = begun(anna_client)
    url = draft.url_of("autoscaling")
    first = {"_version": "1", "_page": "tab-a", "/spec/autoscaling/priority": "1"}
    second = {"_version": "1", "_page": "tab-b", "/spec/autoscaling/priority": "2"}
    assert anna_client.post(url, first).status_code == 302
    answer = anna_client.post(url, second)
    assert answer.status_code == 409
    assert "changed in another tab" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.body["spec"]["autoscaling"]["priority"] == 1


def test_what_a_page_saved_itself_as_one_typed_is_no_conflict(anna_client):
    draft = begun(anna_client)
    url = draft.url_of("autoscaling")
    form = {"_version": "1", "_page": "tab-a", "/spec/autoscaling/priority": "1"}
    assert anna_client.post(f"{url}/preview", form).status_code == 200
    form["/spec/autoscaling/priority"] = "2"
    assert anna_client.post(url, form).status_code == 302


def test_a_dead_token_saves_the_step_first_and_leads_back_to_it(anna_client):
    draft = begun(anna_client)
    session = anna_client.session
    del session["cloud"]
    session.save()
    url = draft.url_of("autoscaling")
    answer = anna_client.post(url, {"/spec/autoscaling/priority": "7"})
    assert answer["Location"].startswith("/sign-in?next=")
    draft.refresh_from_db()
    assert draft.body["spec"]["autoscaling"] == {"priority": 7}


def test_a_list_that_cannot_be_had_becomes_a_text_input_with_a_note(anna_client, local_cloud):
    local_cloud.fault(kind="status", status=403, path="os-keypairs")
    page = anna_client.get(begun(anna_client).url_of("node-template")).content.decode()
    assert re.search(r'<input type="text" id="/spec/nodeTemplate/login/sshKey"', page)
    assert "could not be loaded" in page


def test_review_groups_problems_by_step_and_links_to_the_field(anna_client):
    draft = begun(anna_client)
    page = anna_client.get(draft.url_of("review")).content.decode()
    assert f"{draft.url_of('basics')}?return=review#/metadata/name" in page
    assert "Create node pool now" not in page


def test_nothing_is_sent_while_there_are_problems(anna_client, local_cloud):
    answer = anna_client.post(begun(anna_client).url_of("review"))
    assert answer.status_code == 422
    assert Creation.objects.count() == 0


def test_a_review_that_is_out_of_date_sends_nothing(anna_client):
    draft = walked(anna_client, a_body(), "prod-standard")
    assert anna_client.post(draft.url_of("review"), {"_version": "1"}).status_code == 409
    assert Creation.objects.count() == 0


def test_another_persons_draft_is_not_there(anna_client, client):
    draft = begun(anna_client)
    anna_client.force_login(User.objects.create_user("stranger"))
    for path in (draft.url_of("basics"), draft.url_of("review"), f"/drafts/{draft.pk}/delete"):
        assert anna_client.get(path).status_code == 404


def test_a_draft_is_deleted_after_asking(anna_client):
    draft = begun(anna_client)
    assert b"Delete the draft" in anna_client.get(f"/drafts/{draft.pk}/delete").content
    anna_client.post(f"/drafts/{draft.pk}/delete")
    assert not Draft.objects.exists()


def test_the_list_of_drafts_costs_the_same_for_one_and_for_many(anna_client, django_assert_num_queries):
    for _ in range(4):
        begun(anna_client)
    with django_assert_num_queries(4):
        anna_client.get("/drafts")


def test_the_flavor_search_works_without_javascript(anna_client):
    draft = begun(anna_client)
    form = {"_search": "c7n 8 vcpu", "_refresh": "search"}
    page = anna_client.post(draft.url_of("node-template"), form).content.decode()
    assert 'value="c7n.2xlarge.2"' in page
    assert 'value="s3.large.2"' not in page


def test_a_refused_order_can_be_submitted_again_unchanged(anna_client, local_cloud):
    a_failure("CCE.01400008", is_retryable=True)
    draft = walked(anna_client, a_body(), "prod-standard")
    local_cloud.fault(kind="quota", method="POST", path="nodepools$", times=1)
    pages = [anna_client.post(draft.url_of("review"))["Location"] for _ in range(3)]
    assert pages[0] == pages[1] == pages[2]
    assert sorted(Creation.objects.values_list("state", flat=True)) == ["accepted", "refused"]


def test_the_place_that_the_cloud_blamed_is_found_again(anna_client):
    draft = begun(anna_client)
    answer = anna_client.get(draft.url_of("review"), {"blame": "/spec/nodeTemplate/os"})
    assert answer["Location"] == f"{draft.url_of('node-template')}?return=review#/spec/nodeTemplate/os"


def test_a_token_that_the_cloud_no_longer_takes_saves_first_and_asks_to_sign_in(anna_client, local_cloud):
    draft = begun(anna_client)
    url = draft.url_of("autoscaling")
    local_cloud.fault(kind="status", status=401)
    answer = anna_client.post(url, {"/spec/autoscaling/priority": "7"}, headers={"Referer": f"http://testserver{url}"})
    assert answer["Location"].startswith("/sign-in?next=%2Fpools%2Fnew%2F")
    draft.refresh_from_db()
    assert draft.body["spec"]["autoscaling"] == {"priority": 7}
