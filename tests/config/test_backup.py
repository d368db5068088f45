"""What docs/operations.md says about backup and restore, done on a real PostgreSQL."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.conftest import ROOT
from webapp.accounts.models import User
from webapp.wizard.models import Draft

COMMANDS = re.search(r"<!-- backup -->\n\n(.*?)\n\n<!--", (ROOT / "docs" / "operations.md").read_text(), re.S)


@pytest.fixture
def tools():
    """A PATH with the tools of the server's own version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found and not shutil.which("pg_dump"):
        pytest.skip("Needs pg_dump: make services")
    return ":".join([*map(str, found[-1:]), os.environ["PATH"]])


@pytest.mark.django_db(transaction=True)
def test_a_dump_restored_elsewhere_holds_all_and_serves(postgres_url, tools, tmp_path):
    anna = User.objects.create_user("anna")
    Draft.objects.create(owner=anna, body={"b": "\u0000", "a": 1})
    source = f"{postgres_url.rpartition('/')[0]}/{settings.DATABASES['default']['NAME']}"
    target = f"{source}_restored"
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{tools}", "HTTPS": "0", "REDIS_URL": ""}
    environment |= {"SOURCE_URL": source, "TARGET_URL": target, "DATABASE_URL": target, "FILE": str(tmp_path / "dump")}
    environment["DJANGO_SETTINGS_MODULE"] = "webapp.config.settings"
    count = "from webapp.wizard.models import Draft; print([list(one.body.items()) for one in Draft.objects.all()])"
    maintenance = f"{postgres_url.rpartition('/')[0]}/postgres"
    try:
        lines = [line.strip() for line in COMMANDS[1].splitlines()]
        for line in lines:
            subprocess.run(line, shell=True, check=True, cwd=ROOT, env=environment)  # noqa: S602
        said = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", count],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
    finally:
        drop = f'DROP DATABASE IF EXISTS "{target.rpartition("/")[2]}" WITH (FORCE)'
        subprocess.run(["psql", maintenance, "-qc", drop], env=environment, check=True)
    assert said.stdout.strip() == "[[('b', '\\x00'), ('a', 1)]]"
    assert connection.vendor == "postgresql"
