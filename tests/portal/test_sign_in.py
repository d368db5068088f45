import json

import pytest
from cryptography.fernet import Fernet
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client

from tests.conftest import ANNA
from webapp.accounts.models import User
from webapp.accounts.session import cloud_of

pytestmark = pytest.mark.django_db


def cloud_form(**wishes):
    return {"way": "cloud", **ANNA, **wishes}


def test_a_cloud_user_signs_in_and_comes_back_to_where_she_was(client, local_cloud):
    answer = client.post("/sign-in", cloud_form(next="/drafts"))
    assert (answer.status_code, answer["Location"]) == (302, "/drafts")
    assert "eu-de_sandbox" in client.get("/").content.decode()


def test_the_same_cloud_user_is_the_same_person_every_time(client, local_cloud):
    for _ in range(2):
        client.post("/sign-in", cloud_form())
    assert User.objects.count() == 1


def test_a_pasted_token_signs_in(client, anna):
    assert client.post("/sign-in", {"way": "token", "token": anna.token}).status_code == 302
    assert "anna" in client.get("/").content.decode()


def test_a_portal_account_signs_in_without_the_cloud(client):
    User.objects.create_user("ada", password="pw-of-ada-1")
    assert client.post("/sign-in", {"way": "portal", "username": "ada", "password": "pw-of-ada-1"}).status_code == 302
    assert "Not signed in to the cloud" in client.get("/").content.decode()


def test_a_portal_account_that_adds_its_cloud_session_stays_who_it_is(client, local_cloud):
    client.force_login(User.objects.create_user("ada"))
    client.post("/sign-in", cloud_form())
    assert User.objects.count() == 1
    assert "ada in" in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({"password": "wrong"}, "does not accept this user, domain and password"),
        ({"project": "eu-de_none"}, "does not know this"),
        ({"user": ""}, "This field is required"),
        ({"way": "token", "token": "nonsense"}, "does not accept this token"),
        ({"way": "portal", "username": "x", "password": "y"}, "do not fit"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost_but_secrets(client, local_cloud, wishes, sentence):
    answer = client.post("/sign-in", cloud_form(**wishes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "<title>Error: Sign in" in page
    assert ANNA["password"] not in page.replace("anna-demo-1</code>", "")
    assert "nonsense" not in page


def test_nobody_is_sent_to_another_site(client, local_cloud):
    assert client.post("/sign-in", cloud_form(next="https://evil.example/"))["Location"] == "/"


def test_the_token_is_sealed_in_the_database_and_gone_after_signing_out(client, anna):
    client.post("/sign-in", {"way": "token", "token": anna.token})
    stored = Session.objects.get()
    assert anna.token not in json.dumps(stored.get_decoded())
    client.post("/sign-out")
    assert Session.objects.count() == 0
    assert client.get("/")["Location"].startswith("/sign-in")


def test_a_key_can_be_replaced_while_people_are_signed_in(anna_client, settings):
    settings.CLOUD_TOKEN_KEYS = [Fernet.generate_key().decode(), *settings.CLOUD_TOKEN_KEYS]
    assert "eu-de_sandbox" in anna_client.get("/").content.decode()


def test_an_expired_token_is_dropped_but_the_person_stays_signed_in(anna_client, rf):
    import time_machine
    from django.utils import timezone

    with time_machine.travel(timezone.now().replace(year=timezone.now().year + 1)):
        request = rf.get("/")
        request.session = anna_client.session
        assert cloud_of(request) is None
        assert "cloud" not in request.session


def test_the_page_says_how_long_the_token_lives(anna_client):
    assert "Cloud token until" in anna_client.get("/").content.decode()


@pytest.mark.parametrize("key", [r'"\000abcdefghijk"', r'"abcdefgh\000"', "x", "'; DROP", "%00" * 9])
def test_what_can_be_no_session_is_looked_up_nowhere_and_leads_to_the_sign_in_page(
    settings, django_assert_num_queries, key
):
    with django_assert_num_queries(0):
        answer = Client(HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={key}").get("/drafts")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=%2Fdrafts")


@pytest.mark.parametrize("path", ["/", "/drafts", "/pools/new", "/clusters"])
def test_nobody_sees_a_page_without_signing_in(client, path):
    answer = client.get(path)
    assert answer["Location"].startswith("/sign-in?next=")


def test_a_fragment_without_a_session_leads_to_the_sign_in_page_as_a_whole(client):
    address = "http://testserver/pools/new/x/disks"
    answer = client.get("/drafts", headers={"HX-Request": "true", "HX-Current-URL": address})
    assert answer["HX-Redirect"] == "/sign-in?next=%2Fpools%2Fnew%2Fx%2Fdisks"
    assert b"<form" not in answer.content


def test_signed_in_pages_stay_out_of_caches_and_under_a_strict_policy(anna_client):
    answer = anna_client.get("/")
    assert answer["Cache-Control"] == "no-store"
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_the_health_page_needs_nobody(client):
    assert client.get("/healthz").content == b"ok"


def test_the_home_page_asks_the_database_the_same_however_much_there_is(anna_client, django_assert_num_queries):
    with django_assert_num_queries(4):
        anna_client.get("/")


def test_the_rules_are_printed_with_their_ids(capsys):
    call_command("rules")
    assert "NP-STOR-02" in capsys.readouterr().out
