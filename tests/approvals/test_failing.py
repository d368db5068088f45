"""A failure in words: why nodes did not come, and what a code means that the catalogue does not know."""

import json
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from tests.approvals.building import a_failure
from tests.approvals.test_launching import live  # noqa: F401 - a fixture
from tests.people import a_person
from webapp.accounts.roles import Role
from webapp.accounts.sealing import seal
from webapp.approvals.catalogue import card_of
from webapp.approvals.following import follow, is_unexplained
from webapp.approvals.launching import launch
from webapp.approvals.models import UnmatchedFailure
from webapp.approvals.workflow import State
from webapp.audit.models import AuditLine
from webapp.nodepool import pointers
from webapp.pools.models import ClusterWatch, PoolStatus
from webapp.pools.status import status_of

pytestmark = pytest.mark.django_db
POST = {"method": "POST", "path": "nodepools$", "times": 1}
KMS = "Ecs.0025: KMS is not allowed for EVS."
RETRY = "Retry unchanged</button>"


@pytest.fixture
def page(author):
    client = Client()
    client.force_login(author)
    return lambda found: unescape(client.get(found.get_absolute_url()).content.decode())


@pytest.fixture
def stillborn(asked, anna, author, local_cloud):
    """A request whose pool was made, and whose nodes do not come."""
    local_cloud.fault(kind="node_failure", message=KMS)
    found = asked()
    launch(found, anna, by=author)
    local_cloud.advance(3600)
    PoolStatus.objects.update(asked_at=None)
    return found


@pytest.fixture
def refused(asked, anna, author, local_cloud):
    """Launch what the cloud refuses with a status."""

    def launched(status, message="teapot"):
        local_cloud.fault(kind="status", status=status, message=message, **POST)
        found = asked()
        launch(found, anna, by=author)
        return found

    return launched


def test_the_card_says_why_the_nodes_did_not_come(stillborn, anna, page):
    follow(stillborn, anna)
    assert (stillborn.state, stillborn.problem["code"]) == (State.FAILED, "Ecs.0025")
    assert f"The cloud says: [CreateNodeVM.DoError] {KMS}" in page(stillborn)


@pytest.fixture
def signed_in_page(author, anna):
    """The page as Anna sees it who is signed in to the cloud."""
    client = Client()
    client.force_login(author)
    session = client.session
    session["cloud"] = seal(json.dumps(anna.to_json()))
    session.save()
    return lambda found: unescape(client.get(found.get_absolute_url()).content.decode())


def test_the_nodes_are_asked_for_before_a_failure_is_judged(stillborn, anna, page):
    place = {"project_id": stillborn.project_id, "cluster_id": stillborn.cluster_id}
    ClusterWatch.objects.update_or_create(**place, defaults={"asked_at": timezone.now(), "answered_at": timezone.now()})
    follow(stillborn, anna)
    assert stillborn.problem["detail"].endswith(KMS)
    assert ">Abnormal</td>" in page(stillborn)


def test_a_pool_that_fails_while_its_counters_stand_still_has_its_nodes_asked_for(stillborn, anna):
    status = status_of(anna, *stillborn.place)
    status.document["status"]["phase"] = ""
    PoolStatus.objects.update(document=status.document, nodes=[], asked_at=None)
    ClusterWatch.objects.update(asked_at=None)
    assert status_of(anna, *stillborn.place).nodes


def seen_by_somebody_without_session(stillborn, anna):
    status_of(anna, *stillborn.place)
    PoolStatus.objects.update(nodes=[])
    follow(stillborn, None)
    assert stillborn.state == State.FAILED


def test_where_nobody_could_ask_why_whoever_is_signed_in_later_learns_it(stillborn, anna, page, signed_in_page):
    seen_by_somebody_without_session(stillborn, anna)
    assert KMS not in page(stillborn)
    shown = signed_in_page(stillborn)
    assert f"The cloud says: [CreateNodeVM.DoError] {KMS}" in shown
    assert f"learnt why: [CreateNodeVM.DoError] {KMS}" in shown
    assert ">Abnormal</td>" in shown


def test_a_cloud_that_says_nothing_is_asked_once(stillborn, anna, local_cloud, signed_in_page):
    seen_by_somebody_without_session(stillborn, anna)
    local_cloud.fault(kind="status", status=403, path="/jobs/")
    shown = signed_in_page(stillborn)
    assert "The cloud could not add a node." in shown
    stillborn.refresh_from_db()
    assert not is_unexplained(stillborn)


