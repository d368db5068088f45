"""What docs/operations.md says about backup and restore, done on a real PostgreSQL, and on SQLite."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.conftest import ROOT
from webapp.accounts.models import User
from webapp.audit.trail import note
from webapp.wizard.models import Draft

DOCS = (ROOT / "docs" / "operations.md").read_text()
VERIFIED = "2 lines hang together"


@pytest.fixture
def tools():
    """A PATH with the tools of the server's own version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found and not shutil.which("pg_dump"):
        pytest.skip("Needs pg_dump: make services")
    return ":".join([*map(str, found[-1:]), os.environ["PATH"]])


@pytest.fixture
def kept(transactional_db):
    """A draft whose keys and characters a database may not touch, and a trail."""
    Draft.objects.create(owner=User.objects.create_user("anna"), body={"b": "\u0000", "a": 1})
    for name in ("first", "second"):
        note("thing.done", about=name)


def run(command, path=os.environ["PATH"], **environment):
    """Run a command line as an operator does; return what it says."""
    known = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{path}", "HTTPS": "0", "REDIS_URL": ""}
    known["DJANGO_SETTINGS_MODULE"] = "webapp.config.settings"
    done = subprocess.run(  # noqa: S602
        command, shell=True, check=True, cwd=ROOT, env=known | environment, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def do(title, *path, **environment):
    """Run the lines that the page shows under a title; return what the last one says."""
    block = re.search(rf"<!-- {title} -->\n\n(.*?)\n\n<!-- end", DOCS, re.S)[1]
    return [run(line.strip(), *path, **environment) for line in block.splitlines()][-1]


def test_a_dump_restored_elsewhere_holds_all_and_serves(postgres_url, tools, kept, tmp_path):
    server = postgres_url.rpartition("/")[0]
    source = f"{server}/{settings.DATABASES['default']['NAME']}"
    target = f"{source}_restored"
    bodies = "from webapp.wizard.models import Draft; print([list(one.body.items()) for one in Draft.objects.all()])"
    try:
        verified = do("backup", tools, SOURCE_URL=source, TARGET_URL=target, FILE=str(tmp_path / "dump"))
        said = run(f'python manage.py shell -v0 -c "{bodies}"', DATABASE_URL=target)
    finally:
        drop = f'DROP DATABASE IF EXISTS "{target.rpartition("/")[2]}" WITH (FORCE)'
        run(f"psql $SERVER/postgres -qc '{drop}'", tools, SERVER=server)
    assert said.strip() == "[[('b', '\\x00'), ('a', 1)]]"
    assert verified.startswith(VERIFIED)
    assert connection.vendor == "postgresql"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the tests run on PostgreSQL")
def test_a_copy_of_sqlite_put_in_the_place_of_what_was_killed_holds_all(kept, tmp_path):
    target = tmp_path / "poolwright.sqlite3"
    leave_unfinished(target)
    files = {"SOURCE": str(settings.DATABASES["default"]["NAME"]), "TARGET": str(target)}
    verified = do("backup of SQLite", VAR_DIR=str(tmp_path), FILE=str(tmp_path / "copy"), **files)
    assert verified.startswith(VERIFIED)
    with closing(sqlite3.connect(target)) as restored:
        assert restored.execute("SELECT body FROM wizard_draft").fetchall() == [('{"b": "\\u0000", "a": 1}',)]


def leave_unfinished(target):
    """Leave a database as a portal does that was killed: what it wrote last lies in a file beside it."""
    work = target.with_name("killed")
    with closing(sqlite3.connect(work)) as killed:
        killed.execute("PRAGMA journal_mode=WAL")
        killed.execute("CREATE TABLE wizard_draft (body TEXT)")
        for ending in ("", "-wal", "-shm"):
            shutil.copy(f"{work}{ending}", f"{target}{ending}")
