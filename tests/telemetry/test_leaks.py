"""The watch over the suite's own output sees what it is to see."""

import logging
import subprocess
import sys

from tests.conftest import ROOT
from tests.leaks import watch

LEAKY = """
import logging, sys
import pytest

def test_by_the_log(anna):
    logging.getLogger("x").info("sent %s", anna.token)

def test_by_an_extra(anna):
    logging.getLogger("x").warning("sent", extra={"sent": anna.token})

def test_by_stdout():
    print("anna-demo-1")

def test_by_an_api_token(db, capsys):
    from webapp.accounts.actions import make_api_token
    from webapp.accounts.models import User
    token = make_api_token(User.objects.create_user("robot"), "ci", 1)
    with capsys.disabled():
        logging.getLogger("x").error(token)

def test_without():
    print("nothing")
"""


def test_every_way_to_leak_a_secret_fails_the_test_that_did_it(tmp_path):
    (tmp_path / "test_leaky.py").write_text(LEAKY)
    options = ["-q", "-c", "pyproject.toml", "-p", "tests.conftest", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "5 passed, 4 errors" in done.stdout
    assert "Secrets stand in the output of" in done.stdout


def test_the_watch_knows_the_tokens_that_were_handed_out(anna):
    assert watch.leaks_in(f"x {anna.token} y") == [f"{anna.token[:6]}…"]
    assert watch in logging.getLogger().handlers
