"""What people say about requests: whatever it is, it is kept, cleaned or refused in words, by pages and by the API."""

from dataclasses import replace

import pytest
from django.test import Client

from tests.approvals.building import FACTS, a_policy, a_request, a_session, an_order
from tests.people import a_person
from webapp.accounts.actions import make_api_token
from webapp.accounts.roles import Role
from webapp.approvals import actions
from webapp.approvals.models import Comment, Decision, PoolRequest
from webapp.approvals.workflow import LONGEST_TEXT, NotPossible, State

pytestmark = pytest.mark.django_db
NAME = "/metadata/name"
LONG = "x" * (LONGEST_TEXT + 1)


@pytest.fixture
def waiting():
    a_policy()
    return a_request(**{NAME: "shop"})


@pytest.fixture
def approver():
    return a_person("approver", Role.APPROVER)


@pytest.fixture
def page(waiting, approver):
    """Act by the page."""
    client = Client()
    client.force_login(approver)
    return lambda act, **said: client.post(f"{waiting.get_absolute_url()}/{act}", {"digest": waiting.digest, **said})


@pytest.fixture
def api(waiting, approver, client):
    """Act by the API."""
    headers = {"Authorization": f"Token {make_api_token(approver, 'x', 1)}"}
    at = f"/api/v1/requests/{waiting.reference}"
    return lambda act, **said: client.post(f"{at}/{act}", said, content_type="application/json", headers=headers)


def test_nul_is_taken_out_of_what_a_page_says(waiting, page):
    assert page("comment", text="a\0b").status_code == 302
    assert page("ask-changes", comment="\0Fewer", pointer=f"{NAME}\0").status_code == 302
    said = set(Comment.objects.values_list("text", "pointer"))
    assert said == {("ab", ""), ("Fewer", NAME)}


def test_words_of_nul_alone_are_no_words(page):
    assert page("reject", comment="\0").status_code == 409
    assert not Decision.objects.exists()


@pytest.mark.parametrize("act", ["comment", "approve", "reject", "ask-changes"])
def test_a_page_says_how_long_a_text_may_be_and_keeps_what_was_typed(waiting, page, act):
    answer = page(act, text=LONG, comment=LONG)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert f"Say it in {LONGEST_TEXT} characters at most: these are {LONGEST_TEXT + 1}." in shown
    assert LONG in shown
    waiting.refresh_from_db()
    assert waiting.state == State.SUBMITTED
    assert not Comment.objects.exists()


def test_the_longest_text_is_taken(page, api):
    assert page("comment", text=LONG[1:]).status_code == 302
    assert api("comment", comment=LONG[1:]).status_code == 200


@pytest.mark.parametrize("act", ["comment", "ask-changes"])
@pytest.mark.parametrize("name", ["comment", "pointer", "to", "digest"])
@pytest.mark.parametrize("bad", ["a\0b", "a\ud800b", LONG], ids=["NUL", "half a character", "too long"])
def test_the_api_names_the_member_that_no_text_can_be(waiting, api, act, name, bad):
    answer = api(act, **{"comment": "x", name: bad})
    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"/{name}"]
    waiting.refresh_from_db()
    assert waiting.state == State.SUBMITTED


@pytest.mark.parametrize("pointer", ["/nowhere", "name", "/metadata", "/spec/\u0007", "#/metadata/name"])
@pytest.mark.parametrize("act", ["comment", "ask-changes"])
def test_a_comment_is_pinned_to_fields_alone(page, api, act, pointer):
    answer = api(act, comment="Fewer.", pointer=pointer)
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "Choose one of the fields: there is none of this name.",
    )
    if act == "ask-changes":  # the page comments on the whole alone
        assert page(act, comment="Fewer.", pointer=pointer).status_code == 409
    assert not Comment.objects.exists()


@pytest.mark.parametrize("query", ["words=sh%00op", "words=%00&state=%00", "project=%00", "state=x%00&kind=%00"])
def test_a_filter_with_nul_is_read_without_it(waiting, approver, client, query):
    client.force_login(approver)
    assert client.get(f"/requests?whose=all&{query}").status_code == 200
    assert client.get(f"/requests/waiting?cluster=%00&by=%00&mark=%00&{query}").status_code == 200
    assert waiting.reference in client.get("/requests?whose=all&words=sh%00op").content.decode()


def test_a_reason_that_is_too_long_is_refused_before_anything_is_asked():
    order = replace(an_order(), reason=LONG)
    with pytest.raises(NotPossible, match="characters at most"):
        actions.submit(order, by=a_person("author", Role.REQUESTER), session=a_session(), key="k", facts=FACTS)
    assert not PoolRequest.objects.exists()
