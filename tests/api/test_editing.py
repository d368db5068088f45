"""A request is changed by `PUT`: what is not named stays, the version is asked for, and policy is asked again."""

import pytest

from tests.api.test_drafts import cluster_id  # noqa: F401 - a fixture
from tests.api.test_requests import waiting  # noqa: F401 - a fixture
from tests.approvals.building import a_policy
from tests.nodepool.test_rules import a_body
from webapp.approvals.models import Policy, PoolRequest
from webapp.approvals.workflow import State

pytestmark = pytest.mark.django_db(transaction=True)
FEWER = a_body(**{"/spec/initialNodeCount": 1})


@pytest.fixture
def put(ask, waiting, anna):  # noqa: F811
    """Replace what the request asks for, which was sent with a reason and shall not start at once."""
    PoolRequest.objects.update(reason="For the shop", start_at_once=False, launch_session="a-browser")

    def replaced(body=FEWER, version="", **said):
        headers = {"X-Cloud-Token": anna.token} | ({"If-Match": version} if version else {})
        return ask("put", f"/api/v1/requests/{waiting.reference}", {"body": body, **said}, **headers)

    return replaced


def kept(found):
    found.refresh_from_db()
    return found.revision, found.reason, found.start_at_once, found.launch_session


def test_what_a_change_does_not_name_stays_as_it_is(put, waiting):  # noqa: F811
    assert put().status_code == 200
    assert kept(waiting) == (2, "For the shop", False, "a-browser")


def test_what_a_change_names_is_taken_also_beside_the_same_body_which_makes_no_revision(put, waiting):  # noqa: F811
    answer = put(waiting.body, reason="", start_at_once=True)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert kept(waiting) == (1, "", True, "a-browser")


def test_the_version_that_was_read_is_the_one_that_is_changed(put, ask, waiting):  # noqa: F811
    read = ask("get", f"/api/v1/requests/{waiting.reference}").headers["ETag"]
    answer = put(version=read)
    assert (read, answer.status_code, answer.headers["ETag"]) == ('"1"', 200, '"2"')


@pytest.mark.parametrize(("version", "status"), [('"2"', 412), ("0", 412), ("*", 400), ("x", 400), ('"1", "2"', 400)])
def test_a_change_of_another_version_changes_nothing(put, waiting, version, status):  # noqa: F811
    assert put(version=version, reason="New").status_code == status
    assert kept(waiting) == (1, "For the shop", False, "a-browser")


@pytest.mark.parametrize("at_once", [True, False])
def test_what_policy_approves_after_a_change_is_launched_where_it_shall_start_at_once(
    put,
    waiting,  # noqa: F811
    local_cloud,
    at_once,
):
    Policy.objects.all().delete()
    a_policy(over_nodes=1)
    answer = put(start_at_once=at_once)
    sent = [one["body"] for one in local_cloud.log("POST", "nodepools")]
    assert answer.json()["state"] == (State.PROVISIONING if at_once else State.APPROVED)
    assert sent == ([FEWER] if at_once else [])


def test_what_still_needs_approval_waits_again(put, waiting, local_cloud):  # noqa: F811
    answer = put(start_at_once=True)
    assert (answer.json()["state"], len(answer.json()["missing"])) == (State.SUBMITTED, 1)
    assert local_cloud.log("POST", "nodepools") == []
