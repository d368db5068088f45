"""Single sign-on as the environment configures it: a wrong value stops the start with a sentence."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

SHOW = "from webapp.config import settings; print(settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"
WELL = {"OIDC_ENABLED": "1", "OIDC_ISSUER": "https://login.example.com/realm", "OIDC_CLIENT_ID": "poolwright"}


def started(**wishes) -> subprocess.CompletedProcess:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OIDC_")}
    env = {**kept, **wishes}
    return subprocess.run([sys.executable, "-c", SHOW], cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_the_browser_may_go_from_a_form_to_the_issuer_and_nowhere_else(tmp_path):
    (tmp_path / "secret").write_text("of the client\n")
    said = started(**WELL, OIDC_CLIENT_SECRET_FILE=str(tmp_path / "secret"))
    assert said.stdout.strip() == """["'self'", 'https://login.example.com']"""


def test_without_single_sign_on_it_may_go_nowhere():
    assert started().stdout.strip() == """["'self'"]"""


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({"OIDC_ISSUER": "http://login.example.com"}, "OIDC_ISSUER must be an address that starts with https://"),
        ({"OIDC_ISSUER": ""}, "Set OIDC_ISSUER."),
        ({"OIDC_CLIENT_ID": ""}, "Set OIDC_CLIENT_ID."),
        ({}, "Set OIDC_CLIENT_SECRET, or OIDC_CLIENT_SECRET_FILE"),
    ],
)
def test_a_value_that_is_wrong_or_missing_stops_the_start(wishes, sentence):
    said = started(**{**WELL, **wishes})
    assert said.returncode != 0
    assert sentence in said.stderr
