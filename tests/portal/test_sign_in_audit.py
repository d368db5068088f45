"""The audit trail tells who came, who went, and who could not come in."""

import json

import pytest

from tests.conftest import ANNA
from tests.people import a_person
from webapp.accounts.models import User
from webapp.accounts.roles import Role
from webapp.audit.models import AuditLine

pytestmark = pytest.mark.django_db


def lines(ending=""):
    found = AuditLine.objects.filter(act__startswith="person.", act__endswith=ending).order_by("number")
    return [(line.act, line.actor, json.loads(line.after or "null")) for line in found]


@pytest.mark.parametrize("way", ["cloud", "token", "portal"])
def test_every_way_in_and_the_way_out_is_noted(client, anna, way):
    a_person("ada", Role.APPROVER)
    forms = {"cloud": ANNA, "token": {"token": anna.token}, "portal": {"username": "ada", "password": "ada-pw-1"}}
    client.post("/sign-in", {"way": way, **forms[way]})
    client.post("/sign-out")
    name = "ada" if way == "portal" else "anna"
    assert lines() == [("person.signed_in", name, {"way": way}), ("person.signed_out", name, None)]
    assert AuditLine.objects.filter(act="person.signed_in").get().address == "127.0.0.1"


@pytest.mark.parametrize(
    ("typed", "user"),
    [
        ({"way": "cloud", **ANNA, "password": "my-wrong-secret"}, "anna"),
        ({"way": "portal", "username": "ada", "password": "my-wrong-secret"}, "ada"),
        ({"way": "token", "token": "my-wrong-secret"}, ""),
    ],
)
def test_a_refusal_is_noted_with_the_name_that_was_typed_and_without_the_secret(client, local_cloud, typed, user):
    client.post("/sign-in", typed)
    assert lines() == [("person.sign_in_failed", "system", {"way": typed["way"], "user": user})]
    assert "my-wrong-secret" not in str(list(AuditLine.objects.values()))


def test_a_form_that_is_not_filled_in_is_no_attempt(client, local_cloud):
    client.post("/sign-in", {"way": "cloud", "user": "anna"})
    assert lines() == []


def test_signing_out_twice_is_noted_once(client):
    client.force_login(a_person("ada"))
    client.post("/sign-out")
    client.post("/sign-out")
    assert len(lines("signed_out")) == 1


@pytest.mark.parametrize("way", ["cloud", "portal"])
def test_who_is_switched_off_does_not_come_in(client, local_cloud, way):
    a_person("ada")
    client.post("/sign-in", {"way": "cloud", **ANNA})
    client.post("/sign-out")
    User.objects.update(is_active=False)
    typed = {"cloud": ANNA, "portal": {"username": "ada", "password": "ada-pw-1"}}[way]
    answer = client.post("/sign-in", {"way": way, **typed})
    assert answer.status_code == 422
    assert client.get("/")["Location"].startswith("/sign-in")
    assert lines("failed")


def test_who_is_switched_off_is_told_so(client, local_cloud):
    client.post("/sign-in", {"way": "cloud", **ANNA})
    User.objects.update(is_active=False)
    assert "switched off. Ask an admin." in client.post("/sign-in", {"way": "cloud", **ANNA}).content.decode()


def test_the_session_gets_a_new_key_at_every_sign_in(client, local_cloud):
    client.force_login(a_person("ada"))
    before = client.session.session_key
    client.post("/sign-in", {"way": "cloud", **ANNA})
    assert client.session.session_key != before


def test_tokens_of_the_api_are_noted_when_made_and_revoked_and_never_shown(client):
    client.force_login(a_person("ada"))
    page = client.post("/api-tokens", {"name": "pipeline", "days": "7"}).content.decode()
    key = User.objects.get().auth_token_set.get().token_key
    assert key in page
    client.post(f"/api-tokens/{key}/revoke")
    client.post(f"/api-tokens/{key}/revoke")
    found = AuditLine.objects.filter(act__startswith="api_token.").order_by("number")
    assert [(line.act, line.actor) for line in found] == [("api_token.created", "ada"), ("api_token.revoked", "ada")]
    assert "pipeline" in found[0].after
    assert key not in str(list(found.values()))