def test_nodes_that_cannot_be_read_are_asked_for_again_and_are_not_said_to_come(
    stillborn, anna, local_cloud, signed_in_page
):
    seen_by_somebody_without_session(stillborn, anna)
    local_cloud.fault(kind="status", status=503, path="/nodes$")
    shown = signed_in_page(stillborn)
    assert "The cloud lists no nodes of it." in shown
    assert "No nodes yet" not in shown
    stillborn.refresh_from_db()
    assert is_unexplained(stillborn)


def test_what_the_catalogue_knows_of_the_code_in_the_reason_is_what_to_do(stillborn, anna, page):
    a_failure("Ecs.0025", sentence="The disk cannot be encrypted.", remedy="Have KMS allowed for EVS.")
    follow(stillborn, anna)
    shown = page(stillborn)
    assert "<h2>The disk cannot be encrypted.</h2>" in shown
    assert "Have KMS allowed for EVS." in shown
    assert not UnmatchedFailure.objects.exists()


def test_a_job_that_cannot_be_read_leaves_the_failure_as_it_is(stillborn, anna, local_cloud, page):
    local_cloud.fault(kind="status", status=403, path="/jobs/")
    follow(stillborn, anna)
    assert (stillborn.state, stillborn.problem["code"]) == (State.FAILED, "Error")
    assert "The cloud could not add a node." in page(stillborn)


def test_a_refusal_that_nobody_knows_says_what_to_do_and_is_not_offered_unchanged(refused, page):
    found = refused(418)
    shown = page(found)
    assert (found.state, found.problem["status"]) == (State.FAILED, 418)
    assert "The cloud says: teapot" in shown
    assert found.problem["remedy"] in shown
    assert "The move is yours." in shown
    assert RETRY not in shown


TAKEN = "A node pool of this name exists in the cluster already."


def test_a_creation_that_is_in_conflict_is_told_that_its_name_is_taken(refused, page):
    assert TAKEN in page(refused(409))


@pytest.mark.parametrize(("kind", "method"), [("scale", "PUT"), ("delete", "DELETE")])
def test_a_change_that_is_in_conflict_is_not_told_that_its_name_is_taken(  # noqa: PLR0917
    asked,
    anna,
    author,
    live,  # noqa: F811
    local_cloud,
    page,
    kind,
    method,
):
    pool_id, body = live
    pointers.put(body, "/spec/initialNodeCount", 4)
    local_cloud.fault(kind="status", status=409, method=method, message="The node pool is locked.")
    found = asked(kind, body, pool_id)
    launch(found, anna, by=author)
    shown = page(found)
    assert "This is in conflict with something that exists." in shown
    assert "The cloud says: The node pool is locked." in shown
    assert TAKEN not in shown
    line = AuditLine.objects.filter(act__startswith="cloud.pool_").latest("pk")
    assert "CCE.01409001" in line.after


def test_a_fault_of_the_cloud_that_nobody_knows_can_be_tried_again():
    card = card_of({"status": 599, "code": "CCE.99999999", "message": "It broke.", "remedy": "Try again."})
    assert (card.is_retryable, card.remedy) == (True, "Try again.")


@pytest.mark.parametrize(
    ("status", "is_retryable"),
    [
        *((status, False) for status in (400, 403, 404, 422, 499)),
        *((status, True) for status in (401, 408, 423, 429, 500, 503, None)),
    ],
)
def test_only_what_may_pass_is_retryable(status, is_retryable):
    assert card_of({"status": status, "code": "CCE.99999999", "message": "No."}).is_retryable is is_retryable
    assert card_of({"status": status, "message": "No."}).is_retryable is is_retryable


def test_what_the_catalogue_knows_counts_whatever_the_status():
    a_failure("CCE.99999999", is_retryable=True)
    assert card_of({"status": 400, "code": "CCE.99999999"}).is_retryable


def test_an_unknown_code_is_counted_and_an_admin_finds_it(refused, client):
    refused(418, "short and stout")
    found = UnmatchedFailure.objects.get()
    assert (found.count, found.example) == (1, "short and stout")
    client.force_login(a_person("admin", Role.ADMIN))
    assert found.code in client.get("/admin/approvals/unmatchedfailure/").content.decode()
