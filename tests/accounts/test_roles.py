"""Roles: who has them, what they allow, and that every change leaves a line."""

import importlib
import json

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from tests.people import a_person
from webapp.accounts.access import role_needed
from webapp.accounts.backends import PersonBackend
from webapp.accounts.granting import grant, join_team, leave_team, revoke
from webapp.accounts.models import RoleGrant, User
from webapp.accounts.queries import people_with, roles_of
from webapp.accounts.roles import Role
from webapp.audit.models import AuditLine

pytestmark = pytest.mark.django_db


def again(person):
    return User.objects.get(pk=person.pk)


def test_a_person_may_have_several_roles():
    person = a_person("ada", Role.REQUESTER, Role.APPROVER)
    assert roles_of(person) == {Role.REQUESTER, Role.APPROVER}
    assert person.has_role(Role.APPROVER)
    assert not person.has_role(Role.ADMIN)
    assert person.has_role(Role.ADMIN, Role.REQUESTER)


def test_nobody_has_no_roles():
    assert roles_of(AnonymousUser()) == frozenset()


def test_roles_cost_one_question_however_often_they_are_asked(django_assert_num_queries):
    person = again(a_person("ada", Role.REQUESTER, Role.APPROVER))
    with django_assert_num_queries(1):
        assert {roles_of(person) for _ in range(3)} == {frozenset({Role.REQUESTER, Role.APPROVER})}


def test_an_active_superuser_is_an_admin_and_an_inactive_person_is_nothing():
    person = User.objects.create_superuser("root")
    assert roles_of(person) == {Role.ADMIN}
    assert list(people_with(Role.ADMIN)) == [person]
    person.is_active = False
    person.save()
    assert roles_of(again(person)) == frozenset()
    assert not people_with(Role.ADMIN).exists()


def test_a_role_from_two_sources_stays_until_both_are_gone():
    person = a_person("ada", Role.APPROVER)
    assert grant(person, Role.APPROVER, source="iam:platform", by=None)
    assert revoke(person, Role.APPROVER, source="iam:platform", by=None)
    assert person.has_role(Role.APPROVER)
    assert revoke(person, Role.APPROVER, by=None)
    assert not person.has_role(Role.APPROVER)


def test_giving_and_taking_leave_a_line_each_and_repeating_leaves_none():
    admin, person = a_person("root", Role.ADMIN), a_person("ada")
    assert grant(person, Role.APPROVER, by=admin)
    assert not grant(person, Role.APPROVER, by=admin)
    assert revoke(person, Role.APPROVER, by=admin)
    assert not revoke(person, Role.APPROVER, by=admin)
    lines = AuditLine.objects.filter(about=f"person {person.pk} ada").order_by("number")
    assert [(line.actor, line.act) for line in lines] == [("root", "role.granted"), ("root", "role.revoked")]
    assert json.loads(lines[0].after) == json.loads(lines[1].before) == {"role": "approver", "source": "admin"}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_admins_and_auditors_get_into_the_admin_pages_and_out_again(role):
    person = a_person("ada", Role.REQUESTER)
    assert not again(person).is_staff
    grant(person, role, by=None)
    assert again(person).is_staff
    revoke(person, role, by=None)
    assert not again(person).is_staff


@pytest.mark.parametrize(
    ("role", "may_view", "may_change"),
    [
        (Role.ADMIN, True, True),
        (Role.AUDITOR, True, False),
        (Role.APPROVER, False, False),
        (Role.REQUESTER, False, False),
    ],
)
def test_an_admin_may_do_everything_and_an_auditor_may_look(role, may_view, may_change):
    person = a_person("ada", role)
    assert person.has_perm("accounts.view_user") is may_view
    assert person.has_module_perms("accounts") is may_view
    assert all(person.has_perm(f"accounts.{act}_user") is may_change for act in ("add", "change", "delete"))


def test_the_right_ends_with_the_person():
    person = a_person("ada", Role.ADMIN)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert not again(person).has_perm("accounts.view_user")


def test_people_with_a_role_are_found_by_team_and_only_once():
    both = a_person("both", Role.APPROVER, teams=("platform", "security"))
    grant(both, Role.APPROVER, source="iam:x", by=None)
    platform = a_person("platform-only", Role.APPROVER, teams=("platform",))
    a_person("not-an-approver", teams=("platform",))
    assert list(people_with(Role.APPROVER)) == [both, platform]
    assert list(people_with(Role.APPROVER, Group.objects.get(name="platform"))) == [both, platform]
    assert list(people_with(Role.APPROVER, Group.objects.get(name="security"))) == [both]


def test_a_membership_stays_while_another_source_holds():
    person, team = a_person("ada", teams=("platform",)), Group.objects.get(name="platform")
    join_team(person, team, source="iam:x", by=None)
    leave_team(person, team, source="iam:x", by=None)
    assert team in person.groups.all()
    leave_team(person, team, by=None)
    assert team not in person.groups.all()


def test_a_membership_that_an_admin_ticked_in_the_form_outlives_a_mapping():
    person, team = a_person("ada"), Group.objects.create(name="platform")
    person.groups.add(team)
    join_team(person, team, source="iam:x", by=None)
    leave_team(person, team, source="iam:x", by=None)
    assert team in person.groups.all()


@role_needed(Role.APPROVER, Role.ADMIN)
def page(request):
    return HttpResponse("inside")


def test_a_page_for_roles_lets_those_in_refuses_others_and_asks_nobody_to_sign_in(rf):
    request = rf.get("/inbox")
    request.user = a_person("ada", Role.APPROVER)
    assert page(request).content == b"inside"
    request.user = AnonymousUser()
    assert page(request)["Location"] == "/sign-in?next=%2Finbox"
    request.user = a_person("bob", Role.REQUESTER)
    with pytest.raises(PermissionDenied, match="for people with the role approver or admin"):
        page(request)


def test_the_page_of_a_refusal_says_which_role_is_needed(rf):
    from django.views.defaults import permission_denied

    request = rf.get("/inbox")
    request.user, request.session = a_person("bob", Role.REQUESTER), {}
    answer = permission_denied(request, PermissionDenied("This page is for people with the role approver."))
    assert answer.status_code == 403
    assert "for people with the role approver." in answer.content.decode()


def test_everybody_from_before_the_roles_keeps_what_they_could_do():
    root, ada = User.objects.create_superuser("root"), User.objects.create_user("ada")
    first_roles = importlib.import_module("webapp.accounts.migrations.0004_first_roles")
    first_roles.give_first_roles(apps, None)
    first_roles.give_first_roles(apps, None)
    assert {(one.person, one.role) for one in RoleGrant.objects.all()} == {(root, "admin"), (ada, "requester")}


def test_whoever_is_signed_in_is_read_with_all_roles_at_once(django_assert_num_queries):
    person, nobody = a_person("ada", Role.REQUESTER, Role.APPROVER), a_person("bob")
    grant(person, Role.APPROVER, source="iam:platform", by=None)
    read = PersonBackend().get_user
    with django_assert_num_queries(2):
        assert read(person.pk).roles == {Role.REQUESTER, Role.APPROVER}
        assert read(nobody.pk).roles == frozenset()
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert (read(person.pk), read(0)) == (None, None)
