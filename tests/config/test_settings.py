"""The settings as a start reads them: what is wrong stops it with a sentence, and whatever is read is documented."""

import re
import runpy
import secrets
import traceback

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.conftest import ROOT

SETTINGS = ROOT / "webapp" / "config" / "settings.py"


def start(monkeypatch, **environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLOUD_REGION", "eu-xx"),
        ("TIME_ZONE", "Europe/Nowhere"),
        ("TIME_ZONE", "Europe"),
        ("TIME_ZONE", "../zone"),
        ("LOG_LEVEL", "LOUD"),
        ("API_RATE", "lots"),
        ("API_RATE", "5/month"),
        ("METRICS_PORT", "99999"),
        ("EMAIL_PORT", "5.5"),
        ("METRICS_ALLOWED", "127.0.0.0/8,10.1.2.3/8"),
        ("CSRF_TRUSTED_ORIGINS", "pools.example.com"),
        ("CSRF_TRUSTED_ORIGINS", "https://pools.example.com/"),
        ("CLOUD_TIMEOUT_S", "nan"),
        ("POLL_INTERVAL_S", "-5"),
        ("SIGN_IN_ATTEMPTS", "0"),
        ("PROMETHEUS_MULTIPROC_DIR", "/dev/null/metrics"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(monkeypatch, name, value):
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} must be .*{re.escape(value.split(',')[-1])}.*\.$"):
        start(monkeypatch, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLOUD_REGION", "eu-ch2"),
        ("TIME_ZONE", "UTC"),
        ("LOG_LEVEL", "DEBUG"),
        ("API_RATE", "5/s"),
        ("API_RATE", "5/hours"),
        ("METRICS_PORT", "65535"),
        ("METRICS_ALLOWED", "10.0.0.0/8, 192.0.2.7, ::1"),
        ("CSRF_TRUSTED_ORIGINS", "https://*.example.com, http://127.0.0.1:8000"),
        ("LAUNCH_WITHIN_H", "0.5"),
    ],
)
def test_a_right_value_does_not(monkeypatch, name, value):
    assert start(monkeypatch, **{name: value})


@pytest.fixture
def production(monkeypatch):
    monkeypatch.setenv("HTTPS", "1")
    monkeypatch.setenv("SECRET_KEY", secrets.token_urlsafe(60))
    monkeypatch.delenv("PORTAL_URL", raising=False)


def test_mails_need_to_know_where_the_portal_is(production, monkeypatch):
    assert start(monkeypatch)["PORTAL_URL"] == "http://127.0.0.1:8000"
    with pytest.raises(ImproperlyConfigured, match="Set PORTAL_URL"):
        start(monkeypatch, EMAIL_HOST="mail.example.com")
    assert start(monkeypatch, PORTAL_URL="https://pools.example.com")["EMAIL_HOST"] == "mail.example.com"


def what_stops(monkeypatch, **environment):
    """Return the whole of what an operator sees."""
    with pytest.raises(ImproperlyConfigured) as caught:
        start(monkeypatch, **environment)
    return "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("keys", ["abc-secret", "{key},abc-secret", "ä-secret", ","])
def test_what_is_no_key_stops_the_start_and_is_not_shown(monkeypatch, keys):
    given = keys.format(key="A" * 43 + "=")
    said = what_stops(monkeypatch, CLOUD_TOKEN_KEYS=given)
    assert "CLOUD_TOKEN_KEYS must be Fernet keys" in said
    assert not [key for key in given.split(",") if key and key in said]


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file"), (b"\xff\xfe secret", "it is no text"), ("folder", "Is a directory")]
)
def test_a_file_that_cannot_be_read_stops_the_start_without_its_path_or_content(monkeypatch, tmp_path, content, why):
    path = tmp_path / "perhaps-the-secret"
    if content == "folder":
        path.mkdir()
    elif content:
        path.write_bytes(content)
    said = what_stops(monkeypatch, REDIS_URL="", REDIS_URL_FILE=str(path))
    assert f"REDIS_URL_FILE must be the path of a file that can be read ({why}" in said
    assert "secret" not in said


def names_that_are_read() -> set[str]:
    return set(re.findall(r'\benv\.\w+\("(\w+)"', SETTINGS.read_text()))


def names_that_are_documented() -> set[str]:
    rows = re.findall(r"^\| (`.*?) \|", (ROOT / "docs" / "configuration.md").read_text(), re.M)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_whatever_is_read_is_documented_and_nothing_else():
    assert names_that_are_read() - {"SECRET_KEY_FILE"} == names_that_are_documented()
