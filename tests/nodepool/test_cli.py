"""The console script and the two commands, as processes."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.nodepool.test_rules import a_body
from webapp.nodepool.cli import main

CALLS = [[sys.executable, "-m", "webapp.nodepool.cli", "check"]]
CALLS += [[sys.executable, "manage.py", "check_body"]]


def run(command, text, *more):
    environment = {"PATH": "/usr/bin:/bin"}  # no secrets, no settings
    return subprocess.run(
        [*command, *more], input=text, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30
    )


@pytest.mark.parametrize("command", CALLS, ids=["poolwright check", "manage.py check_body"])
def test_the_exit_status_is_the_verdict(command):
    good = run(command, json.dumps(a_body()), "-", "--cluster-version", "v1.29")
    assert (good.returncode, good.stdout) == (0, "0 errors, 0 warnings\n")
    bad = run(command, json.dumps(a_body(**{"/metadata/name": "-"})), "-")
    assert bad.returncode == 1
    assert "error   /metadata/name: Use small letters" in bad.stdout
    unreadable = run(command, "{", "-")
    assert unreadable.returncode == 2
    assert "not JSON" in unreadable.stderr


def test_a_program_gets_json(tmp_path, capsys):
    file = tmp_path / "body.json"
    file.write_text(json.dumps(a_body(**{"/spec/type": "ElasticBMS"})))
    assert main(["check", str(file), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["valid"], found["problems"][0]["pointer"]) == (False, "/spec/type")
    assert main(["check", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err


def test_a_body_is_carried_from_one_format_to_another(tmp_path, capsys):
    file = tmp_path / "body.json"
    file.write_text(json.dumps(a_body()))
    assert main(["convert", str(file), "--from", "json", "--to", "terraform", "--cluster-id", "c-1"]) == 0
    (tmp_path / "pool.tf").write_text(capsys.readouterr().out)
    assert main(["convert", str(tmp_path / "pool.tf"), "--from", "terraform", "--to", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == a_body()


def test_what_is_lost_on_the_way_is_said(tmp_path, capsys):
    file = tmp_path / "body.json"
    file.write_text(json.dumps(a_body(**{"/spec/customSecurityGroups": ["sg"]})))
    main(["convert", str(file), "--from", "json", "--to", "terraform"])
    assert "left out: /spec/customSecurityGroups/0" in capsys.readouterr().err
