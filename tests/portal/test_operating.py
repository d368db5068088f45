"""Health, readiness, and what is shown while the database is away."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from cryptography.fernet import Fernet
from django.db import OperationalError, connection

from tests.conftest import ROOT, free_port, wait_until_answering
from webapp.portal import operating

NEEDING = ("/readyz", "/api/v1/drafts", "/metrics")


def test_the_process_lives_without_a_database(client):
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_it_is_ready_when_the_database_answers_and_has_its_tables(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"], answer.json()["migrations"]) == (200, "ok", "ok")


@pytest.mark.django_db
def test_it_is_not_ready_while_a_migration_is_missing(client, monkeypatch):
    operating._complete.clear()
    connection.cursor().execute("DELETE FROM django_migrations WHERE app = 'wizard'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "not applied")


@pytest.mark.django_db
def test_the_operators_addresses_need_no_known_host(client):
    assert client.get("/readyz", headers={"Host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/sign-in", headers={"Host": "10.1.2.3:8000"}).status_code == 400


@pytest.fixture
def portal_without_database():
    """The production server, with the address of a PostgreSQL and a Redis that are not there."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "only-for-this-test-" * 3,
        "CLOUD_TOKEN_KEYS": Fernet.generate_key().decode(),
        "HTTPS": "0",
        "DATABASE_URL": f"postgresql://nobody:n0body@127.0.0.1:{free_port()}/none",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "STATIC_ROOT": str(ROOT / "static"),
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "webapp.config.wsgi:application", "--no-log"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "4"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        url = f"http://127.0.0.1:{port}"
        wait_until_answering(f"{url}/healthz", process)
        yield url, process
        process.terminate()


def test_without_its_database_the_portal_lives_says_so_and_is_not_ready(portal_without_database, tmp_path):
    url, process = portal_without_database
    token = {"Authorization": "Token pw_" + "ab" * 32}
    with ThreadPoolExecutor() as callers:  # each of them waits for the database as long as a person may
        asked = [callers.submit(requests.get, f"{url}{path}", headers=token, timeout=60) for path in NEEDING]
    ready, page, told = [one.result() for one in asked]
    assert (ready.status_code, ready.json()["database"], ready.json()["cache"]) == (503, *["does not answer"] * 2)
    assert (page.status_code, page.headers["Content-Type"]) == (503, "application/problem+json")
    assert told.status_code == 200
    process.terminate()
    said = process.communicate(timeout=60)[1]
    assert "n0body" not in said
    # By its own word, not by the clock: on a busy machine everything else takes longer, too.
    assert re.findall(r"PoolTimeout: couldn't get a connection after (\S+) sec", said) == ["5.00"]


@pytest.mark.parametrize(("error", "status"), [(OperationalError("gone"), 503), (ValueError("bug"), 500)])
@pytest.mark.django_db
def test_a_page_that_breaks_says_whether_the_database_is_away(client, monkeypatch, error, status):
    client.raise_request_exception = False

    def breaks(*_, **__):
        raise error

    monkeypatch.setattr("webapp.portal.views.render", breaks)
    answer = client.get("/sign-in")
    words = "cannot reach its database" if status == 503 else "Something broke on our side"
    assert answer.status_code == status
    assert words in answer.content.decode()
