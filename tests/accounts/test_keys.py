"""Keys can be replaced while people are signed in."""

import pytest
from cryptography.fernet import Fernet
from django.contrib.sessions.models import Session
from django.core.management import call_command

from tests.accounts.test_service_accounts import an_account
from tests.people import a_person
from webapp.accounts.roles import Role
from webapp.accounts.sealing import unseal
from webapp.accounts.service_accounts import session_of_service_account
from webapp.notices.models import Webhook
from webapp.notices.webhooks import create_webhook
from webapp.simulator import seed

PAGE = "eu-de_sandbox"


def shown(client):
    return PAGE in client.get("/").content.decode()


def test_after_rotating_the_old_key_can_go_and_nobody_is_signed_out(anna_client, settings, capsys):
    old, new = settings.CLOUD_TOKEN_KEYS, Fernet.generate_key().decode()
    settings.CLOUD_TOKEN_KEYS = [new, *old]
    call_command("rotate_keys")
    assert "1 cloud sessions" in capsys.readouterr().out
    settings.CLOUD_TOKEN_KEYS = [new]
    assert shown(anna_client)


def test_without_rotating_a_key_that_goes_takes_its_cloud_sessions_along(anna_client, settings):
    settings.CLOUD_TOKEN_KEYS = [Fernet.generate_key().decode()]
    assert not shown(anna_client)


def test_rotating_passes_over_what_no_key_opens_any_more(anna_client, settings, capsys):
    settings.CLOUD_TOKEN_KEYS = [Fernet.generate_key().decode()]
    call_command("rotate_keys")
    assert "0 cloud sessions" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_new_secret_key_signs_nobody_out_while_the_old_one_is_named(anna_client, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-for-tests-" * 3
    assert Session.objects.count() == 1
    assert shown(anna_client)


@pytest.fixture
def others(db):
    """Passwords and secrets, each sealed by the key of before."""
    an_account()
    boss = a_person("boss", Role.ADMIN)
    create_webhook(by=boss, name="chat", url="https://tools.example.com/", events=["ready"], secret="word-for-the-chat")


def test_after_rotating_service_accounts_sign_in_and_webhooks_sign_without_the_old_key(
    others, local_cloud, settings, capsys
):
    old, new = settings.CLOUD_TOKEN_KEYS, Fernet.generate_key().decode()
    settings.CLOUD_TOKEN_KEYS = [new, *old]
    call_command("rotate_keys")
    assert "2 other secrets" in capsys.readouterr().out
    settings.CLOUD_TOKEN_KEYS = [new]
    assert session_of_service_account(seed.SANDBOX).user_name == "ben"
    assert unseal(Webhook.objects.get().sealed_secret) == "word-for-the-chat"


def test_rotating_names_what_no_key_opens_any_more(others, settings, capsys):
    settings.CLOUD_TOKEN_KEYS = [Fernet.generate_key().decode()]
    call_command("rotate_keys")
    said = capsys.readouterr()
    assert "0 other secrets" in said.out
    assert [line.split(" ")[0] for line in said.err.splitlines() if "set it again" in line] == [
        "accounts.ServiceAccount",
        "notices.Webhook",
    ]
