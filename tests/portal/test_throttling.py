"""Passwords cannot be guessed at speed, and a new session begins at sign-in."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.utils import timezone

from tests.conftest import ANNA
from webapp.accounts.models import User

PORTAL = {"way": "portal", "username": "approver", "password": "right-of-approver"}
CLOUD = {"way": "cloud", **ANNA}


@pytest.fixture(autouse=True)
def _approver(db):
    User.objects.create_user("approver", password=PORTAL["password"])


def guess(client, form, times=5, **more):
    return [client.post("/sign-in", {**form, "password": "wrong"}, **more).status_code for _ in range(times)]


@pytest.mark.parametrize("form", [PORTAL, CLOUD], ids=["portal", "cloud"])
def test_after_five_wrong_passwords_even_the_right_one_has_to_wait_and_the_page_says_how_long(
    client, local_cloud, form
):
    assert guess(client, form) == [422] * 4 + [429]
    answer = client.post("/sign-in", form)
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert "For the next 15 minutes" in answer.content.decode()


def test_a_locked_out_cloud_user_costs_the_cloud_no_call(client, local_cloud):
    guess(client, CLOUD)
    before = len(local_cloud.log("POST", "/auth/tokens"))
    client.post("/sign-in", CLOUD)
    assert len(local_cloud.log("POST", "/auth/tokens")) == before


@pytest.mark.parametrize("form", [PORTAL, CLOUD], ids=["portal", "cloud"])
def test_whoever_waits_is_let_in_even_if_somebody_went_on_guessing(client, local_cloud, form):
    guess(client, form, times=7)
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1)):
        assert client.post("/sign-in", form).status_code == 302


@pytest.mark.parametrize("form", [PORTAL, CLOUD], ids=["portal", "cloud"])
def test_a_right_password_forgets_the_wrong_ones(client, local_cloud, form):
    guess(client, form, times=4)
    client.post("/sign-in", form)
    assert guess(client, form, times=4) == [422] * 4


def test_others_are_not_locked_out_with_one(client, local_cloud):
    guess(client, PORTAL)
    assert client.post("/sign-in", CLOUD).status_code == 302
    assert client.post("/sign-in", PORTAL, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_behind_a_proxy_an_address_that_the_client_claims_counts_for_nothing(client, settings):
    settings.BEHIND_PROXY = True
    for number in range(5):
        last = client.post(
            "/sign-in", {**PORTAL, "password": "wrong"}, headers={"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.7"}
        )
    assert last.status_code == 429


def test_no_password_or_code_is_kept_with_an_attempt(client, local_cloud):
    guess(client, {**CLOUD, "passcode": "123456"}, times=2)
    kept = AccessAttempt.objects.values().get()
    assert not any(secret in str(kept) for secret in ("wrong", "123456"))


def test_a_very_long_name_is_an_ordinary_refusal(client, local_cloud):
    answer = client.post("/sign-in", {**CLOUD, "user": "u" * 200, "domain": "d" * 200, "password": "wrong"})
    assert answer.status_code == 422


def test_signing_in_begins_a_new_session_so_that_a_planted_one_is_worth_nothing(client, local_cloud):
    client.get("/sign-in")
    session = client.session
    session["planted"] = "by somebody"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    client.post("/sign-in", PORTAL)
    first = client.session.session_key
    client.post("/sign-in", CLOUD)
    assert len({before, first, client.session.session_key}) == 3
