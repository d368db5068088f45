"""The people of the demonstration: every sign-in that is shown works, and gives what it says."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from tests.conftest import ANNA
from webapp.accounts.models import GroupRole, User
from webapp.accounts.roles import Role
from webapp.approvals.models import PoolRequest
from webapp.portal.demo import CLOUD, DOMAIN, PEOPLE, PORTAL, PROJECT
from webapp.wizard.models import Preset

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded(settings):
    settings.DEMO = True
    call_command("seed_demo", stdout=io.StringIO())


def test_they_are_made_only_in_a_demonstration(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("seed_demo", stdout=io.StringIO())


def test_they_are_made_once(seeded):
    people, mappings = User.objects.count(), GroupRole.objects.count()
    call_command("seed_demo", stdout=io.StringIO())
    assert (User.objects.count(), GroupRole.objects.count()) == (people, mappings)


@pytest.mark.parametrize("one", PEOPLE, ids=lambda one: one.name)
def test_each_can_sign_in_as_shown(client, local_cloud, seeded, one):
    page = client.get("/sign-in").content.decode()
    assert re.search(rf"<td[^>]*>{one.name}</td><td[^>]*><code>{one.password}</code></td>", page)
    forms = {
        CLOUD: {"way": "cloud", "domain": DOMAIN, "project": PROJECT, "user": one.name, "password": one.password},
        PORTAL: {"way": "portal", "username": one.name, "password": one.password},
    }
    assert client.post("/sign-in", forms[one.way_label]).status_code == 302


@pytest.mark.parametrize(
    ("name", "roles", "teams", "is_staff"),
    [
        ("admin", {Role.ADMIN}, [], True),
        ("approver", {Role.APPROVER}, ["platform"], False),
        ("approver2", {Role.APPROVER}, ["security"], False),
        ("auditor", {Role.AUDITOR}, [], True),
    ],
)
def test_portal_accounts_have_their_roles_and_teams(seeded, name, roles, teams, is_staff):
    person = User.objects.get(username=name)
    assert (person.roles, person.is_staff, person.is_superuser) == (roles, is_staff, False)
    assert list(person.groups.values_list("name", flat=True)) == teams


def test_ben_decides_for_the_platform_by_his_iam_group_and_anna_does_not(client, local_cloud, seeded):
    for name in ("anna", "ben"):
        form = {"domain": DOMAIN, "project": PROJECT, "user": name, "password": f"{name}-demo-1"}
        client.post("/sign-in", {"way": "cloud", **form})
    ben, anna = User.objects.get(first_name="ben"), User.objects.get(first_name="anna")
    assert (ben.roles, anna.roles) == ({Role.REQUESTER, Role.APPROVER}, {Role.REQUESTER})
    assert list(ben.groups.values_list("name", flat=True)) == ["platform"]
    assert not anna.groups.exists()


def test_the_sign_ins_are_printed_for_whoever_starts_the_demonstration(settings):
    settings.DEMO = True
    call_command("seed_demo", stdout=(printed := io.StringIO()))
    said = printed.getvalue()
    assert all(f"{one.name} / {one.password}" in said for one in PEOPLE)
    assert DOMAIN in said


def test_nobody_is_shown_where_real_people_sign_in(client):
    assert "demo-1" not in client.get("/sign-in").content.decode()


def test_no_mark_is_on_every_request_of_the_demonstration(local_cloud, seeded):
    call_command("seed_requests")
    marks = [set(one.marks) for one in PoolRequest.objects.all()]
    assert {"unencrypted-disk", "public-address"} <= set.union(*marks)
    assert set.intersection(*marks) == set()


def test_there_is_a_preset_to_start_from(client, local_cloud, seeded):
    for _ in range(2):
        call_command("seed_presets")
    client.post("/sign-in", {"way": "cloud", **ANNA})
    preset = Preset.objects.get()
    assert preset.name in client.get("/pools/new").content.decode()
    page = client.post(f"/pools/new/preset/{preset.pk}", follow=True).content.decode()
    assert "Our contract is for this flavor." in page
