"""The console script and the two commands, as processes."""

import json
import os
import pkgutil
import subprocess
import sys
import tomllib

import pytest

from tests.conftest import ROOT
from tests.nodepool.test_rules import T, a_body
from tests.wizard import bodies
from webapp.nodepool import check
from webapp.nodepool.cli import main

CALLS = [[sys.executable, "-m", "webapp.nodepool.cli", "check"], [sys.executable, "manage.py", "check_body"]]


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
    file.write_text(json.dumps(a_body(**{"/metadata/uid": "u", f"{T}/publicIP": {"ids": ["eip"]}})))
    main(["convert", str(file), "--from", "json", "--to", "terraform"])
    assert capsys.readouterr().err.splitlines() == [
        "left out: /metadata/uid The cloud writes this itself.",
        f"left out: {T}/publicIP/ids/0 The provider has no argument for this, or does not take this value.",
    ]


CHECKED = {
    "as the Go SDK sends it": a_body(**{f"{T}/login/userPassword": {"username": "", "password": ""}}),
    "with a password": a_body(**{f"{T}/login": {"userPassword": {"username": "root", "password": "x"}}}),
    "as the cloud answers it": {**a_body(**{f"{T}/k8sTags": {"cce.cloud.com/x": "y"}}), "status": {"phase": ""}},
    "without its kind": {name: value for name, value in a_body().items() if name not in ("kind", "apiVersion")},
    "a list": [],
}


@pytest.mark.parametrize("body", CHECKED.values(), ids=CHECKED)
@pytest.mark.parametrize("name", [["--from", "json"], ["--from", "yaml"], []], ids=["json", "yaml", "found out"])
def test_a_body_is_checked_as_it_stands(tmp_path, capsys, name, body):
    file = tmp_path / "body"
    file.write_text(json.dumps(body))
    problems = [one.as_dict() for one in check(body, {"category": "standard"})]
    status = main(["check", str(file), *name, "--format", "json"])
    assert json.loads(capsys.readouterr().out)["problems"] == problems
    assert status == int(any(one["severity"] == "error" for one in problems))


@pytest.mark.parametrize("name", ["json", "yaml", "terraform", "ansible"])
@pytest.mark.parametrize(
    "data", [b"", b"\xff\x00\x01" * 50, b" " * 2_000_000, b"[" * 100_000], ids=["empty", "binary", "huge", "deep"]
)
def test_a_file_that_cannot_be_read_is_told_from_a_bad_body(tmp_path, capsys, name, data):
    file = tmp_path / "body"
    file.write_bytes(data)
    assert main(["check", str(file), "--from", name]) == 2
    assert main(["convert", str(file), "--from", name, "--to", "json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert all(line.startswith(f"{file}: ") and line.endswith(".") for line in said.err.splitlines())


def test_a_directory_and_a_missing_file_are_named(tmp_path, capsys):
    assert main(["check", str(tmp_path)]) == 2
    assert main(["check", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err == f"{tmp_path}: Is a directory\n{tmp_path}/none: No such file or directory\n"


def test_without_a_standard_input_that_is_said(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["check", "-"]) == 2
    assert capsys.readouterr().err == "-: there is no standard input\n"


def test_an_unknown_format_is_a_mistake_in_the_call(capsys):
    for call in (["check", "-", "--from", "xml"], ["convert", "--from", "curl", "--to", "json"], []):
        with pytest.raises(SystemExit) as ended:
            main(call)
        assert ended.value.code == 2
    assert "invalid choice: 'xml'" in capsys.readouterr().err


def test_no_key_of_a_body_commands_the_terminal(tmp_path, capsys):
    file = tmp_path / "body.json"
    file.write_text(json.dumps({**a_body(), "\x1b[31mred\ud800": 1}))
    main(["check", str(file)])
    main(["convert", str(file), "--from", "json", "--to", "terraform"])
    said = capsys.readouterr()
    assert r"/\x1b[31mred\ud800" in said.out
    assert r"/\x1b[31mred\ud800" in said.err
    assert "\x1b" not in said.out + said.err


def test_a_text_leaves_in_utf_8_whatever_the_locale(tmp_path):
    (tmp_path / "body.json").write_text(json.dumps(bodies.WIDE))
    command = [sys.executable, "-m", "webapp.nodepool.cli", "convert", "body.json", "--from", "json"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [*command, "--to", "terraform"], cwd=tmp_path, env=environment, capture_output=True, timeout=30
    )
    assert done.returncode == 0
    assert "echo 'größer'" in done.stdout.decode()


def test_the_script_that_is_installed_is_this_one():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert pkgutil.resolve_name(scripts["poolwright"]) is main


def test_django_and_the_database_stay_out_of_the_script():
    code = "import sys, webapp.nodepool.cli; print([name for name in sys.modules if name.startswith('django')])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stdout == "[]\n"
