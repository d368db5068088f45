"""The wizard under bad weather: old pages, other people, huge forms, answers that overtake each other."""

import pytest

from tests.conftest import ANNA
from tests.nodepool.test_rules import a_body
from tests.wizard.test_views import begun, walked
from webapp.wizard.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)
PRIORITY = "/spec/autoscaling/priority"


def priority_of(draft):
    draft.refresh_from_db()
    return draft.body["spec"].get("autoscaling", {}).get("priority")


def test_a_save_that_was_overtaken_by_a_later_one_of_the_same_page_changes_nothing(anna_client):
    draft = begun(anna_client)
    url = draft.url_of("autoscaling")
    form = {"_version": "1", "_page": "tab-a"}
    assert anna_client.post(url, {**form, PRIORITY: "2", "_sent": "2000"}).status_code == 302
    assert anna_client.post(f"{url}/preview", {**form, PRIORITY: "1", "_sent": "1000"}).status_code == 200
    assert priority_of(draft) == 2
    anna_client.post(f"{url}/preview", {**form, PRIORITY: "3", "_sent": "3000"})
    assert priority_of(draft) == 3


def test_a_conflict_that_was_told_beside_the_form_is_not_forgotten_at_the_next_save(anna_client):
    draft = begun(anna_client)
    url = draft.url_of("autoscaling")
    anna_client.post(url, {"_version": "1", "_page": "tab-a", PRIORITY: "1"})
    beside = anna_client.post(f"{url}/preview", {"_version": "1", "_page": "tab-b", PRIORITY: "2"})
    assert beside.status_code == 409
    assert 'name="_version"' not in beside.content.decode()


def test_a_preview_of_no_step_is_not_there(anna_client):
    draft = begun(anna_client)
    assert anna_client.post(f"/pools/new/{draft.pk}/review/preview").status_code == 404


def test_a_row_that_was_added_takes_the_keyboard_and_one_that_is_gone_leaves_it_to_its_list(anna_client):
    url = begun(anna_client).url_of("disks")
    at = "/spec/nodeTemplate/dataVolumes"
    page = anna_client.post(url, {f"{at}/0/size": "100", "_add": at}).content.decode()
    assert f'data-at="{at}/1/volumetype" autofocus' in page
    page = anna_client.post(url, {f"{at}/0/size": "100", f"{at}/1/size": "200", "_remove": f"{at}/0"}).content.decode()
    assert f'data-rows="{at}" autofocus' in page
    assert f'name="{at}/0/size" data-at="{at}/0/size" value="200"' in page


def test_a_problem_stands_at_the_row_that_was_typed_though_rows_before_it_are_blank(anna_client):
    at = "/spec/nodeTemplate/dataVolumes"
    form = {f"{at}/0/size": "", f"{at}/1/size": "5", f"{at}/1/volumetype": "SAS"}
    page = anna_client.post(begun(anna_client).url_of("disks"), form).content.decode()
    assert f'id="{at}/1/size-error"' in page
    assert f'href="#{at}/1/size"' in page


def test_a_type_of_eip_that_is_not_offered_can_be_typed(anna_client, local_cloud):
    eip = {"count": 1, "eip": {"iptype": "5_sbgp", "bandwidth": {"size": 5, "sharetype": "PER"}}}
    body = a_body(**{"/spec/nodeTemplate/publicIP": eip})
    draft = walked(anna_client, body, "prod-standard")
    assert '<input type="text" id="/spec/nodeTemplate/publicIP/eip/iptype"' in (
        anna_client.get(draft.url_of("networking")).content.decode()
    )
    anna_client.post(draft.url_of("review"), {"_submit": "1"}, follow=True)
    assert [one["body"] for one in local_cloud.log("POST", "nodepools")] == [body]


def test_what_was_picked_in_another_project_is_to_be_checked_again(anna_client):
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post("/sign-in", {"way": "cloud", **ANNA, "project": "eu-de_team"})
    page = anna_client.get(draft.url_of("node-template")).content.decode()
    assert 'id="/spec/nodeTemplate/login/sshKey-warning">Chosen as another person or in another project' in page
    review = anna_client.get(draft.url_of("review")).content.decode()
    assert "The cluster prod-standard is not in this project now." in review
    assert anna_client.post(draft.url_of("review"), {"_submit": "1"}).status_code == 422


def test_who_has_looked_at_a_step_in_the_other_project_is_not_told_again(anna_client):
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post("/sign-in", {"way": "cloud", **ANNA, "project": "eu-de_team"})
    url = draft.url_of("networking")
    subnet = {"/spec/nodeTemplate/nodeNicSpec/primaryNic/subnetId": "31be174a-0c7f-4b71-bb0d-d325fecb90ef"}
    anna_client.post(url, subnet)
    assert "check it again" not in anna_client.get(url).content.decode()


def test_a_form_from_before_a_sign_in_elsewhere_can_be_sent_again_with_nothing_lost(anna_client, settings, client):
    draft = begun(anna_client)
    anna_client.handler.enforce_csrf_checks = True
    form = {PRIORITY: "7", "csrfmiddlewaretoken": "x" * 64, "_version": "1"}
    answer = anna_client.post(draft.url_of("autoscaling"), form, headers={"Sec-Fetch-Site": "same-origin"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert f'<input type="hidden" name="{PRIORITY}" value="7">' in page
    assert 'name="_version"' not in page


def test_a_form_of_another_site_is_not_offered_to_be_sent_again(anna_client):
    draft = begun(anna_client)
    anna_client.handler.enforce_csrf_checks = True
    answer = anna_client.post(draft.url_of("autoscaling"), {PRIORITY: "7"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "Send it again" not in answer.content.decode()
    assert priority_of(draft) is None


def test_a_form_of_more_than_can_be_taken_is_refused_in_words(anna_client):
    draft = begun(anna_client)
    answer = anna_client.post(draft.url_of("autoscaling"), {PRIORITY: "x" * 5_000_000})
    assert answer.status_code == 400
    assert "That was too much at once" in answer.content.decode()


def test_a_thousand_rows_are_taken_and_told_how_many_are_too_many(anna_client):
    at = "/spec/nodeTemplate/k8sTags"
    draft = begun(anna_client)
    answer = anna_client.post(draft.url_of("node-template"), {f"{at}/{n}/key": f"k{n}" for n in range(1000)})
    assert answer.status_code == 422
    assert len(Draft.objects.get().body["spec"]["nodeTemplate"]["k8sTags"]) == 1000
    assert "20" in answer.content.decode().partition('class="error-summary"')[2].partition("</ul>")[0]


def test_nul_is_dropped(anna_client):
    draft = begun(anna_client)
    anna_client.post(draft.url_of("autoscaling"), {PRIORITY: "7\0"})
    assert priority_of(draft) == 7
