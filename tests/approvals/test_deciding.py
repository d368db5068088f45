"""Decisions: four eyes, one winner, and nothing approved that was not seen."""

import pytest

from tests.approvals.building import FACTS, a_policy, a_request, a_team, an_order
from tests.people import a_person
from tests.side_by_side import together
from webapp.accounts.roles import Role
from webapp.approvals import actions, deciding
from webapp.approvals.models import Decision, PoolRequest
from webapp.approvals.rights import acts_open_to, missing_in
from webapp.approvals.workflow import NotAllowed, NotPossible, State
from webapp.audit.models import AuditLine
from webapp.audit.trail import verified
from webapp.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def approver(db):
    return a_person("approver", Role.APPROVER, teams=("platform",))


@pytest.fixture
def request_(db):
    a_policy(team=a_team("platform"))
    return a_request()


def test_an_approver_of_the_team_approves(request_, approver):
    assert deciding.approve(request_, by=approver)
    assert request_.state == State.APPROVED
    assert Notice.objects.filter(person=request_.author, event="decided").exists()


def test_all_demands_have_to_be_met(approver):
    a_policy("platform", team=a_team("platform"), order=1)
    a_policy("security", team=a_team("security"), order=2)
    found = a_request()
    assert not deciding.approve(found, by=approver)
    assert [one["team_name"] for one in missing_in(found)] == ["security"]
    assert deciding.approve(found, by=a_person("guard", Role.APPROVER, teams=("security",)))


def test_two_approvals_are_of_two_people(approver):
    a_policy(approvals=2)
    found = a_request()
    assert not deciding.approve(found, by=approver)
    with pytest.raises(NotPossible, match="already"):
        deciding.approve(found, by=approver)
    assert deciding.approve(found, by=a_person("second", Role.APPROVER))


@pytest.mark.parametrize("roles", [(Role.APPROVER,), (Role.ADMIN,), (Role.APPROVER, Role.ADMIN)], ids=str)
@pytest.mark.parametrize("act", ["approve", "reject", "ask_changes"])
def test_nobody_decides_their_own_request(roles, act):
    a_policy()
    author = a_person("author", Role.REQUESTER, *roles)
    found = a_request(author)
    words = {} if act == "approve" else {"comment": "why"}
    with pytest.raises(NotAllowed, match="Four eyes"):
        getattr(deciding, act)(found, by=author, **words)
    found.refresh_from_db()
    assert found.state == State.SUBMITTED


def test_the_last_editor_does_not_decide(request_, approver):
    PoolRequest.objects.filter(pk=request_.pk).update(last_editor=approver)
    request_.refresh_from_db()
    with pytest.raises(NotAllowed, match="Four eyes"):
        deciding.approve(request_, by=approver)


@pytest.mark.parametrize(
    ("roles", "teams"), [((Role.APPROVER,), ("other",)), ((Role.REQUESTER,), ("platform",)), ((Role.AUDITOR,), ())]
)
def test_somebody_who_is_not_asked_does_not_decide(request_, roles, teams):
    with pytest.raises(NotAllowed):
        deciding.approve(request_, by=a_person("somebody", *roles, teams=teams))


@pytest.mark.parametrize(("act", "state"), [("reject", State.REJECTED), ("ask_changes", State.CHANGES)])
def test_saying_no_needs_a_reason_that_the_author_reads(request_, approver, act, state):
    decide = getattr(deciding, act)
    with pytest.raises(NotPossible, match="reason"):
        decide(request_, by=approver, comment="  ")
    decide(request_, by=approver, comment="Too large.")
    assert request_.state == state
    assert request_.comments.get().text == "Too large."


def test_a_comment_is_pinned_to_its_field(request_, approver):
    deciding.ask_changes(request_, by=approver, comment="Fewer.", pointer="/spec/initialNodeCount")
    assert request_.comments.get().pointer == "/spec/initialNodeCount"


