"""Whatever is logged, no secret is in it."""

import json
import logging

import pytest

from webapp.telemetry import redaction
from webapp.telemetry.logs import JsonLineFormatter, LineFormatter, WithRequestId

SECRET = "S3cr3t-and-long"


@pytest.mark.parametrize(
    "text",
    [
        "password={}",
        "{{'password': '{}'}}",
        '{{"password": "{}", "user": "anna"}}',
        '"{{\\"password\\": \\"{}\\"}}"',
        "X-Auth-Token: {}",
        "X-Subject-Token={}",
        "Authorization: Bearer {}",
        "authorization: Token {}",
        "passcode: {}",
        "api_key={}&x=1",
        "Cookie: {}",
        "cannot connect to postgresql://poolwright:{}@db/poolwright",
        "redis://:{}@cache:6379/0 is away",
    ],
)
def test_a_value_that_is_named_a_secret_is_hidden(text):
    said = redaction.redacted(text.format(SECRET))
    assert SECRET not in said
    assert redaction.HIDDEN in said


@pytest.mark.parametrize("secret", ["pw_" + "3f" * 32, "gAAAAA" + "bX_-" * 20 + "==", "MIIF" + "aB3/" * 100])
def test_a_secret_is_known_by_its_form(secret):
    assert secret not in redaction.redacted(f"sent {secret} along")


@pytest.mark.parametrize(
    "text",
    [
        "cloud POST /v3/auth/tokens 201 3 ms",
        "GET /api-tokens/pw_1a2b3c/revoke 302",
        "/spec/nodeTemplate/login/userPassword",
        "7a2b4c6d8e0f41238a9bacbdcedfe0f1",
        "https://iam.eu-de.otc.t-systems.com/v3",
    ],
)
def test_what_is_no_secret_stays(text):
    assert redaction.redacted(text) == text


def test_the_portals_own_keys_are_hidden_wherever_they_stand(settings):
    assert settings.SECRET_KEY not in redaction.redacted(f"key {settings.SECRET_KEY}!")
    assert settings.CLOUD_TOKEN_KEYS[0] not in redaction.redacted(settings.CLOUD_TOKEN_KEYS[0])


@pytest.mark.parametrize("formatter", [LineFormatter, JsonLineFormatter])
def test_message_arguments_extras_and_tracebacks_are_all_looked_through(formatter):
    try:
        raise ValueError(f"token={SECRET}")
    except ValueError as exc:
        info = (type(exc), exc, exc.__traceback__)
    record = logging.makeLogRecord(
        {"msg": "password=%s", "args": (SECRET,), "exc_info": info, "sent": f"secret: {SECRET}"}
    )
    WithRequestId().filter(record)
    text = formatter().format(record)
    assert SECRET not in text
    if formatter is JsonLineFormatter:
        assert json.loads(text)["sent"] == f"secret: {redaction.HIDDEN}"
