"""What those who decide are told, and what the author is told of the decision."""

import json

import pytest

from tests.approvals.building import a_policy
from tests.nodepool.test_rules import T
from tests.people import a_person
from webapp.accounts.roles import Role
from webapp.approvals import deciding
from webapp.approvals.models import PoolRequest
from webapp.approvals.words import sentence
from webapp.notices.events import Event
from webapp.notices.models import Delivery, Notice
from webapp.notices.webhooks import create_webhook

pytestmark = pytest.mark.django_db
SCRIPT = {f"{T}/extendParam": {"alpha.cce/preInstall": "ZWNobyBoaQ=="}}


@pytest.fixture
def approver():
    person = a_person("approver", Role.APPROVER)
    person.email = "approver@example.com"
    person.save()
    return person


def told(person, event):
    return Notice.objects.filter(person=person, event=event).latest("pk").text


def expected_of(found):
    return (
        sentence(found),
        "prod-standard (eu-de_sandbox)",
        "This needs 1 approval by any approver.",
        "it has up to 2 nodes, more than 1",
        "Scripts run on the nodes",
        "It expires ",
    )


def test_the_mail_to_deciders_says_who_asks_for_what_where_why_they_are_asked_and_until_when(asked, approver):
    a_policy(over_nodes=1)
    found = asked(**SCRIPT, **{"/spec/initialNodeCount": 2})
    mail = Delivery.objects.get(address=approver.email).content
    assert [one for one in expected_of(found) if one not in mail] == []
    assert [one for one in expected_of(found) if one not in told(approver, "waiting")] == []


def test_somebody_to_whom_it_is_passed_on_is_told_the_same(asked, approver):
    a_policy(over_nodes=1)
    found, other = asked(**SCRIPT, **{"/spec/initialNodeCount": 2}), a_person("other", Role.APPROVER)
    Notice.objects.all().delete()
    deciding.delegate(found, by=approver, to=other)
    assert [one for one in expected_of(found) if one not in told(other, "waiting")] == []


def test_the_reason_is_told_where_there_is_one(asked, approver):
    a_policy()
    found = asked()
    PoolRequest.objects.update(reason="For the shop.")
    found.refresh_from_db()
    deciding.delegate(found, by=approver, to=a_person("other", Role.APPROVER))
    assert "What it is for: For the shop." in Notice.objects.latest("pk").text


def test_the_author_is_told_who_has_approved(asked, approver, author):
    a_policy(approvals=2)
    found = asked()
    deciding.approve(found, by=approver)
    deciding.approve(found, by=a_person("second", Role.APPROVER), comment="Fine.")
    assert told(author, "decided") == "Approved by approver and second.\n\nFine."


def test_programs_are_told_that_it_was_submitted_before_they_are_told_that_it_is_approved(asked, author):
    create_webhook(by=author, name="all", url="https://tools.example.com/", events=list(Event), secret="s" * 40)
    asked()
    calls = [json.loads(one.content) for one in Delivery.objects.order_by("created_at")]
    assert [(one["event"], one["state"]) for one in calls] == [("submitted", "submitted"), ("decided", "approved")]
