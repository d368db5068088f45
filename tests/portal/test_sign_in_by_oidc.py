"""Single sign-on against a real provider: there, back, and everything that can go wrong on the way."""

import json
import logging
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from mozilla_django_oidc.utils import base64_url_encode

from tests.conftest import ANNA
from tests.oidc import CARLA, CLIENT, running_provider
from tests.people import a_person
from webapp.accounts.models import GroupRole, OidcIdentity, User
from webapp.accounts.oidc import OidcBackend
from webapp.accounts.roles import Role
from webapp.audit.models import AuditLine

pytestmark = pytest.mark.django_db
START, BACK = "/sign-in/single-sign-on", "/sign-in/back"


@pytest.fixture(scope="module")
def process():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(process, settings):
    """The provider, and a portal that is configured for it by its issuer alone."""
    cache.clear()
    settings.OIDC_ENABLED = True
    settings.OIDC_ISSUER = process.url
    settings.OIDC_ORIGINS, settings.OIDC_ALLOWED_HOSTS = [process.url], ["127.0.0.1"]
    settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT.values()
    process.knows("carla", **CARLA)
    return process


def start(client, onward="/drafts"):
    return client.post(START, {"next": onward})["Location"]


def go_back(client, url):
    return client.get(urlsplit(url).path, parse_qs(urlsplit(url).query))


def sign_in(client, provider, subject="carla", onward="/drafts"):
    return go_back(client, provider.confirm(start(client, onward), subject))


def failure_shown(client, answer):
    """Return the page that a failed sign-in leads to."""
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "<title>Error: Sign in" in page
    assert client.get("/")["Location"].startswith("/sign-in")
    return page


def noted():
    lines = AuditLine.objects.filter(act__startswith="person.").order_by("number")
    return [(line.act, line.actor) for line in lines]


def test_a_person_goes_to_the_provider_and_comes_back_to_where_she_was(client, provider):
    answer = sign_in(client, provider)
    assert (answer.status_code, answer["Location"]) == (302, "/drafts")
    assert "Carla Weber" in client.get("/").content.decode()
    person = User.objects.get()
    assert (person.email, person.roles) == ("carla@example.com", {Role.REQUESTER})
    assert noted() == [("person.linked", "system"), ("person.signed_in", "Carla Weber")]


def test_the_same_subject_is_the_same_person_every_time(provider):
    for _ in range(2):
        sign_in(Client(), provider)
    assert User.objects.count() == OidcIdentity.objects.count() == 1


def test_the_way_is_one_of_the_tabs_only_where_it_is_switched_on(client, provider, settings):
    page = client.get("/sign-in?way=oidc").content.decode()
    assert f'action="{START}"' in page
    assert urlsplit(provider.url).netloc in page
    settings.OIDC_ENABLED = False
    assert "Single sign-on" not in client.get("/sign-in?way=oidc").content.decode()
    assert client.post(START).status_code == client.get(BACK).status_code == 404


def test_it_is_started_by_a_post_of_this_site_alone(provider):
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(START).status_code == 405
    assert strict.post(START).status_code == 403


def test_state_nonce_and_challenge_go_along_and_the_verifier_comes_at_the_exchange(client, provider, monkeypatch):
    sent = {}
    exchange = OidcBackend.get_token
    monkeypatch.setattr(OidcBackend, "get_token", lambda self, said: sent.update(said) or exchange(self, said))
    url = start(client)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["redirect_uri"] == f"http://testserver{BACK}"
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert len(asked["state"]) >= 32
    assert len(asked["nonce"]) >= 32
    go_back(client, provider.confirm(url, "carla"))
    assert asked["code_challenge"] == base64_url_encode(sha256(sent["code_verifier"].encode()).digest())


def test_nobody_is_sent_to_another_site_afterwards(client, provider):
    assert sign_in(client, provider, onward="https://evil.example/")["Location"] == "/"


def test_the_session_gets_a_new_key(client, provider):
    for _ in range(2):
        back = provider.confirm(start(client), "carla")
        before = client.session.session_key
        go_back(client, back)
        assert client.session.session_key != before


def test_no_token_of_the_provider_is_kept(client, provider):
    sign_in(client, provider)
    kept = json.dumps(Session.objects.get().get_decoded())
    assert "eyJ" not in kept
    assert "access_token" not in kept


