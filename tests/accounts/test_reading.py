"""What is read at every request by statements of our own is what Django itself would read."""

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from webapp.accounts.backends import PersonBackend
from webapp.accounts.models import RoleGrant, User
from webapp.accounts.roles import Role
from webapp.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


def test_a_person_of_a_session_has_every_value_that_the_model_reads():
    made = User.objects.create_user("kim", "kim@example.com", last_login=timezone.now(), is_staff=True)
    read = PersonBackend().get_user(made.pk)
    expected = User.objects.get(pk=made.pk)
    names = [one.attname for one in User._meta.concrete_fields]
    assert read is not None
    assert [getattr(read, name) for name in names] == [getattr(expected, name) for name in names]
    assert [type(getattr(read, name)) for name in names] == [type(getattr(expected, name)) for name in names]


def test_a_person_comes_with_all_roles_and_can_be_saved():
    made = User.objects.create_user("kim")
    for role in (Role.APPROVER, Role.AUDITOR):
        RoleGrant.objects.create(person=made, role=role, source="admin")
    read = PersonBackend().get_user(made.pk)
    assert read is not None
    assert read.roles == {Role.APPROVER, Role.AUDITOR}
    read.first_name = "Kim"
    read.save()
    assert User.objects.get(pk=made.pk).first_name == "Kim"


def test_nobody_comes_of_an_id_that_is_gone_or_of_somebody_who_is_not_active():
    made = User.objects.create_user("kim", is_active=False)
    assert PersonBackend().get_user(made.pk) is None
    assert PersonBackend().get_user(made.pk + 1) is None


def test_what_a_request_changes_without_keeping_it_is_not_seen_by_the_next():
    key = _kept({"seen": ["a"]})
    SessionStore(key)["seen"].append("b")
    assert SessionStore(key)["seen"] == ["a"]


def test_what_a_request_keeps_is_seen_by_the_next():
    key = _kept({"seen": ["a"]})
    first = SessionStore(key)
    first["seen"] = [*first["seen"], "b"]
    first.save()
    assert SessionStore(key)["seen"] == db.SessionStore(key)["seen"] == ["a", "b"]


def test_a_session_that_nobody_signed_holds_nothing():
    key = _kept({"seen": ["a"]})
    assert SessionStore(key)["seen"] == ["a"]
    row = Session.objects.get(pk=key)
    Session.objects.filter(pk=key).update(session_data=row.session_data[:-1] + "?")
    assert SessionStore(key).get("seen") is None


def test_a_session_is_void_once_its_key_is_gone_also_where_it_was_read_before(settings):
    key = _kept({"seen": ["a"]})
    assert SessionStore(key)["seen"] == ["a"]
    settings.SECRET_KEY = "another-key-" * 5
    assert SessionStore(key).get("seen") is None


def _kept(values: dict) -> str:
    store = SessionStore()
    store.update(values)
    store.save()
    return str(store.session_key)
