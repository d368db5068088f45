"""What is approved names its cluster: a request that moves to another one is asked for anew."""

from dataclasses import replace

import pytest
from django.test import Client

from tests.approvals.building import CLUSTER, FACTS, a_policy, a_request, a_session, a_team, an_order
from tests.people import a_person
from tests.wizard.test_views import a_body, cluster_id, form_of, walked
from webapp.accounts.roles import Role
from webapp.approvals import actions, deciding
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import NotPossible, State
from webapp.wizard import steps

TURBO = replace(CLUSTER, id="c-2", name="turbo")


@pytest.fixture
def approver(db):
    return a_person("approver", Role.APPROVER, teams=("platform",))


@pytest.fixture
def waiting(db):
    a_policy(team=a_team("platform"))
    return a_request()


def asked_again(found, cluster, session=None):
    """Ask for the same body in a cluster, as the author."""
    order = replace(an_order(), cluster=cluster)
    wish = {"by": found.author, "session": session or a_session(), "key": found.key, "facts": FACTS}
    return actions.ask(order, known=found, **wish)


def test_another_cluster_makes_a_new_revision_and_the_request_goes_with_it(waiting, approver):
    deciding.approve(waiting, by=approver)
    found = asked_again(waiting, TURBO)
    assert (found.revision, found.state, found.cluster_id, found.cluster.name) == (2, State.SUBMITTED, "c-2", "turbo")
    assert asked_again(found, TURBO).revision == 2


def test_an_approval_of_what_was_seen_in_another_cluster_does_not_count(waiting, approver):
    seen = waiting.digest
    asked_again(waiting, TURBO)
    with pytest.raises(NotPossible, match="was changed since you looked"):
        deciding.approve(waiting, by=approver, seen=seen)


def test_who_decided_before_sees_that_the_cluster_is_another_one(waiting, approver):
    deciding.ask_changes(waiting, by=approver, comment="In turbo, please.")
    asked_again(waiting, TURBO)
    client = Client()
    client.force_login(approver)
    page = client.get(waiting.get_absolute_url()).content.decode()
    assert f"<del>{CLUSTER.name}</del>" in page
    assert "<ins>turbo</ins>" in page


def test_a_request_does_not_move_to_another_project(waiting):
    with pytest.raises(NotPossible, match="is asked for in eu-de_sandbox: sign in for it"):
        asked_again(waiting, TURBO, a_session("eu-de_team"))
    waiting.refresh_from_db()
    assert (waiting.revision, waiting.cluster_id) == (1, "c-1")


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_was_sent_and_then_moved_is_made_where_it_says_now(anna_client, local_cloud):
    a_policy(clusters="turbo")
    draft = walked(anna_client, a_body(), "prod-standard")
    basics = draft.url_of(steps.BASICS.slug)
    policy = a_policy("all", order=0)
    anna_client.post(draft.url_of(steps.REVIEW))
    policy.delete()
    here, there = (cluster_id(anna_client, draft, name) for name in ("prod-standard", "legacy-standard"))
    anna_client.post(basics, form_of(steps.BASICS, a_body()) | {"cluster": there})
    anna_client.post(draft.url_of(steps.REVIEW), {"start_at_once": "1"})
    found = PoolRequest.objects.get()
    assert (found.revision, found.cluster_id, here == there) == (2, there, False)
    assert [one["path"].split("/")[-2] for one in local_cloud.log("POST", "nodepools")] == [there]
