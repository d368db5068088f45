"""Roles and teams that follow groups elsewhere."""

import json

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError

from tests.conftest import ANNA
from tests.people import a_person
from webapp.accounts.actions import person_of
from webapp.accounts.granting import grant, join_team
from webapp.accounts.groups import follow_iam, follow_oidc
from webapp.accounts.models import GroupRole, User
from webapp.accounts.roles import Role
from webapp.audit.models import AuditLine
from webapp.cloud.iam import groups_of, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(local_cloud):
    return sign_in(**{**ANNA, "user": "ben", "password": "ben-demo-1"})


def a_mapping(pattern="platform-approvers", role=Role.APPROVER, team=None, **wishes):
    team = team and Group.objects.get_or_create(name=team)[0]
    facts = {"kind": "iam", "domain": ANNA["domain"], **wishes}
    return GroupRole.objects.create(pattern=pattern, role=role, team=team, **facts)


def sources(person):
    return {(one.role, one.source) for one in person.role_grants.all()}


def teams(person):
    return set(person.groups.values_list("name", flat=True))


def test_iam_tells_a_persons_own_groups(ben):
    assert groups_of(ben) == ("cce-users", "platform-approvers")


def test_new_people_get_the_default_roles(anna, settings):
    settings.DEFAULT_ROLES = ["requester", "auditor"]
    assert sources(person_of(anna)) == {("requester", "default"), ("auditor", "default")}


def test_a_group_gives_a_role_and_a_place_in_a_team_which_the_trail_tells(ben):
    a_mapping(team="platform")
    person = person_of(ben)
    follow_iam(person, ben)
    assert sources(person) == {("requester", "default"), ("approver", "iam:platform-approvers")}
    assert teams(person) == {"platform"}
    lines = AuditLine.objects.filter(act__in=("role.granted", "team.joined")).order_by("number")
    told = [json.loads(line.after) for line in lines]
    assert {"role": "approver", "source": "iam:platform-approvers"} in told
    assert {"team": "platform", "source": "iam:platform-approvers"} in told


def test_following_twice_changes_nothing(ben):
    a_mapping(team="platform")
    person = person_of(ben)
    for _ in range(2):
        follow_iam(person, ben)
    assert AuditLine.objects.filter(act__in=("role.granted", "team.joined")).count() == 3


def test_what_the_groups_do_not_give_any_more_is_taken_and_what_others_gave_stays(ben):
    mapping = a_mapping(team="platform")
    person = person_of(ben)
    follow_iam(person, ben)
    join_team(person, Group.objects.create(name="security"), by=None)
    grant(person, Role.AUDITOR, by=None)
    mapping.delete()
    follow_iam(person, ben)
    assert sources(person) == {("requester", "default"), ("auditor", "admin")}
    assert teams(person) == {"security"}
    assert list(AuditLine.objects.filter(act="team.left").values_list("actor", flat=True)) == ["system"]


@pytest.mark.parametrize(("pattern", "fits"), [("platform-*", True), ("*", True), ("Platform-approvers", False)])
def test_a_mapping_may_be_a_pattern(ben, pattern, fits):
    a_mapping(pattern)
    person = person_of(ben)
    follow_iam(person, ben)
    assert person.has_role(Role.APPROVER) is fits


def test_groups_of_another_account_give_nothing_whatever_they_are_called(ben):
    a_mapping(domain="OTC-EU-DE-00000000001000099999")
    person = person_of(ben)
    follow_iam(person, ben)
    assert not person.has_role(Role.APPROVER)


def test_a_mapping_of_iam_groups_names_its_account():
    with pytest.raises(IntegrityError):
        a_mapping(domain="")


@pytest.mark.parametrize(
    "fault", [{"kind": "status", "status": 403}, {"kind": "status", "status": 404}, {"kind": "drop"}]
)
def test_where_iam_does_not_tell_nothing_is_taken_away_and_the_log_says_so(ben, local_cloud, caplog, fault):
    a_mapping()
    person = person_of(ben)
    follow_iam(person, ben)
    local_cloud.fault(method="GET", path="groups$", **fault)
    follow_iam(person, ben)
    assert person.has_role(Role.APPROVER)
    assert f"IAM does not tell the groups of person {person.pk}" in caplog.text
    assert ben.token not in caplog.text


def test_groups_follow_at_each_sign_in_by_the_cloud(client, local_cloud):
    mapping = a_mapping()
    form = {"way": "cloud", **ANNA, "user": "ben", "password": "ben-demo-1"}
    client.post("/sign-in", form)
    person = User.objects.get()
    assert person.has_role(Role.APPROVER)
    mapping.delete()
    client.post("/sign-in", form)
    assert not User.objects.get().has_role(Role.APPROVER)


def test_a_portal_account_that_adds_a_cloud_session_takes_over_none_of_its_groups(client, local_cloud):
    a_mapping()
    ada = a_person("ada", Role.REQUESTER)
    client.force_login(ada)
    client.post("/sign-in", {"way": "cloud", **ANNA, "user": "ben", "password": "ben-demo-1"})
    assert sources(ada) == {("requester", "admin")}


def test_groups_of_single_sign_on_have_mappings_of_their_own(ben):
    a_mapping("cce-users", Role.AUDITOR)
    a_mapping("cce-users", Role.APPROVER, team="security", kind="oidc", domain="")
    person = person_of(ben)
    follow_iam(person, ben)
    follow_oidc(person, ["cce-users"])
    assert sources(person) >= {("auditor", "iam:cce-users"), ("approver", "oidc:cce-users")}
    follow_oidc(person, [])
    assert ("auditor", "iam:cce-users") in sources(person)
    assert teams(person) == set()
