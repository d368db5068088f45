"""What is refused is refused with a sentence that is true, on a page that leads back."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.core.cache import cache
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from tests.approvals.building import a_failure, a_policy, a_request, a_team
from tests.people import a_person
from webapp.accounts.granting import revoke
from webapp.accounts.roles import Role
from webapp.approvals import actions, deciding, queries
from webapp.approvals.models import PoolRequest
from webapp.approvals.rights import demand
from webapp.approvals.workflow import ACTS, NotAllowed, NotPossible, State, not_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def approver():
    return a_person("approver", Role.APPROVER, teams=("platform",))


@pytest.fixture
def waiting():
    a_policy(team=a_team("platform"))
    return a_request()


def in_state(found, state, **facts):
    PoolRequest.objects.filter(pk=found.pk).update(state=state, **facts)
    found.refresh_from_db()
    return found


def press(person, found, act, **said):
    client = Client()
    client.force_login(person)
    answer = client.post(f"{found.get_absolute_url()}/{act}", said)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize(
    ("act", "state", "sentence"),
    [
        ("launch", State.SUBMITTED, "It waits for approval: this is not possible yet."),
        ("launch", State.CHANGES, "Its author was asked to change it: this is not possible yet."),
        ("retry", State.PROVISIONING, "It is being provisioned: this is not possible yet."),
        ("withdraw", State.ACTIVE, "It is done: this is not possible any more."),
        ("withdraw", State.FAILED, "It has failed: this is not possible any more."),
        ("edit", State.LAUNCHING, "It is being sent to the cloud: this is not possible any more."),
        ("approve", State.APPROVED, "It is approved and ready to launch: nothing can be decided any more."),
        ("reject", State.CHANGES, "Its author was asked to change it: nothing can be decided yet."),
        ("delegate", State.WITHDRAWN, "It is withdrawn: nothing can be decided any more."),
        ("launch", State.EXPIRED, "It has expired: this is not possible any more."),
        ("approve", State.REJECTED, "It is rejected: nothing can be decided any more."),
    ],
)
def test_an_act_comes_too_early_or_too_late(act, state, sentence):
    assert not_now(state, ACTS[act]) == sentence


def test_who_saw_the_end_is_not_told_that_somebody_was_faster(waiting, approver):
    found = in_state(waiting, State.REJECTED)
    with pytest.raises(NotPossible, match=r"^It is rejected: nothing can be decided any more\.$"):
        deciding.approve(found, by=approver)
    assert "It is rejected: nothing can be decided any more." in press(approver, found, "approve")[1]


def test_who_saw_it_open_is_told_that_somebody_was_faster(waiting, approver):
    in_state(waiting, State.REJECTED)
    for act in ("approve", "delegate"):
        status, page = press(approver, waiting, act, state="submitted", digest=waiting.digest, to=approver.pk)
        assert (status, "Somebody was faster: it is rejected." in page) == (409, True), act


def test_an_author_who_withdraws_what_is_at_its_end_is_not_told_to_do_it_now(waiting):
    in_state(waiting, State.REJECTED)
    with pytest.raises(NotPossible, match=r"^It is rejected: this is not possible any more\.$"):
        actions.withdraw(waiting, by=waiting.author, seen="submitted")


def test_who_asks_for_quota_again_is_told_that_it_was_done(waiting):
    a_failure("CCE.01400009", asks_quota=True)
    in_state(waiting, State.FAILED, problem={"code": "CCE.01400009", "message": "No."})
    assert press(waiting.author, waiting, "ask-quota")[0] == 302
    assert "The admins were asked already." in press(waiting.author, waiting, "ask-quota")[1]


def test_who_may_not_comment_reads_who_may(waiting):
    with pytest.raises(NotAllowed, match="Only its author, approvers and admins comment"):
        demand(a_person("auditor", Role.AUDITOR), waiting, ACTS["comment"])


def test_an_author_who_is_no_requester_any_more_is_not_told_that_only_authors_may(waiting):
    revoke(waiting.author, Role.REQUESTER, by=None)
    author = type(waiting.author).objects.get(pk=waiting.author_id)
    with pytest.raises(NotAllowed, match="Ask an admin for this role"):
        demand(author, waiting, ACTS["withdraw"])


def test_a_refused_act_leads_back_to_the_page_that_one_may_see(waiting, approver):
    status, page = press(approver, waiting, "withdraw")
    assert (status, "You may not do this" in page, "Only the author can do this." in page) == (403, True, True)
    assert f'href="{waiting.get_absolute_url()}">Back to {waiting.reference}' in page
    assert "sign in as somebody else" not in page


def test_the_address_of_an_act_leads_to_the_request(waiting, client):
    client.force_login(waiting.author)
    answer = client.get(f"{waiting.get_absolute_url()}/withdraw")
    assert (answer.status_code, answer["Location"]) == (302, waiting.get_absolute_url())
    assert client.get(f"{waiting.get_absolute_url()}/eat").status_code == 404
    waiting.refresh_from_db()
    assert waiting.state == State.SUBMITTED


def test_a_page_for_others_still_says_that_one_may_not_see_it(waiting, client):
    client.force_login(waiting.author)
    assert "You may not see this" in client.get("/requests/waiting").content.decode()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [((20, 50, 55, 60), "1 minute"), ((60, 60, 180, 180), "1 to 3 minutes"), ((240,) * 4, "4 minutes")],
)
def test_one_minute_is_one_minute(waiting, seconds, said):
    cache.clear()  # it is kept for a minute
    for each in seconds:
        now = timezone.now()
        in_state(a_request(waiting.author), State.ACTIVE, launched_at=now - timedelta(seconds=each), ended_at=now)
    assert queries.usual_time("create") == said


def test_a_submission_that_the_database_refuses_for_anything_but_its_key_is_no_known_request(asked, monkeypatch):
    refusal = IntegrityError("a webhook is gone")
    monkeypatch.setattr(actions, "_begin", Mock(side_effect=refusal))
    with pytest.raises(IntegrityError, match="a webhook is gone"):
        asked()
