"""Acts on requests through the API: the right to do them comes first, then what was seen, then the cloud's token."""

import pytest
from django.test import Client

from tests.approvals.building import a_failure, a_policy, a_request
from tests.people import a_person
from webapp.accounts.actions import make_api_token
from webapp.accounts.roles import Role
from webapp.approvals.models import PoolRequest

pytestmark = pytest.mark.django_db
OF_THE_AUTHOR = ("launch", "retry", "send-again", "withdraw", "ask-quota")
STATES = {"launch": "approved", "retry": "failed"}


@pytest.fixture
def waiting(local_cloud):
    a_failure("X", is_retryable=True)
    a_policy()
    return a_request()


@pytest.fixture
def approver():
    return a_person("approver", Role.APPROVER)


def in_state_for(act, found):
    PoolRequest.objects.filter(pk=found.pk).update(state=STATES.get(act, "submitted"), problem={"code": "X"})


def do(person, found, act, **said):
    headers = {"Authorization": f"Token {make_api_token(person, 'x', 1)}"}
    url = f"/api/v1/requests/{found.reference}/{act}"
    answer = Client(headers=headers).post(url, said, content_type="application/json")
    return answer.status_code, answer.json().get("detail", "")


@pytest.mark.parametrize("act", OF_THE_AUTHOR)
def test_who_is_not_the_author_is_told_so_and_not_that_a_token_is_missing(waiting, approver, act):
    in_state_for(act, waiting)
    assert do(approver, waiting, act) == (403, "Only the author can do this.")


@pytest.mark.parametrize("act", ["launch", "retry"])
def test_who_is_the_author_is_told_that_a_token_is_missing(waiting, act):
    in_state_for(act, waiting)
    status, detail = do(waiting.author, waiting, act)
    assert (status, "send a token of it" in detail) == (403, True)


@pytest.mark.parametrize("act", ["launch", "retry", "withdraw", "comment"])
def test_no_author_does_anything_with_what_they_have_not_seen(waiting, act):
    in_state_for(act, waiting)
    status, detail = do(waiting.author, waiting, act, digest="of-before", comment="Well.")
    assert (status, "changed since you looked" in detail) == (409, True)


@pytest.mark.parametrize("act", ["approve", "reject", "ask-changes", "delegate", "comment"])
def test_no_approver_does_anything_with_what_they_have_not_seen(waiting, approver, act):
    said = {"comment": "Well.", "to": a_person("deputy", Role.APPROVER).username}
    status, detail = do(approver, waiting, act, digest="of-before", **said)
    assert (status, "changed since you looked" in detail) == (409, True)
    assert do(approver, waiting, act, digest=waiting.digest, **said)[0] == 200
