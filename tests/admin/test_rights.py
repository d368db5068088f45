"""Every address of the admin, asked by each role; every list, counted."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin as pages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, reverse

from tests.admin.conftest import signed_in_as
from tests.admin.rows import SECRETS, many_of_each, one_of_each
from tests.people import a_person
from webapp.accounts.models import ApiToken, User
from webapp.accounts.roles import Role
from webapp.audit.models import AuditLine
from webapp.portal.admin_site import SECTIONS

pytestmark = pytest.mark.django_db
MODELS = {one.__name__: one for one in pages.site._registry}
EDITED = {
    "Policy",
    "CatalogueEntry",
    "Team",
    "GroupRole",
    "ServiceAccount",
    "Region",
    "Webhook",
}  # added, changed, deleted
LISTS = [f"admin:{one._meta.app_label}_{one._meta.model_name}_changelist" for one in MODELS.values()]
ADDED = EDITED | {"User"}
# Addresses beside those that every model has, for an auditor and an admin: GET, then POST.
OTHERS = {
    "index": ((200, 200), (200, 200)),
    "login": ((302, 302), (302, 302)),
    "logout": ((405, 405), (302, 302)),
    "jsi18n": ((200, 200), (405, 405)),
    "app_list": ((200, 200), (200, 200)),
    "audit_auditline_export": ((200, 200), (200, 200)),
    "audit_auditline_verify": ((200, 200), (200, 200)),
    "approvals_policy_dry_run": ((405, 405), (403, 200)),
    "approvals_policy_dry_run_new": ((405, 405), (403, 200)),
    "accounts_serviceaccount_test_sign_in": ((405, 405), (403, 302)),
    "notices_webhook_send_test": ((405, 405), (403, 302)),
    "notices_delivery_send_again": ((405, 405), (403, 302)),
    "wizard_preset_offer": ((405, 405), (403, 302)),
    "wizard_preset_withdraw": ((405, 405), (403, 302)),
    "accounts_apitoken_revoke": ((403, 200), (403, 302)),
}


def names():
    def walk(patterns):
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns)
            elif one.name:
                yield one.name

    return sorted(set(walk(pages.site.get_urls())))


def label(model) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


@pytest.fixture
def rows(admin):
    return one_of_each(admin)


def url_of(name, rows) -> str:
    if name == "app_list":
        return reverse("admin:app_list", args=["approvals"])
    model = next((one for one in MODELS if name.startswith(f"{label(MODELS[one])}_")), None)
    needs_none = name in OTHERS and model in (None, "AuditLine")
    if needs_none or name.endswith(("_changelist", "_add", "_new")):
        return reverse(f"admin:{name}")
    row = rows[model]
    return reverse(f"admin:{name}", args=[row.token_key if model == "ApiToken" else row.pk])


def expected(name) -> tuple[tuple[int, int], tuple[int, int]]:
    """What a model's own address answers an auditor and an admin."""
    model, _, kind = name.rpartition("_")
    known = next(one for one in MODELS if label(MODELS[one]) == model)
    if kind == "changelist":
        return (200, 200), (200, 200)
    if kind == "history":
        return (302, 302), (302, 302)
    may = known in (ADDED if kind == "add" else EDITED if kind == "delete" else ADDED)
    if kind == "change":
        return (200, 200), (403, 200 if may else 403)
    return (403, 200 if may else 403), (403, 200 if may else 403)


@pytest.mark.parametrize("name", names())
def test_each_address_answers_each_role_as_it_may(rows, admin, auditor, name):
    url = url_of(name, rows)
    reads, writes = OTHERS.get(name) or expected(name)
    for person, read, write in zip((auditor, admin), reads, writes, strict=True):
        lines = AuditLine.objects.count()
        assert signed_in_as(person).get(url).status_code == read, f"{person} reads"
        assert signed_in_as(person).post(url).status_code == write, f"{person} writes"
        if write == 403:
            assert AuditLine.objects.count() == lines


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("roles", [(), (Role.REQUESTER, Role.APPROVER)], ids=["nobody", "no staff"])
def test_others_are_sent_to_sign_in_or_away(rows, name, roles):
    client = signed_in_as(a_person("bob", *roles)) if roles else Client()
    url = url_of(name, rows)
    for method in (client.get, client.post):
        answer = method(url, follow=True)
        way = [urlsplit(one).path for one, _ in answer.redirect_chain]
        if roles:
            assert answer.status_code == 403
        else:
            assert way[-1] == reverse("portal:sign-in")
    assert "Production" not in answer.content.decode()


def test_after_the_sign_in_people_are_where_they_wanted_to_be(client):
    a_person("ada", Role.ADMIN)
    asked = client.get("/admin/approvals/policy/", follow=True).redirect_chain[-1][0]
    query = parse_qs(urlsplit(asked).query)
    assert query["next"] == ["/admin/approvals/policy/"]
    sent = {"way": "portal", "username": "ada", "password": "ada-pw-1", "next": query["next"][0]}
    assert client.post("/sign-in", sent, follow=True).status_code == 200


def test_a_superuser_made_on_the_machine_gets_in(client):
    client.force_login(User.objects.create_superuser("root"))
    assert client.get("/admin/approvals/policy/add/").status_code == 200


def test_signing_out_here_is_noted(at_desk):
    at_desk.post("/admin/logout/")
    assert AuditLine.objects.filter(act="person.signed_out").exists()


@pytest.mark.parametrize("name", names())
def test_no_address_shows_a_secret(rows, admin, auditor, name):
    hashes = [User.objects.get(username="anna").password, rows["ServiceAccount"].sealed_password]
    hashes += [rows["Webhook"].sealed_secret, rows["ApiToken"].digest]
    shown = ""
    for person in (auditor, admin):
        secrets = {*SECRETS, *hashes} - ({SECRETS[3]} if person == admin else set())
        for client in (signed_in_as(person).get, signed_in_as(person).post):
            answer = client(url_of(name, rows))
            shown = b"".join(answer) if answer.streaming else answer.content
            assert [one for one in secrets if one in shown.decode()] == []


@pytest.mark.parametrize("person", ["admin", "auditor"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_less_than_ten_questions_and_no_more_with_more_rows(rows, admin, request, name, person):
    client = signed_in_as(request.getfixturevalue(person))
    asked = []
    for start in (0, 60):
        many_of_each(admin, 60, start)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse(name)).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] < 10


def test_every_model_is_in_a_section_of_the_navigation(looking):
    assert {name for names in SECTIONS.values() for name in names} == set(MODELS)
    shown = looking.get("/admin/").content.decode()
    assert all(reverse(name) in shown for name in LISTS)


def test_the_portal_leads_staff_to_the_admin_and_nobody_else(at_desk, looking):
    for client, is_there in ((at_desk, True), (looking, True), (signed_in_as(a_person("bob", Role.REQUESTER)), False)):
        assert ('href="/admin/"' in client.get("/").content.decode()) is is_there


def test_no_page_has_the_digest_of_a_token_in_its_address(rows):
    assert ApiToken.objects.get().digest not in "".join(url_of(name, rows) for name in names())
