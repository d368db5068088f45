"""Somebody with a portal account changes their password."""

import pytest
from django.test import Client

from tests.people import a_person
from webapp.accounts.models import User
from webapp.audit.models import AuditLine

pytestmark = pytest.mark.django_db
OLD, NEW = "person-pw-1", "a new and longer one"


@pytest.fixture
def person(client):
    person = a_person("person")
    client.force_login(person)
    return person


def change(client, old=OLD, new=NEW, again=NEW):
    return client.post("/password", {"old_password": old, "new_password1": new, "new_password2": again})


def test_the_new_password_counts_and_other_browsers_are_signed_out(client, person):
    other = Client()
    other.force_login(person)
    assert change(client).status_code == 302
    assert client.get("/notices").status_code == 200
    assert other.get("/notices").status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)
    line = AuditLine.objects.get(act="person.password_changed")
    assert (line.actor, line.before, line.after) == ("person", "", "")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"old": "wrong"}, "old_password"),
        ({"again": "another"}, "new_password2"),
        ({"new": "x", "again": "x"}, "new_password2"),
    ],
    ids=["wrong", "typed differently", "too short"],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(client, person, said, field):
    answer = change(client, **said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in page
    for secret in (OLD, NEW):
        assert secret not in page
    person.refresh_from_db()
    assert person.check_password(OLD)


def test_guessing_the_old_password_is_slowed_down(client, person):
    statuses = [change(client, old=f"guess {number}").status_code for number in range(12)]
    assert statuses[0] == 422
    assert statuses[-1] == 429
    assert change(client).status_code == 429


def test_who_comes_by_the_cloud_has_no_password_here(client, db):
    person = User(username="anna", iam_user_id="u", iam_domain_id="d")
    person.set_unusable_password()
    person.save()
    client.force_login(person)
    assert "/password" not in client.get("/").content.decode()
    assert client.get("/password").status_code == 404
