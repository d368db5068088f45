"""The watch over the suite's own output sees what it is to see."""

import logging
import os
import subprocess
import sys

from tests.conftest import ROOT
from tests.faults.site import Site
from tests.leaks import watch

LEAKY = """
import logging
from dataclasses import replace
import pytest
from tests.approvals.building import a_session

@pytest.fixture
def token():
    return replace(a_session(), token="a-token-of-the-cloud").token

def test_by_the_log(token):
    logging.getLogger("x").info("sent %s", token)

def test_by_an_extra(token):
    logging.getLogger("x").warning("sent", extra={"sent": token})

def test_by_stdout():
    print("anna-demo-1")

def test_by_an_api_token(db, capsys):
    from webapp.accounts.actions import make_api_token
    from webapp.accounts.models import User
    token = make_api_token(User.objects.create_user("robot"), "ci", 1)
    with capsys.disabled():
        logging.getLogger("x").error(token)

def test_by_a_persons_password(db):
    from tests.people import a_person
    a_person("carol")
    print("carol-pw-1")

def test_by_what_was_sealed():
    from webapp.accounts.sealing import seal
    seal("a-word-of-a-webhook")
    print("a-word-of-a-webhook")

def test_by_the_cookie_of_a_session(db, client):
    client.force_login(get_user("dora"))
    print(client.cookies["sessionid"].value)

def test_by_a_setting(settings):
    settings.METRICS_TOKEN = "for-prometheus-alone"
    print("for-prometheus-alone")

def test_by_a_password_of_nodes(db):
    from webapp.wizard.models import Draft
    login = {"userPassword": {"username": "root", "password": "JDYkYWJjZGVm"}}
    Draft.objects.create(owner=get_user("emil"), body={"spec": {"nodeTemplate": {"login": login}}})
    print("JDYkYWJjZGVm")

def test_by_the_address_of_a_service():
    print("a-word-of-a-redis")

def get_user(name):
    from webapp.accounts.models import User
    return User.objects.create_user(name)

def test_without():
    print("nothing")
"""


def test_every_way_to_leak_a_secret_fails_the_test_that_did_it(tmp_path):
    (tmp_path / "test_leaky.py").write_text(LEAKY)
    options = ["-q", "-c", "pyproject.toml", "-p", "tests.conftest", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    environment = {**os.environ, "TEST_REDIS_URL": "redis://:a-word-of-a-redis@127.0.0.1:1/0"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert "11 passed, 10 errors" in done.stdout
    assert "Secrets stand in the output of" in done.stdout


def test_the_watch_knows_the_tokens_that_were_handed_out(anna):
    assert watch.leaks_in(f"x {anna.token} y") == [f"{anna.token[:6]}…"]
    assert watch in logging.getLogger().handlers


def test_the_logs_of_a_site_of_processes_are_looked_through(tmp_path):
    site = Site()
    site.folder = tmp_path
    (tmp_path / "services").mkdir()
    for name in ("web-1.log", "services/redis.log"):
        assert site.leaks() == []
        (tmp_path / name).write_text("signed in with anna-demo-1")
        assert site.leaks() == ["anna-d…"]
        (tmp_path / name).unlink()
