"""schemathesis asks the API whatever its schema allows, and more: no crash, nothing undocumented."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from webapp.accounts.actions import make_api_token
from webapp.accounts.models import User

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance"
CHECKS += ",response_schema_conformance,negative_data_rejection,ignored_auth,unsupported_method"


# What the schema's own edges ask for takes a minute: once, in the run beside the services, is enough.
PHASES = "coverage,fuzzing" if os.environ.get("REQUIRE_SERVICES") == "1" else "fuzzing"


@pytest.mark.django_db(transaction=True)
def test_whatever_is_asked_the_answer_is_documented(live_server, local_cloud, tmp_path):
    token = make_api_token(User.objects.create_user("prober"), "prober", 1)
    # A precondition that fails is a refusal too.
    statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 429]
    (tmp_path / "schemathesis.toml").write_text(f"[checks.negative_data_rejection]\nexpected-statuses = {statuses}\n")
    command = [Path(sys.executable).parent / "st", "run", f"{live_server.url}/api/v1/schema/", "--no-color"]
    command += [
        "--checks",
        CHECKS,
        "--max-examples",
        "8",
        "--seed",
        "1",
        "--phases",
        PHASES,
        "-H",
        f"Authorization: Token {token}",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout[-6000:].replace(token, "TOKEN")
