"""Keys can be replaced while people are signed in."""

import pytest
from cryptography.fernet import Fernet
from django.contrib.sessions.models import Session
from django.core.management import call_command

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
