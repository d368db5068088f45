"""Whose launch comes too late, or with the wrong token, is told so in the browser; the cloud is asked once."""

import pytest
from django.test import Client

from tests.approvals.building import a_policy
from tests.conftest import ANNA
from tests.nodepool.test_rules import a_body
from tests.people import a_person
from tests.side_by_side import together
from tests.wizard.test_views import walked
from webapp.accounts.roles import Role
from webapp.approvals import deciding, launching, pressing
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import State

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(**wishes):
    client = Client()
    client.post("/sign-in", {"way": "cloud", **ANNA, **wishes})
    return client


def test_of_two_presses_at_once_one_launches_and_the_other_is_told(asked, local_cloud):
    found, answers = asked(), []
    tabs = [signed_in() for _ in range(2)]
    together([lambda tab=tab: answers.append(tab.post(f"{found.get_absolute_url()}/launch")) for tab in tabs])
    assert sorted(one.status_code for one in answers) == [302, 409]
    (late,) = (one.content.decode() for one in answers if one.status_code == 409)
    assert "Somebody was faster" in late or "not possible any more" in late
    assert len(local_cloud.log("POST", "nodepools")) == 1


def test_a_launch_that_another_overtakes_after_the_press_is_told(asked, anna, author, local_cloud, monkeypatch):
    found = asked()

    def overtaken(*args, **kwargs):
        launching.launch(PoolRequest.objects.get(pk=found.pk), anna, by=author)
        return launching.launch_soon(*args, **kwargs)

    monkeypatch.setattr(pressing, "launch_soon", overtaken)
    answer = signed_in().post(f"{found.get_absolute_url()}/launch")
    assert (answer.status_code, "Somebody was faster" in answer.content.decode()) == (409, True)
    assert len(local_cloud.log("POST", "nodepools")) == 1


def test_a_submission_whose_start_another_overtakes_says_why_it_did_not_start_it(
    anna_client, anna, local_cloud, monkeypatch
):
    def overtaken(found, *args, **kwargs):
        launching.launch(PoolRequest.objects.get(pk=found.pk), anna)
        return launching.launch_soon(found, *args, **kwargs)

    monkeypatch.setattr(pressing, "launch_soon", overtaken)
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"), {"_asks": "1"})
    assert PoolRequest.objects.get().state == State.APPROVED
    page = anna_client.post(draft.url_of("review"), {"_asks": "1", "start_at_once": "on"}, follow=True).content.decode()
    assert "It was not started. Somebody was faster" in page
    assert len(local_cloud.log("POST", "nodepools")) == 1


def test_a_token_of_another_project_launches_nothing_and_the_page_leads_to_the_right_one(asked, local_cloud):
    found = asked()
    elsewhere = signed_in(project="eu-de_team")
    answer = elsewhere.post(f"{found.get_absolute_url()}/launch")
    page = answer.content.decode()
    assert (answer.status_code, "Sign in for eu-de_sandbox" in page) == (409, True)
    assert "project=eu-de_sandbox" in page
    found.refresh_from_db()
    assert found.state == State.APPROVED
    assert local_cloud.log("POST", "nodepools") == []


def test_who_decides_too_late_is_told(asked, local_cloud):
    a_policy()
    found = asked()
    clients = [Client(), Client()]
    for number, client in enumerate(clients):
        client.force_login(a_person(f"approver-{number}", Role.APPROVER))
    deciding.approve(found, by=a_person("third", Role.APPROVER))
    for client, act in zip(clients, ("approve", "reject"), strict=True):
        answer = client.post(
            f"{found.get_absolute_url()}/{act}", {"digest": found.digest, "state": "submitted", "comment": "No."}
        )
        assert (answer.status_code, "Somebody was faster" in answer.content.decode()) == (409, True)


@pytest.mark.parametrize("has_draft", [True, False])
def test_what_is_of_another_project_is_changed_after_the_sign_in_for_that(anna_client, asked, has_draft):
    a_policy()
    found = asked()
    PoolRequest.objects.update(draft_url="/pools/new/x/review" if has_draft else "")
    here, elsewhere = anna_client, signed_in(project="eu-de_team")
    pages = [one.get(found.get_absolute_url()).content.decode() for one in (here, elsewhere)]
    assert ["Change it" in one for one in pages] == [True, False]
    assert ["Sign in for eu-de_sandbox to change it" in one for one in pages] == [False, True]
    assert f"next={found.get_absolute_url()}&amp;project=eu-de_sandbox" in pages[1]
