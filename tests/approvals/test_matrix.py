"""Every role, every act, every state: by the pages and by the API, held against a table that is written down here."""

import itertools
import json
import uuid
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.test import Client, TestCase
from django.utils import timezone

from tests.approvals.building import CLUSTER, FACTS, a_failure, a_policy, a_request, a_session, a_team
from tests.nodepool.test_rules import a_body
from tests.people import a_person
from webapp.accounts.actions import make_api_token
from webapp.accounts.models import User
from webapp.accounts.roles import Role
from webapp.accounts.sealing import seal
from webapp.approvals import actions, deciding, launching, outcomes, sweeps
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import BY_PEOPLE, State
from webapp.audit.models import AuditLine
from webapp.wizard.actions import start

S = State
QUOTA = "CCE.01400009"
DECIDE, OWN, TALK = (
    {"approve", "reject", "ask-changes", "delegate"},
    {"edit", "withdraw", "launch", "retry", "ask-quota", "send-again"},
    {"comment"},
)
# Whose act it can be. Four eyes: of their own request an admin is the author, and nothing else.
MAY = {
    "author": OWN | TALK,
    "other requester": set(),
    "approver": DECIDE | TALK,
    "approver of another team": TALK,
    "admin": DECIDE | TALK,
    "admin who is the author": OWN | TALK,
    "approver who is the author": OWN | TALK,
    "auditor": set(),
    "delegate": DECIDE | TALK,
    "without roles": set(),
    "nobody": set(),
}
# Where an act leads, from each state that takes it; an act that is not listed for a state is a conflict there.
LEADS = {
    "approve": {S.SUBMITTED: S.APPROVED},
    "reject": {S.SUBMITTED: S.REJECTED},
    "ask-changes": {S.SUBMITTED: S.CHANGES},
    "delegate": {S.SUBMITTED: S.SUBMITTED},
    "comment": {one: one for one in S},
    "edit": {S.SUBMITTED: S.SUBMITTED, S.CHANGES: S.SUBMITTED, S.APPROVED: S.SUBMITTED},
    "withdraw": {S.SUBMITTED: S.WITHDRAWN, S.CHANGES: S.WITHDRAWN, S.APPROVED: S.WITHDRAWN},
    "launch": {S.APPROVED: S.LAUNCHING},
    "retry": {S.FAILED: S.LAUNCHING},
    "ask-quota": {S.FAILED: S.FAILED},
    "send-again": {},  # in no state: nothing was lost
}
REFUSED, CONFLICT = {401, 403, 404}, {409}
PEOPLE = {
    "author": ((Role.REQUESTER,), ()),
    "other requester": ((Role.REQUESTER,), ()),
    "approver": ((Role.APPROVER,), ("platform",)),
    "approver of another team": ((Role.APPROVER,), ("security",)),
    "admin": ((Role.ADMIN,), ()),
    "admin who is the author": ((Role.ADMIN, Role.REQUESTER), ()),
    "approver who is the author": ((Role.APPROVER, Role.REQUESTER), ("platform",)),
    "auditor": ((Role.AUDITOR,), ()),
    "delegate": ((Role.APPROVER,), ("network",)),
    "without roles": ((), ()),
}


@dataclass
class World:
    """The people, and for each author one request in each state."""

    people: dict[str, User] = field(default_factory=dict)
    requests: dict[tuple[str, str], PoolRequest] = field(default_factory=dict)

    def asked_by(self, role: str, state: str) -> PoolRequest:
        author = role if role.endswith("author") else "author"
        return self.requests[author, state]


def in_state(author, decider, delegate, state):
    """Return a request that came to a state by the acts that lead there."""
    found = a_request(author, key=uuid.uuid4().hex, **{"/metadata/name": f"pool-{state.replace('_', '-')}"})
    PoolRequest.objects.filter(pk=found.pk).update(start_at_once=False)
    deciding.delegate(found, by=decider, to=delegate)
    if state == S.REJECTED:
        deciding.reject(found, by=decider, comment="No.")
    elif state == S.CHANGES:
        deciding.ask_changes(found, by=decider, comment="Fewer.")
    elif state == S.WITHDRAWN:
        actions.withdraw(found, by=author)
    elif state == S.EXPIRED:
        PoolRequest.objects.filter(pk=found.pk).update(expires_at=timezone.now())
        sweeps.expire_due()
    elif state != S.SUBMITTED:
        deciding.approve(found, by=decider)
        launched_to(found, author, state)
    found.refresh_from_db()
    assert found.state == state
    return found


def launched_to(found, author, state):
    if state == S.APPROVED:
        return
    launching.launch(found, a_session(), by=author)
    if state == S.FAILED:
        outcomes.fail(found, {"message": "No.", "code": QUOTA})
    elif state != S.LAUNCHING:
        outcomes.accepted(found, "")
        if state == S.ACTIVE:
            outcomes.finish(found)


class AtOnce:
    """Launches in the caller's thread."""

    def submit(self, act, *args):
        self.outcome = act(*args)
        return self

    def result(self, timeout):
        return self.outcome


