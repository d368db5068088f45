"""A password that stands in a body is for the cloud alone: no page, answer, line or message shows it."""

import uuid

import pytest
from django.test import Client

from tests.approvals.building import FACTS, a_policy, a_session, an_order
from tests.nodepool.test_rules import T
from tests.people import a_person
from webapp.accounts.actions import make_api_token
from webapp.accounts.roles import Role
from webapp.approvals import actions, deciding, outcomes
from webapp.approvals.models import PoolRequest
from webapp.audit.models import AuditLine
from webapp.audit.trail import as_json
from webapp.nodepool import pointers
from webapp.nodepool.formats import FORMATS
from webapp.notices.events import Event
from webapp.notices.models import Delivery, Notice
from webapp.notices.webhooks import create_webhook
from webapp.wizard.actions import start, start_again

pytestmark = pytest.mark.django_db
PASSWORD = "JDYkYWJjZGVmZ2gk"
LOGIN = {f"{T}/login": {"userPassword": {"username": "root", "password": PASSWORD}}}


@pytest.fixture
def approver():
    return a_person("approver", Role.APPROVER, Role.ADMIN)


@pytest.fixture
def found(approver):
    """A request with a password in all of its revisions, and all that was told of it."""
    create_webhook(by=approver, name="all", url="https://tools.example.com/", events=list(Event), secret="s" * 40)
    a_policy()
    author = a_person("author", Role.REQUESTER)
    known = {"by": author, "facts": FACTS}
    made = actions.submit(an_order(**LOGIN), session=a_session(), key=uuid.uuid4().hex, **known)
    deciding.ask_changes(made, by=approver, comment="Fewer.")
    return actions.edit(made, an_order(**LOGIN, **{"/spec/initialNodeCount": 1}), **known)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("who", ["author", "approver"])
@pytest.mark.parametrize("has_failed", [False, True], ids=["waiting", "failed"])
def test_no_page_of_a_request_shows_it(found, approver, who, has_failed):
    if has_failed:
        PoolRequest.objects.update(state="launching")
        found.refresh_from_db()
        outcomes.fail(found, {"message": "No.", "code": "CCE.01400014"})
    client = signed_in({"author": found.author, "approver": approver}[who])
    at = found.get_absolute_url()
    for url in (at, f"{at}/progress", *(f"{at}/export/{name}" for name in FORMATS)):
        page = client.get(url)
        assert (page.status_code in (200, 286), PASSWORD in page.content.decode()) == (True, False), url


@pytest.mark.parametrize("path", ["requests", "requests/{0}", "requests/{0}/timeline", "submissions/{0}", "audit"])
def test_no_answer_of_the_api_shows_it(found, approver, client, path):
    headers = {"Authorization": f"Token {make_api_token(approver, 'x', 1)}"}
    answer = client.get(f"/api/v1/{path.format(found.reference)}", headers=headers)
    assert (answer.status_code, PASSWORD in answer.content.decode()) == (200, False)


def test_neither_the_trail_nor_notices_nor_webhooks_tell_it(found):
    told = [as_json(one) for one in AuditLine.objects.all()]
    told += [*Notice.objects.values(), *Delivery.objects.values()]
    assert len(told) > 5
    assert PASSWORD not in str(told)
    assert pointers.get(found.body, f"{T}/login/userPassword/password") == PASSWORD  # the cloud gets it


def test_a_draft_that_has_it_does_not_show_it_and_no_preset_takes_it_along(found, approver, client):
    draft = start_again(found, by=found.author)
    mine = signed_in(found.author)
    headers = {"Authorization": f"Token {make_api_token(found.author, 'x', 1)}"}
    pages = [mine.get(draft.url_of(step)) for step in ("basics", "node-template", "review")]
    pages += [mine.get(f"/pools/new/{draft.pk}/decisions"), client.get(f"/api/v1/drafts/{draft.pk}", headers=headers)]
    assert [(one.status_code, PASSWORD in one.content.decode()) for one in pages] == [(200, False)] * 5
    kept = start(by=approver, body=draft.body)
    signed_in(approver).post(f"/pools/new/{kept.pk}/preset", {"name": "Worker"})
    listed = client.get("/api/v1/presets", headers=headers).json()["results"]
    assert [(one["name"], PASSWORD in str(one)) for one in listed] == [("Worker", False)]