def test_an_edit_voids_what_was_approved(approver):
    a_policy(approvals=2)
    found = a_request()
    deciding.approve(found, by=approver)
    actions.edit(found, an_order(**{"/spec/initialNodeCount": 5}), by=found.author, facts=FACTS)
    assert (found.state, found.revision) == (State.SUBMITTED, 2)
    assert missing_in(found)[0]["left"] == 2
    assert not deciding.approve(found, by=approver)


def test_an_edit_of_an_approved_request_asks_again(request_, approver):
    deciding.approve(request_, by=approver)
    actions.edit(request_, an_order(**{"/spec/initialNodeCount": 5}), by=request_.author, facts=FACTS)
    assert request_.state == State.SUBMITTED


def test_what_was_changed_meanwhile_is_not_approved_unseen(request_, approver):
    seen = request_.digest
    actions.edit(request_, an_order(**{"/spec/initialNodeCount": 5}), by=request_.author, facts=FACTS)
    with pytest.raises(NotPossible, match="changed since"):
        deciding.approve(request_, by=approver, seen=seen)


def test_a_delegate_decides_for_the_team_of_who_delegated(request_, approver):
    deputy = a_person("deputy", Role.APPROVER)
    with pytest.raises(NotAllowed):
        deciding.approve(request_, by=deputy)
    deciding.delegate(request_, by=approver, to=deputy)
    assert deciding.approve(request_, by=deputy)


def test_a_delegate_passes_the_decision_on(request_, approver):
    first, second = (a_person(name, Role.APPROVER) for name in ("first", "second"))
    deciding.delegate(request_, by=approver, to=first)
    deciding.delegate(request_, by=first, to=second)
    assert deciding.approve(request_, by=second)


@pytest.mark.parametrize("one_is_the_delegator", [True, False])
def test_one_voice_counts_once_however_many_raise_it(approver, one_is_the_delegator):
    a_policy(team=a_team("platform"), approvals=2)
    found = a_request()
    delegates = [a_person(name, Role.APPROVER) for name in ("first", "second")]
    for one in delegates:
        deciding.delegate(found, by=approver, to=one)
    assert not deciding.approve(found, by=delegates[0])
    with pytest.raises(NotPossible, match="in your place"):
        deciding.approve(found, by=approver if one_is_the_delegator else delegates[1])
    assert deciding.approve(found, by=a_person("colleague", Role.APPROVER, teams=("platform",)))


@pytest.fixture
def two_teams():
    """A request that needs a word of platform and two of security."""
    a_policy("platform", team=a_team("platform"), order=1)
    a_policy("security", team=a_team("security"), approvals=2, order=2)
    return a_request()


def test_who_speaks_for_two_teams_by_a_voice_passed_on_takes_that_voice(two_teams, approver):
    guard = a_person("guard", Role.APPROVER, teams=("security",))
    deciding.delegate(two_teams, by=guard, to=approver)
    assert not deciding.approve(two_teams, by=approver)
    with pytest.raises(NotPossible, match="in your place"):
        deciding.approve(two_teams, by=guard)
    assert [one["left"] for one in missing_in(two_teams)] == [1]


def test_who_has_approved_approves_nothing_more_in_the_place_of_others(two_teams, approver):
    guard = a_person("guard", Role.APPROVER, teams=("security",))
    deciding.approve(two_teams, by=approver)
    with pytest.raises(NotPossible, match="approver has approved already"):
        deciding.delegate(two_teams, by=guard, to=approver)
    deciding.approve(two_teams, by=guard)
    assert [one["team_name"] for one in missing_in(two_teams)] == ["security"]


def test_of_two_voices_passed_on_an_approval_takes_one(approver):
    a_policy(team=a_team("security"), approvals=2)
    found = a_request()
    first, second = (a_person(name, Role.APPROVER, teams=("security",)) for name in ("first", "second"))
    for one in (first, second):
        deciding.delegate(found, by=one, to=approver)
    assert not deciding.approve(found, by=approver)
    assert deciding.approve(found, by=second)


