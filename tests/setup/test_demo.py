"""`make run` after its preparations: the demo's script with real processes."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet

from tests.conftest import ROOT, free_port, wait_until_answering


@pytest.fixture
def demo(tmp_path, collected_static):
    """Give a function that starts the demo on two ports, and end what it started."""
    (tmp_path / "secret.key").write_text("s" * 60)
    (tmp_path / "token.key").write_bytes(Fernet.generate_key())
    paths = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    started = []

    def start(port: int, cloud_port: int) -> subprocess.Popen:
        env = {"PATH": paths, "VAR_DIR": str(tmp_path), "PORT": str(port), "CLOUD_PORT": str(cloud_port)}
        env["STATIC_ROOT"] = str(collected_static)
        process = subprocess.Popen(
            ["sh", "deploy/demo.sh"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=20)


def test_the_demo_answers_at_its_ports_and_ends_with_both(demo):
    port, cloud_port = free_port(), free_port()
    process = demo(port, cloud_port)
    wait_until_answering(f"http://127.0.0.1:{cloud_port}/v3", process)
    wait_until_answering(f"http://127.0.0.1:{port}/sign-in", process)
    assert "Sign in" in requests.get(f"http://127.0.0.1:{port}/sign-in", timeout=5).text
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=20)[0]
    assert f"http://127.0.0.1:{port}" in said
    assert "auditor / auditor-demo-1" in said
    for one in (port, cloud_port):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", one)) != 0


def test_a_port_in_use_is_named_before_anything_starts(demo):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = demo(port, free_port())
        said, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"Port {port} is in use" in said


def test_files_are_collected_anew_only_when_one_has_changed(tmp_path):
    manifest, calls = tmp_path / "static" / "staticfiles.json", tmp_path / "calls"
    python = tmp_path / "bin" / "python"  # collecting itself is proven by `collected_static`, and takes seconds
    for one in (manifest, python):
        one.parent.mkdir()
    python.write_text(f'#!/bin/sh\necho "$@" >> {calls}\ntouch {manifest}\n')
    python.chmod(0o755)

    def calls_after_another() -> list[str]:
        env = {"PATH": f"{python.parent}:{os.environ['PATH']}", "VAR_DIR": str(tmp_path)}
        subprocess.run(["sh", "deploy/collect.sh"], cwd=ROOT, env=env, check=True)
        return calls.read_text().splitlines()

    assert calls_after_another() == ["manage.py collectstatic --noinput --verbosity 0"]
    assert len(calls_after_another()) == 1
    os.utime(manifest, (0, 0))  # as if every file were newer
    assert len(calls_after_another()) == 2