def test_a_person_who_says_no_is_told_what_to_do_and_the_page_she_wanted_is_kept(client, provider):
    url = start(client)
    state = parse_qs(urlsplit(url).query)["state"][0]
    answer = go_back(client, f"{provider.deny(url)}&state={state}")  # which this provider leaves out
    page = failure_shown(client, answer)
    assert "The sign-in was not confirmed. Try again" in page
    assert 'name="next" value="/drafts"' in page
    assert noted() == [("person.sign_in_failed", "system")]


def test_a_no_without_its_state_is_told_all_the_same_and_not_noted(client, provider):
    assert "not confirmed" in failure_shown(client, go_back(client, provider.deny(start(client))))
    assert noted() == []


def test_an_answer_works_once(client, provider):
    back = provider.confirm(start(client), "carla")
    go_back(client, back)
    client.post("/sign-out")
    assert "started in another window" in failure_shown(client, go_back(client, back))


def test_an_answer_that_belongs_to_another_browser_signs_nobody_in_and_is_not_noted(client, provider):
    back = provider.confirm(start(Client()), "carla")
    assert "started in another window" in failure_shown(client, go_back(client, back))
    assert noted() == []


def test_an_answer_that_comes_much_too_late_is_not_taken(client, provider):
    back = provider.confirm(start(client), "carla")
    with time_machine.travel(timezone.now() + timezone.timedelta(hours=1)):
        answer = go_back(client, back)
    assert "too long ago" in failure_shown(client, answer)


def test_an_address_that_anybody_can_write_does_not_end_a_session(client, provider):
    sign_in(client, provider)
    client.get(BACK, {"error": "access_denied", "state": "made-up"})
    assert "Carla Weber" in client.get("/").content.decode()


def test_a_code_that_the_provider_does_not_know_signs_nobody_in(client, provider, caplog):
    state = parse_qs(urlsplit(start(client)).query)["state"][0]
    answer = client.get(BACK, {"state": state, "code": "made-up"})
    assert "could not be trusted" in failure_shown(client, answer)
    assert "made-up" not in caplog.text


def test_a_token_with_another_nonce_signs_nobody_in(client, provider):
    back = provider.confirm(start(client), "carla")
    session = client.session
    for kept in session["oidc_states"].values():
        kept["nonce"] = "another"
    session.save()
    assert "could not be trusted" in failure_shown(client, go_back(client, back))


def test_a_provider_out_of_reach_is_said_before_and_after_going_there(client, provider, settings):
    back = provider.confirm(start(client), "carla")
    settings.OIDC_ENDPOINTS = {**settings.OIDC_ENDPOINTS, "token_endpoint": "http://127.0.0.1:9/token"}
    assert "does not answer" in failure_shown(client, go_back(client, back))
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    assert "does not answer" in failure_shown(client, client.post(START))


@pytest.mark.parametrize(
    ("change", "logged"),
    [
        ({"OIDC_ORIGINS": ["https://login.example.com"]}, "add http://127.0.0.1"),
        ({"OIDC_ENDPOINTS": {"token_endpoint": "http://login.example.com/token"}}, "token_endpoint"),
    ],
)
def test_an_address_that_is_not_sound_is_not_used(provider, settings, caplog, change, logged):
    client = Client()
    for name, value in change.items():
        kept = getattr(settings, name)
        setattr(settings, name, {**kept, **value} if isinstance(value, dict) else value)
    assert "not set up correctly" in failure_shown(client, client.post(START))
    assert logged in caplog.text


def test_single_endpoints_serve_as_well_as_discovery(client, provider, settings):
    settings.OIDC_ENDPOINTS = {
        "authorization_endpoint": f"{provider.url}/oauth2/authorize",
        "token_endpoint": f"{provider.url}/oauth2/token",
        "userinfo_endpoint": f"{provider.url}/userinfo",
        "jwks_uri": f"{provider.url}/jwks",
        "end_session_endpoint": "",
    }
    assert sign_in(client, provider)["Location"] == "/drafts"
    assert client.post("/sign-out")["Location"] == "/sign-in"


