"""The page of a request says whose move it is and what has been, in words that fit the reader and the time."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils.timezone import localtime

from tests.approvals.building import a_policy, a_team
from tests.nodepool.test_rules import T
from tests.people import a_person
from webapp.accounts.roles import Role
from webapp.approvals import deciding
from webapp.approvals.launching import launch
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import State

pytestmark = pytest.mark.django_db
SCRIPT = {f"{T}/extendParam": {"alpha.cce/preInstall": "ZWNobyBoaQ=="}}


def page_of(found, person):
    client = Client()
    client.force_login(person)
    return unescape(client.get(found.get_absolute_url()).content.decode())


def test_an_approver_of_another_team_is_told_whose_decision_it_is(asked):
    a_policy(team=a_team("security"))
    found = asked()
    theirs = "This is for approvers of the team security."
    page = page_of(found, a_person("other", Role.APPROVER))
    assert theirs in page
    assert "decide-heading" not in page
    asked_one = page_of(found, a_person("member", Role.APPROVER, teams=("security",)))
    assert theirs not in asked_one
    assert "decide-heading" in asked_one


def test_who_has_edited_it_is_told_why_somebody_else_decides(asked):
    a_policy()
    found, editor = asked(), a_person("editor", Role.APPROVER)
    PoolRequest.objects.update(last_editor=editor)
    assert "somebody else decides about it." in page_of(found, editor)


def test_what_policy_asked_for_is_past_once_it_is_decided(asked, author):
    a_policy()
    found = asked()
    assert "This needs 1 approval" in page_of(found, author)
    deciding.approve(found, by=a_person("approver", Role.APPROVER))
    PoolRequest.objects.update(state=State.ACTIVE)
    page = page_of(found, author)
    assert "<p>This needed 1 approval by any approver.</p>" in page
    assert "This needs" not in re.sub(r'<ol class="timeline">.*?</ol>', "", page, flags=re.DOTALL)


def test_what_policy_let_pass_is_past_as_well(asked, author):
    found = asked()
    assert "<p>No approval was needed.</p>" in page_of(found, author)


def test_a_failure_stands_before_what_to_look_out_for(asked, anna, author, local_cloud):
    a_policy()
    found = asked(**SCRIPT)
    before = page_of(found, author)
    assert before.index("Look out for") < before.index('id="progress"')
    deciding.approve(found, by=a_person("approver", Role.APPROVER))
    local_cloud.fault(kind="status", status=400, message="teapot", method="POST", path="nodepools$", times=1)
    launch(found, anna, by=author)
    page = page_of(found, author)
    assert page.index("The cloud says: teapot") < page.index("Look out for")
    assert page.count("Look out for") == 1


def test_the_quota_is_said_to_be_what_is_left_after_the_request_and_as_of_when(asked, author):
    found = asked()
    page = page_of(found, author)
    assert "Quota left after this request</th>" in page
    shown = f"{localtime(found.submitted_at):%Y-%m-%dT%H:%M}"
    assert f'The quota as it was on <time datetime="{shown}' in page


@pytest.mark.parametrize(("path", "count"), [("/requests", 5), ("/requests/waiting", 4)])
def test_no_line_ends_between_a_filter_and_its_label(asked, client, path, count):
    a_policy()
    asked()
    client.force_login(a_person("approver", Role.APPROVER))
    page = client.get(path).content.decode()
    form = page.partition('class="toolbar">')[2].partition("</form>")[0]
    assert len(re.findall(r'<span class="pair"><label for="(\w+)">[^<]*</label> <\w+ [^>]*id="\1"', form)) == count
    assert form.count("<label") == count
