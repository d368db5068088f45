"""People, their roles and teams: changed through the one door that writes the trail."""

import json

import pytest
from django.contrib.auth.models import Group

from tests.people import a_person
from webapp.accounts.granting import LastAdmin, demand_an_admin, grant, revoke
from webapp.accounts.models import GroupRole, User
from webapp.accounts.roles import BY_DEFAULT, Role
from webapp.audit.models import AuditLine

LIST = "/admin/accounts/user/"
pytestmark = pytest.mark.django_db


def page_of(person) -> str:
    return f"{LIST}{person.pk}/change/"


def typed(person=None, **values):
    known = {"username": person.username if person else "nina", "is_active": "on", "given_roles": [], "given_teams": []}
    return known | values


def lines():
    return list(AuditLine.objects.order_by("number").values_list("act", "actor"))


def again(person) -> User:
    return User.objects.get(pk=person.pk)


@pytest.fixture
def bob(admin):
    person = a_person("bob", Role.REQUESTER, teams=("Platform",))
    AuditLine.objects.all()._raw_delete(AuditLine.objects.db)
    return person


def test_roles_are_given_and_taken_by_the_admin_who_is_named_in_the_trail(at_desk, bob):
    at_desk.post(page_of(bob), typed(bob, given_roles=["approver", "auditor"]))
    assert again(bob).roles == {Role.APPROVER, Role.AUDITOR}
    assert again(bob).is_staff
    assert lines() == [("role.revoked", "ada"), ("role.granted", "ada"), ("role.granted", "ada"), ("team.left", "ada")]


def test_teams_are_joined_and_left(at_desk, bob):
    other = Group.objects.create(name="Network")
    at_desk.post(page_of(bob), typed(bob, given_roles=["requester"], given_teams=[str(other.pk)]))
    assert [one.name for one in bob.groups.all()] == ["Network"]
    assert lines() == [("team.left", "ada"), ("team.joined", "ada")]


def test_what_everybody_gets_can_be_taken_and_what_a_group_gives_cannot(at_desk, bob):
    grant(bob, Role.APPROVER, source="iam:ops", by=None)
    grant(bob, Role.AUDITOR, source=BY_DEFAULT, by=None)
    at_desk.post(page_of(bob), typed(bob))
    assert again(bob).roles == {Role.APPROVER}
    assert "from iam:ops" in at_desk.get(page_of(bob)).content.decode()


def test_saving_without_a_change_leaves_no_line(at_desk, bob):
    form = at_desk.get(page_of(bob)).context["adminform"].form
    at_desk.post(
        page_of(bob), typed(bob, given_roles=form["given_roles"].value(), given_teams=form["given_teams"].value())
    )
    assert lines() == []


def test_a_person_who_is_switched_off_is_out_at_once(at_desk, looking, auditor):
    assert looking.get("/admin/").status_code == 200
    at_desk.post(page_of(auditor), typed(auditor, is_active="", given_roles=["auditor"]))
    assert looking.get("/admin/").status_code == 302
    assert [json.loads(one.after)["is_active"] for one in AuditLine.objects.filter(act="person.changed")] == [False]


@pytest.mark.parametrize("values", [{"given_roles": []}, {"given_roles": ["admin"], "is_active": ""}])
def test_the_last_admin_stays(at_desk, admin, values):
    answer = at_desk.post(page_of(admin), typed(admin, **values))
    assert "This is the last admin" in answer.content.decode()
    assert again(admin).has_role(Role.ADMIN)


def test_one_of_two_admins_can_go(at_desk, admin):
    a_person("eve", Role.ADMIN)
    at_desk.post(page_of(admin), typed(admin))
    assert not again(admin).has_role(Role.ADMIN)


def test_two_admins_who_go_at_once_are_told_when_nobody_is_left(at_desk, admin, monkeypatch):
    monkeypatch.setattr("webapp.accounts.admin.person_form.PersonForm._other_admins", lambda _: True)
    answer = at_desk.post(page_of(admin), typed(admin), follow=True)
    assert "This is the last admin" in answer.content.decode()
    assert again(admin).has_role(Role.ADMIN)
    assert not AuditLine.objects.filter(act="role.revoked").exists()


def test_an_admin_is_demanded_among_those_who_are_active(admin):
    demand_an_admin()
    revoke(admin, Role.ADMIN, by=None)
    with pytest.raises(LastAdmin):
        demand_an_admin()


def test_a_new_account_signs_in_with_its_password(at_desk, client):
    at_desk.post(f"{LIST}add/", typed(new_password="a-long-enough-one", given_roles=["approver"]))
    assert User.objects.get(username="nina").roles == {Role.APPROVER}
    answer = client.post("/sign-in", {"way": "portal", "username": "nina", "password": "a-long-enough-one"})
    assert answer.status_code == 302


@pytest.mark.parametrize("password", ["", "short", "password1234"])
def test_a_password_that_is_missing_or_easy_is_refused(at_desk, password):
    answer = at_desk.post(f"{LIST}add/", typed(new_password=password))
    assert "new_password" in answer.context["adminform"].form.errors


def test_a_new_password_counts_and_neither_it_nor_its_hash_is_shown_or_noted(at_desk, bob):
    answer = at_desk.post(
        page_of(bob), typed(bob, new_password="another-long-one", given_roles=["requester"]), follow=True
    )
    person = again(bob)
    assert person.check_password("another-long-one")
    shown = answer.content.decode() + at_desk.get(page_of(bob)).content.decode()
    trail = "".join(one.before + one.after for one in AuditLine.objects.all())
    for text in ("another-long-one", person.password, person.password[-10:]):
        assert text not in shown + trail
    assert json.loads(AuditLine.objects.get(act="person.changed").after)["set"] == ["new_password"]


def test_a_refused_form_does_not_give_the_password_back(at_desk, bob):
    answer = at_desk.post(page_of(bob), typed(bob, username="", new_password="another-long-one"))
    assert answer.status_code == 200
    assert "another-long-one" not in answer.content.decode()


def test_people_are_found_by_name_mail_and_role(looking, bob):
    User.objects.filter(pk=bob.pk).update(email="bob@example.com")
    for query in ({"q": "bo"}, {"q": "bob@example.com"}, {"role": "requester"}):
        assert [one.username for one in looking.get(LIST, query).context["cl"].result_list] == ["bob"]


def test_a_team_shows_its_members(looking, bob):
    team = Group.objects.get(name="Platform")
    assert "bob" in looking.get(f"/admin/accounts/team/{team.pk}/change/").content.decode()


def test_a_mapping_is_made_and_audited(at_desk):
    values = {"kind": "iam", "domain": "OTC-1", "pattern": "ops-*", "role": "approver"}
    at_desk.post("/admin/accounts/grouprole/add/", values)
    assert GroupRole.objects.get().fits("ops-eu")
    assert json.loads(AuditLine.objects.get(act="group_mapping.created").after)["pattern"] == "ops-*"


def test_a_mapping_of_iam_without_an_account_is_refused(at_desk):
    at_desk.post("/admin/accounts/grouprole/add/", {"kind": "iam", "pattern": "ops", "role": "admin"})
    assert not GroupRole.objects.exists()
