"""What policies say, and why."""

import pytest
from django.db import IntegrityError

from tests.approvals.building import CLUSTER, FACTS, a_policy, a_team
from tests.nodepool.test_rules import T, a_body
from webapp.approvals.asked import asked_for, digest_of
from webapp.approvals.models import Policy
from webapp.approvals.policy import verdict_on
from webapp.approvals.queries import policies_in_force
from webapp.nodepool.totals import flavor_named

pytestmark = pytest.mark.django_db
BIG = {"/spec/initialNodeCount": 9}
PUBLIC = {f"{T}/publicIP": {"count": 1, "eip": {"iptype": "5_bgp", "bandwidth": {"size": 5, "sharetype": "PER"}}}}


def asked(kind="create", teams=(), **changes):
    body = a_body(**changes)
    flavor = flavor_named(body, FACTS.flavors)
    return asked_for(kind=kind, cluster=CLUSTER, project="eu-de_team", body=body, flavor=flavor, author_teams=teams)


def verdict(**wishes):
    return verdict_on(asked(**wishes), policies_in_force())


def test_without_policies_everything_is_self_service():
    assert verdict().is_automatic


@pytest.mark.parametrize(
    ("conditions", "matches"),
    [
        ({}, True),
        ({"kinds": ["create"]}, True),
        ({"kinds": ["delete"]}, False),
        ({"clusters": ["prod-*"]}, True),
        ({"clusters": ["c-1"]}, True),
        ({"clusters": ["test-*"]}, False),
        ({"projects": ["eu-de_team"]}, True),
        ({"projects": ["eu-nl*"]}, False),
        ({"flavor_families": ["c7n", "p2s"]}, True),
        ({"flavor_families": ["g*"]}, False),
        ({"over_nodes": 8}, True),
        ({"over_nodes": 9}, False),
        ({"over_vcpus": 35}, True),
        ({"over_vcpus": 36}, False),
        ({"over_memory_gib": 71}, True),
        ({"over_memory_gib": 72}, False),
        ({"over_disk_gib": 10}, True),
        ({"over_eips": 0}, True),
        ({"over_eips": 9}, False),
        ({"marks": ["public-address"]}, True),
        ({"marks": ["script"]}, False),
        ({"marks": ["script", "unencrypted-disk"]}, True),
        ({"clusters": ["prod-*"], "kinds": ["delete"]}, False),
    ],
    ids=str,
)
def test_a_policy_matches_when_all_its_conditions_hold(conditions, matches):
    a_policy(**conditions)
    assert verdict(**BIG, **PUBLIC).is_automatic is not matches


def test_autoscaling_counts_at_its_largest():
    a_policy(over_nodes=10)
    assert not verdict(**{"/spec/autoscaling": {"enable": True, "minNodeCount": 1, "maxNodeCount": 11}}).is_automatic


def test_a_limit_is_not_got_around_by_an_unknown_flavor():
    a_policy(over_vcpus=1000)
    found = verdict(**{f"{T}/flavor": "nobody.knows.1"})
    assert found.reasons[0].because == ["its vCPU are not known"]


def test_a_policy_for_a_team_matches_its_members_only():
    team = a_team("juniors")
    a_policy(requester_team=team)
    assert verdict().is_automatic
    assert not verdict(teams=[team.pk]).is_automatic


def test_every_policy_that_matches_adds_its_demand():
    a_policy("platform", team=a_team("platform"), order=1)
    a_policy("security", team=a_team("security"), marks=["public-address"], approvals=2, order=2)
    found = verdict(**PUBLIC)
    assert [(one["team_name"], one["count"]) for one in found.demands] == [("platform", 1), ("security", 2)]
    assert found.sentence == "This needs 1 approval by the team platform and 2 approvals by the team security."
    assert [one.policy for one in found.reasons] == ["platform", "security"]


def test_of_two_demands_to_one_team_the_larger_counts():
    for count in (1, 3, 2):
        a_policy(f"policy {count}", approvals=count)
    assert [one["count"] for one in verdict().demands] == [3]


def test_a_policy_that_approves_ends_the_search_and_takes_nothing_back():
    a_policy("first", order=1)
    a_policy("small ones", outcome="auto", order=2)
    a_policy("never reached", order=3, approvals=5)
    assert [one["count"] for one in verdict().demands] == [1]
    Policy.objects.filter(name="first").delete()
    assert verdict().is_automatic


def test_a_policy_marked_as_last_ends_the_search():
    a_policy("first", order=1, is_last=True)
    a_policy("second", order=2, team=a_team("x"))
    assert len(verdict().demands) == 1


def test_a_refusal_gives_its_reason():
    a_policy(outcome="refuse", refusal="No GPUs here.", flavor_families=["c7n"])
    assert verdict().refusal == "No GPUs here."


def test_a_policy_that_is_switched_off_says_nothing():
    a_policy(is_active=False)
    assert verdict().is_automatic


@pytest.mark.parametrize("wrong", [{"outcome": "refuse"}, {"outcome": "approvals", "approvals": 0}])
def test_the_database_refuses_a_policy_without_sense(wrong):
    with pytest.raises(IntegrityError):
        a_policy(**wrong)


def test_a_deletion_has_no_marks():
    assert asked("delete", **PUBLIC).marks == []
    assert "public-address" in asked("create", **PUBLIC).marks


def test_the_digest_is_of_the_content_and_not_of_its_form():
    body = a_body()
    turned = {key: body[key] for key in reversed(body)}
    shelled = a_body(**{f"{T}/publicIP": {"eip": {"bandwidth": {}}}})
    assert digest_of(body) == digest_of(turned) == digest_of(shelled)
    assert digest_of(body) != digest_of(a_body(**BIG))
