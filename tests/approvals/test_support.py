"""What stands there for support: what was asked and what was said, and nothing that was not."""

from html import unescape

import pytest

from tests.approvals.building import a_policy
from tests.nodepool.test_rules import T
from tests.people import a_person
from webapp.accounts.roles import Role
from webapp.approvals import deciding
from webapp.approvals.launching import launch
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(author, client):
    """Return the block for support on the page of a request."""
    client.force_login(author)

    def read(found):
        page = unescape(client.get(found.get_absolute_url()).content.decode())
        return page.partition("For support</summary>")[2].partition("</details>")[0]

    return read


def test_of_a_request_sent_back_before_anything_was_sent_nothing_is_said_to_be_sent(asked, anna, author, support):
    a_policy()
    found = asked(**{f"{T}/login": {"sshKey": "none-of-hers"}})
    deciding.approve(found, by=a_person("approver", Role.APPROVER))
    launch(found, anna, by=author)
    assert found.state == State.CHANGES
    said = support(found)
    assert "What would have been sent:" in said
    assert "facts-changed" in said
    for invented in ("What was sent", "The cloud's own words", "Request id", "<dt>Status", "None"):
        assert invented not in said


def test_of_a_refused_request_it_is_said_what_was_sent_and_what_the_cloud_answered(
    asked, anna, author, local_cloud, support
):
    local_cloud.fault(kind="status", status=400, message="teapot", method="POST", path="nodepools$", times=1)
    found = asked()
    launch(found, anna, by=author)
    said = support(found)
    assert "What was sent:" in said
    assert "<dt>The cloud's own words</dt><dd>teapot</dd>" in said
    assert "<dt>Status</dt><dd>400</dd>" in said


@pytest.mark.parametrize(("kind", "is_shown"), [("scale", True), ("delete", False)])
def test_of_a_change_it_is_said_what_was_asked_and_a_deletion_has_no_body(  # noqa: PLR0917
    asked, anna, author, local_cloud, support, kind, is_shown
):
    first = asked()
    launch(first, anna, by=author)
    pool = PoolRequest.objects.get().pool_id
    PoolRequest.objects.update(state=State.ACTIVE)
    local_cloud.fault(
        kind="status", status=400, message="no", method="PUT" if is_shown else "DELETE", path="nodepools/"
    )
    found = asked(kind, pool_id=pool, **{"/spec/initialNodeCount": 5})
    launch(found, anna, by=author)
    assert found.state == State.FAILED, found.problem
    assert ("What was asked for:" in support(found)) is is_shown
    assert "was sent" not in support(found)
