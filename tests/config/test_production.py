"""The production configuration, as processes of its own."""

import os
import secrets
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet

from tests.conftest import ROOT


def manage(*command, **environment):
    production = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": secrets.token_urlsafe(60),
        "CLOUD_TOKEN_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "pools.example.com",
        "BEHIND_PROXY": "1",
    }
    command = [sys.executable, "-W", "error", "manage.py", *command]
    return subprocess.run(command, cwd=ROOT, env=production | environment, capture_output=True, text=True)


def test_djangos_check_for_deployment_finds_nothing():
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DEBUG", "1"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("SECRET_KEY", "django-insecure-" + "abcdef" * 10),
        ("LOG_FORMAT", "xml"),
        ("DATABASE_URL", "mysql://root@db/x"),
    ],
)
def test_what_is_unsafe_or_wrong_stops_the_start_and_is_named(variable, value):
    done = manage("check", **{variable: value})
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 1
    assert "ImproperlyConfigured" in last
    assert variable in last
    assert value not in last or variable != "SECRET_KEY"


def test_a_development_start_may_have_debug_on():
    assert manage("check", DEBUG="1", HTTPS="0").returncode == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Referrer-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
    ],
)
def test_every_page_carries_the_headers_that_keep_others_out(client, header, value):
    assert client.get("/sign-in")[header] == value


ASK = """
from django.test import Client
for way in ("https", "http"):
    answer = Client(headers={"Host": "pools.example.com", "X-Forwarded-Proto": way}).get("/api/v1/drafts")
    print(answer.headers.get("Strict-Transport-Security"))
"""


def test_who_comes_by_https_is_told_to_come_by_nothing_else(tmp_path):
    said = manage("shell", "-v0", "-c", ASK, STATIC_ROOT=str(tmp_path)).stdout
    assert said.splitlines() == ["max-age=31536000; includeSubDomains", "None"]


def test_where_people_work_no_host_is_private_unless_the_operator_says_so():
    code = "from django.conf import settings as s; print(s.CLOUD_PRIVATE_HOSTS, s.WEBHOOK_PRIVATE_HOSTS)"
    assert manage("shell", "-v0", "-c", code).stdout.split() == ["[]", "[]"]


@pytest.mark.django_db
def test_a_request_that_is_too_large_is_refused_before_it_is_read(client, settings):
    settings.LARGEST_REQUEST = 100
    assert client.post("/sign-in", {"way": "x" * 200}).status_code == 413
