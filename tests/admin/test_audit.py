"""The audit trail in the admin: read, searched, carried away, verified, and never changed."""

import json

import pytest
from django.db import connection

from webapp.audit.models import AuditLine
from webapp.audit.trail import latest_verified, note, verified

LIST = "/admin/audit/auditline/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(admin):
    for number in range(10):
        note("request.submitted", by=admin, about=f"request NP-{1000 + number}", after={"number": number})
    note("policy.changed", about="policy Production", before={"a": 1}, after={"a": 2})


def found_by(client, words):
    return [one.about for one in client.get(LIST, {"q": words}).context["cl"].result_list]


def alter(number, **values):
    names = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE audit_auditline SET {names} WHERE number = %s", [*values.values(), number])


@pytest.mark.parametrize("words", ["policy.changed", "policy.", "policy Production", "policy P"])
def test_a_line_is_found_by_act_and_object(looking, lines, words):
    assert found_by(looking, words) == ["policy Production"]


def test_lines_are_found_by_who_did_it_and_from_where(looking, at_desk, lines):
    assert len(found_by(looking, "ada")) >= 10
    at_desk.get(f"{LIST}export/")
    assert found_by(looking, "127.0.0.1")[0] == "audit trail"
    assert found_by(looking, "da") == []


def test_a_line_shows_what_was_and_what_is(looking, lines):
    line = AuditLine.objects.get(act="policy.changed")
    shown = looking.get(f"{LIST}{line.pk}/change/").content.decode()
    assert "&quot;a&quot;: 1" in shown
    assert "&quot;a&quot;: 2" in shown
    assert line.hash in shown


def test_the_history_of_an_object_is_in_the_trail(at_desk, admin):
    answer = at_desk.get(f"/admin/accounts/user/{admin.pk}/history/", follow=True)
    assert [one.act for one in answer.context["cl"].result_list] == ["role.granted"]


def test_the_export_is_one_json_object_a_line_and_is_noted(looking, lines):
    answer = looking.get(f"{LIST}export/")
    exported = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert [one["number"] for one in exported] == list(range(1, len(exported) + 1))
    assert exported[-1]["act"] == "audit.exported"
    assert exported[-2]["after"] == {"a": 2}


def test_the_whole_trail_is_verified_in_parts(looking, lines, monkeypatch):
    monkeypatch.setattr("webapp.audit.admin.VERIFIED_AT_ONCE", 8)
    first = looking.post(f"{LIST}verify/", {"after": "0"}).content.decode()
    assert "Lines 1 to 8 hold together." in first
    assert 'name="after" value="8"' in first
    rest = looking.post(f"{LIST}verify/", {"after": "8"}).content.decode()
    assert "and none is missing at the end" in rest


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30])
def test_nonsense_verifies_nothing(looking, lines, after):
    assert looking.post(f"{LIST}verify/", {"after": after}).context["found"] is None


def test_what_was_altered_is_found_in_its_part_alone(looking, lines):
    alter(5, about="request NP-9")
    assert "Line 5 was altered." in looking.post(f"{LIST}verify/", {"after": "0"}).content.decode()
    assert verified(4, 1).findings == ["Line 5 was altered."]
    assert verified(5).findings == []
    assert latest_verified(3).findings == []
    assert latest_verified(100).findings == ["Line 5 was altered."]


def test_the_latest_lines_are_verified_from_the_one_before_them(lines):
    end = AuditLine.objects.count()
    found = latest_verified(4)
    assert (found.first, found.last, found.findings, found.is_end) == (end - 3, end, [], True)


def test_a_trail_that_was_cut_is_found_by_its_latest_lines(lines):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditline WHERE number = (SELECT max(number) FROM audit_auditline)")
    assert "lines were written" in latest_verified(2).findings[0]
