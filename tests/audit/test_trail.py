"""The trail is append-only, and whoever tampers with it is found out."""

import io
import json
import threading
import time

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from tests import side_by_side
from webapp.accounts.models import User
from webapp.audit import protection
from webapp.audit.models import AppendOnly, AuditHead, AuditLine
from webapp.audit.trail import note, together, verified


@pytest.fixture
def lines(db):
    return [note("thing.done", about=f"thing {number}", after={"number": number}) for number in range(4)]


@pytest.fixture
def tamper(db):
    """Change rows behind the ORM's back, as somebody with the database's password would."""
    protection.unprotect(connection)

    def run(statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return run


def test_a_line_says_who_did_what_and_from_where(client, db):
    person = User.objects.create_user("anna")
    line = note("request.approved", by=person, about="request NP-1", before={"a": 1}, after={"a": 2})
    assert (line.actor, line.actor_id, line.number) == ("anna", str(person.pk), 1)
    assert json.loads(line.before) == {"a": 1}


def test_an_untouched_trail_has_no_findings(lines):
    assert verified().findings == []


def test_the_orm_refuses_to_change_or_delete_a_line(lines):
    for act in (
        lambda: AuditLine.objects.update(actor="x"),
        lambda: AuditLine.objects.all().delete(),
        lines[0].delete,
        lines[0].save,
    ):
        with pytest.raises(AppendOnly):
            act()


@pytest.mark.parametrize("statement", ["UPDATE audit_auditline SET actor = 'x'", "DELETE FROM audit_auditline"])
def test_the_database_refuses_to_change_or_delete_a_line(lines, statement):
    protection.protect(connection)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite replaces rows that are in the way")
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
@pytest.mark.parametrize("key", ["id", "number"])
def test_sqlite_refuses_to_put_another_line_in_the_place_of_one(lines, verb, key):
    protection.protect(connection)
    columns = [one.column for one in AuditLine._meta.fields if one.column == key or not one.unique]
    values = ", ".join("'forged'" if one == "actor" else one for one in columns)
    others = {"id": "number", "number": "id"}[key]
    statement = (
        f"{verb} INTO audit_auditline ({', '.join(columns)}, {others}) "
        f"SELECT {values}, {others} + 100 FROM audit_auditline WHERE number = 2"
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert [one.actor for one in AuditLine.objects.order_by("number")] == [one.actor for one in lines]


def test_a_protected_trail_goes_on(lines):
    protection.protect(connection)
    note("thing.done", about="thing 4")
    assert verified().findings == []


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE audit_auditline SET actor = 'x' WHERE number = 2", "Line 2 was altered."),
        ("DELETE FROM audit_auditline WHERE number = 2", "Lines are missing between 1 and 3."),
        ("DELETE FROM audit_auditline WHERE number = 4", "The trail ends at line 3, but 4 lines were written."),
        ("UPDATE audit_auditline SET number = number + 10 WHERE number > 2", "Lines are missing between 2 and 13."),
    ],
)
def test_a_line_that_was_altered_or_taken_away_is_found(lines, tamper, statement, finding):
    tamper(statement)
    assert finding in verified().findings


def test_lines_that_changed_places_are_found(lines, tamper):
    for number, new in ((2, 99), (3, 2), (99, 3)):
        tamper(f"UPDATE audit_auditline SET number = {new} WHERE number = {number}")
    assert any("was replaced or moved" in one for one in verified().findings)


def test_a_line_with_a_hash_of_its_own_does_not_follow(lines, tamper):
    from webapp.audit.trail import hash_of

    line = AuditLine.objects.get(number=2)
    line.actor = "x"
    tamper(f"UPDATE audit_auditline SET actor = 'x', hash = '{hash_of(line)}' WHERE number = 2")
    assert any("Line 3 does not follow" in one for one in verified().findings)


def test_the_command_ends_with_an_error_where_the_trail_is_broken(lines, tamper):
    call_command("verify_audit", stdout=io.StringIO())
    tamper("UPDATE audit_auditline SET act = 'x' WHERE number = 1")
    with pytest.raises(SystemExit):
        call_command("verify_audit", stderr=io.StringIO())


def test_the_trail_is_exported_as_json_lines(lines):
    out = io.StringIO()
    call_command("export_audit", "--after", "2", stdout=out)
    assert [json.loads(line)["after"] for line in out.getvalue().splitlines()] == [{"number": 2}, {"number": 3}]


def test_lines_that_are_written_together_follow_each_other_in_one_chain(lines):
    with together():
        note("thing.done", about="first")
        with together():
            note("thing.done", about="second")
        assert AuditLine.objects.count() == len(lines)
    assert [one.about for one in AuditLine.objects.order_by("-number")[:2]] == ["second", "first"]
    assert verified().findings == []


def test_what_fails_leaves_none_of_the_lines_that_wait(lines):
    def fails():
        note("thing.done", about="first")
        raise KeyError

    with pytest.raises(KeyError), together():
        fails()
    note("thing.done", about="next")
    assert (AuditLine.objects.count(), verified().findings) == (len(lines) + 1, [])


def test_a_line_that_a_savepoint_could_leave_behind_is_refused(lines):
    with pytest.raises(RuntimeError, match="savepoint"), together(), transaction.atomic():
        note("thing.done", about="first")
    assert AuditLine.objects.count() == len(lines)


@pytest.mark.django_db(transaction=True)
def test_lines_have_their_times_in_the_order_of_their_numbers():
    is_locked = threading.Event()

    def first():
        with transaction.atomic():
            note("thing.begun")
            is_locked.set()
            time.sleep(0.2)
            note("thing.ended")

    def second():
        is_locked.wait()
        note("thing.done")

    side_by_side.together([first, second])
    lines = list(AuditLine.objects.order_by("at").values_list("number", flat=True))
    assert lines == sorted(lines)


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_make_one_chain():
    side_by_side.together([lambda: note("thing.done", about="thing")] * 20)
    assert AuditHead.objects.get().number == AuditLine.objects.count() == 20
    assert verified().findings == []