def test_signing_out_ends_the_session_here_and_leads_to_the_end_of_the_one_there(client, provider):
    sign_in(client, provider)
    onward = client.post("/sign-out")["Location"]
    assert onward.startswith(f"{provider.url}/oauth2/end_session?")
    asked = parse_qs(urlsplit(onward).query)
    assert asked == {"client_id": ["poolwright"], "post_logout_redirect_uri": ["http://testserver/sign-in"]}
    assert client.get("/")["Location"].startswith("/sign-in")


def test_who_came_another_way_is_not_sent_to_the_provider_at_sign_out(client, provider):
    client.post("/sign-in", {"way": "portal", "username": a_person("ada").username, "password": "ada-pw-1"})
    assert client.post("/sign-out")["Location"] == "/sign-in"


def test_a_person_adds_her_cloud_session_and_stays_who_she_is(client, provider, local_cloud):
    sign_in(client, provider)
    client.post("/sign-in", {"way": "cloud", **ANNA})
    page = client.get("/").content.decode()
    assert "Carla Weber in" in page
    assert "eu-de_sandbox" in page
    assert User.objects.count() == 1


def test_who_is_switched_off_is_told_so(client, provider):
    sign_in(Client(), provider)
    User.objects.update(is_active=False)
    assert "switched off" in failure_shown(client, sign_in(client, provider))


@pytest.mark.parametrize(
    ("trusted", "claims", "linked"),
    [
        (True, {}, True),
        (True, {"email": "CARLA@example.com"}, True),
        (True, {"email_verified": False}, False),
        (True, {"email_verified": "true"}, False),
        (False, {}, False),
    ],
)
def test_an_account_is_found_by_a_verified_address_only_where_the_operator_wants_it(
    provider, settings, trusted, claims, linked
):
    settings.OIDC_LINK_BY_EMAIL = trusted
    ada = a_person("ada", Role.APPROVER)
    User.objects.update(email="carla@example.com")
    provider.knows("carla", **{**CARLA, **claims})
    sign_in(Client(), provider)
    assert (User.objects.count() == 1) is linked
    assert ada.oidc_identities.exists() is linked


def test_a_second_subject_with_the_same_address_takes_nobody_over(provider, settings):
    settings.OIDC_LINK_BY_EMAIL = True
    sign_in(Client(), provider)
    provider.knows("mallory", **CARLA)
    sign_in(Client(), provider, "mallory")
    assert User.objects.count() == 2


def test_two_people_may_have_the_same_name(provider):
    for subject in ("one", "two"):
        provider.knows(subject, preferred_username="sam")
        sign_in(Client(), provider, subject)
    names = sorted(User.objects.values_list("username", flat=True))
    assert len(names) == 2
    assert "sam@127.0.0.1" in names


def test_a_name_at_the_provider_gives_nobody_an_account_of_the_portal(client, provider):
    a_person("admin", Role.ADMIN)
    provider.knows("mallory", preferred_username="admin")
    sign_in(client, provider, "mallory")
    assert User.objects.get(username="admin@127.0.0.1").roles == {Role.REQUESTER}


@pytest.mark.parametrize("said", [["approvers", "others"], "approvers"])
def test_groups_of_the_provider_give_roles_and_teams_and_take_them_back(client, provider, settings, said):
    settings.OIDC_GROUPS_CLAIM = "memberOf"
    team = Group.objects.create(name="platform")
    GroupRole.objects.create(kind="oidc", pattern="approvers", role=Role.APPROVER, team=team)
    provider.knows("carla", **CARLA, memberOf=said)
    sign_in(client, provider)
    person = User.objects.get()
    assert person.roles == {Role.REQUESTER, Role.APPROVER}
    assert list(person.groups.all()) == [team]
    provider.knows("carla", **CARLA)
    sign_in(client, provider)
    assert User.objects.get().roles == {Role.REQUESTER}
    assert not person.groups.exists()


def test_neither_the_log_nor_the_trail_shows_a_secret(client, provider, caplog):
    caplog.set_level(logging.DEBUG, logger="webapp")
    caplog.set_level(logging.DEBUG, logger="mozilla_django_oidc")
    url = provider.confirm(start(client), "carla")
    go_back(client, url)
    told = caplog.text + str(list(AuditLine.objects.values()))
    assert CLIENT["secret"] not in told
    assert parse_qs(urlsplit(url).query)["code"][0] not in told
    assert "eyJ" not in told