def test_a_voice_that_is_spent_is_not_passed_on(approver):
    a_policy(team=a_team("platform"), approvals=2)
    found = a_request()
    deputy, third = (a_person(name, Role.APPROVER) for name in ("deputy", "third"))
    deciding.delegate(found, by=approver, to=deputy)
    deciding.approve(found, by=deputy)
    for spent in (approver, deputy):
        with pytest.raises(NotPossible, match="Your word is given already"):
            deciding.delegate(found, by=spent, to=third)
        assert "delegate" not in [one.act for one in acts_open_to(spent, found)]
    assert found.delegations.count() == 1


def test_nobody_delegates_to_the_author_or_to_somebody_without_the_role(request_, approver):
    for person in (request_.author, a_person("nobody"), approver):
        with pytest.raises(NotPossible):
            deciding.delegate(request_, by=approver, to=person)


def test_what_is_decided_is_decided_once(request_, approver):
    deciding.reject(request_, by=approver, comment="No.")
    with pytest.raises(NotPossible, match="nothing can be decided any more"):
        deciding.approve(request_, by=a_person("late", Role.APPROVER, teams=("platform",)))
    with pytest.raises(NotPossible):
        actions.withdraw(request_, by=request_.author)


def test_the_trail_tells_every_act(request_, approver):
    deciding.approve(request_, by=approver, comment="Fine.")
    acts = AuditLine.objects.filter(about=f"request {request_.reference}").order_by("number")
    assert [one.act for one in acts] == ["request.submitted", "request.approved"]
    assert verified().findings == []


def test_an_author_withdraws_and_others_do_not(request_, approver):
    with pytest.raises(NotAllowed):
        actions.withdraw(request_, by=approver)
    actions.withdraw(request_, by=request_.author)
    assert request_.state == State.WITHDRAWN
    assert [one.act for one in acts_open_to(approver, request_)] == ["comment"]


def test_somebody_who_is_no_requester_makes_no_request(approver):
    with pytest.raises(NotAllowed):
        a_request(approver)


def test_the_same_key_is_the_same_request():
    assert a_request(key="k") == a_request(key="k")
    assert PoolRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_twenty_decisions_at_once_one_wins_and_the_others_are_told():
    a_policy(team=a_team("platform"))
    pk = a_request().pk
    people = [a_person(f"approver-{number}", Role.APPROVER, teams=("platform",)) for number in range(20)]

    def decision(number, person):
        found = PoolRequest.objects.get(pk=pk)
        if number % 2:
            return lambda: deciding.approve(found, by=person)
        return lambda: deciding.reject(found, by=person, comment="No.")

    outcomes = together([decision(number, person) for number, person in enumerate(people)], (NotPossible,))
    assert outcomes.count(None) == 1
    assert len(outcomes) == 20
    assert Decision.objects.count() == 1
    assert verified().findings == []
    assert PoolRequest.objects.get(pk=pk).state in (State.APPROVED, State.REJECTED)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["withdraw", "edit"])
def test_a_withdrawal_or_an_edit_during_an_approval_has_one_winner(rival):
    a_policy(team=a_team("platform"))
    pk = a_request().pk
    approver = a_person("approver", Role.APPROVER, teams=("platform",))
    first, second = (PoolRequest.objects.select_related("author").get(pk=pk) for _ in range(2))
    change = an_order(**{"/spec/initialNodeCount": 7})
    acts = {
        "withdraw": lambda: actions.withdraw(second, by=second.author),
        "edit": lambda: actions.edit(second, change, by=second.author, facts=FACTS),
    }
    rivals = [lambda: deciding.approve(first, by=approver, seen=first.digest), acts[rival]]
    outcomes = together(rivals, (NotPossible,))
    assert outcomes.count(None) == 1
    found = PoolRequest.objects.get(pk=pk)
    if found.state == State.APPROVED:
        assert found.decisions.get().digest == found.digest
    assert found.state in (State.APPROVED, State.WITHDRAWN, State.SUBMITTED)
    assert verified().findings == []