@pytest.fixture(autouse=True, scope="class")
def without_a_cloud():
    """Let everything be as if the cloud had taken what is sent, and liked what it was asked about."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launching, "_launchers", AtOnce())
        patch.setattr(launching, "close_old_connections", lambda: None)
        patch.setattr(launching, "problems_now", lambda *_: [])
        patch.setattr(launching, "_create", lambda *_: None)
        patch.setattr(launching.creations, "found_late", lambda *_: None)
        patch.setattr("webapp.api.authentication.session_from_token", lambda _: a_session())
        patch.setattr("webapp.api.requests.live_cluster", lambda *_: (a_session(), CLUSTER))
        patch.setattr("webapp.api.requests.demand_good", lambda *_: FACTS)
        patch.setattr("webapp.wizard.checks.lists_for", lambda *_: {})
        patch.setattr("webapp.wizard.checks.cluster_problem", lambda *_: "")
        patch.setattr("webapp.wizard.review._problems", lambda *_: [])
        patch.setattr("webapp.wizard.review._facts", lambda *_: (FACTS, None, ""))
        yield


class TestMatrix(TestCase):
    """One set-up for all; each cell is rolled back."""

    @classmethod
    def setUpTestData(cls):
        a_policy(team=a_team("platform"))
        a_failure(QUOTA, is_retryable=True, asks_quota=True)
        cls.world = World()
        for name, (roles, teams) in PEOPLE.items():
            cls.world.people[name] = a_person(name.replace(" ", "-"), *roles, teams=teams)
        decider = a_person("decider", Role.APPROVER, teams=("platform",))
        for author, state in itertools.product([one for one in PEOPLE if one.endswith("author")], S):
            delegate = cls.world.people["delegate"]
            cls.world.requests[author, state] = in_state(cls.world.people[author], decider, delegate, state)
        cls.decider = decider

    def test_every_act_of_people_is_in_the_table(self):
        assert {one.act for one in BY_PEOPLE} == set(LEADS)

    def test_the_pages_keep_to_the_table(self):
        self.walk(self.by_page)

    def test_the_api_keeps_to_the_table(self):
        self.walk(self.by_api)

    def walk(self, door):
        wrong = []
        for role in MAY:
            do = door(role)
            before = {state: kept(self.world.asked_by(role, state)) for state in S}  # each cell is rolled back
            for act, state in itertools.product(LEADS, S):
                with transaction.atomic():
                    if complaint := self.cell(role, act, state, before[state], do):
                        wrong.append(f"{role} / {act} / {state}: {complaint}")
                    transaction.set_rollback(True)
        assert wrong == []

    def cell(self, role, act, state, before, do):
        """Do an act; return what is not as the table says."""
        found = self.world.asked_by(role, state)
        status = do(found, act)
        after = kept(found)
        leads_to = LEADS[act].get(state) if act in MAY[role] else None
        if leads_to is not None:
            done = status in (200, 302) and after["state"] == leads_to and after["lines"] > before["lines"]
            return "" if done else f"{status}, {after['state']}"
        if after != before:
            return f"{status}, and something was changed"
        refusals = CONFLICT if act in MAY[role] else REFUSED
        return "" if status in refusals or self.is_page_of_its_own(role, act, status) else f"status {status}"

    def is_page_of_its_own(self, role, act, status):
        """Nobody is asked to sign in; the draft behind a request that has ended is one for a new request."""
        return status == 302 and (role == "nobody" or act == "edit")

    def by_page(self, role):
        client = Client()
        if role != "nobody":
            client.force_login(self.world.people[role])
            session = client.session
            session["cloud"] = seal(json.dumps(a_session().to_json()))
            session.save()
        return lambda found, act: self.post(client, found, act)

    def post(self, client, found, act):
        if act == "edit":
            draft = start(by=found.author, cluster=CLUSTER, body=a_body(**{"/metadata/name": "another"}))
            PoolRequest.objects.filter(pk=found.pk).update(draft_url=draft.url_of("review"))
            return client.post(draft.url_of("review"), {"_asks": "1"}).status_code
        form = {"comment": "Because.", "text": "Well.", "to": self.decider.pk, "digest": found.digest}
        return client.post(f"{found.get_absolute_url()}/{act}", form).status_code

    def by_api(self, role):
        headers = {"X-Cloud-Token": "a-token"}
        if role != "nobody":
            headers["Authorization"] = f"Token {make_api_token(self.world.people[role], 'matrix', 1)}"
        return lambda found, act: self.call(Client(headers=headers), found, act)

    def call(self, client, found, act):
        url = f"/api/v1/requests/{found.reference}"
        if act == "edit":
            body = a_body(**{"/metadata/name": "another"})
            return client.put(url, json.dumps({"body": body}), content_type="application/json").status_code
        said = {"comment": "Because.", "to": self.decider.username, "digest": found.digest}
        return client.post(f"{url}/{act}", json.dumps(said), content_type="application/json").status_code


def kept(found):
    """Return what an act could have changed about a request."""
    row = PoolRequest.objects.values("state", "revision", "digest", "launched_at", "demands").get(pk=found.pk)
    counts = {name: getattr(found, name).count() for name in ("decisions", "delegations", "comments", "revisions")}
    lines = AuditLine.objects.filter(about=f"request {found.reference}").count()
    return {**row, **counts, "lines": lines}
