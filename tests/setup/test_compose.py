"""What of the composition can be proven without an engine."""

import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
import redis
import yaml

from tests.conftest import ROOT, free_port, wait_until_open

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = ("web", "worker", "beat", "migrate", "cloud", "demo-people")


@pytest.mark.parametrize("name", OURS)
def test_no_container_of_compose_is_root_or_can_write_to_its_image(name):
    service = COMPOSE["services"][name]
    assert (service["read_only"], service["user"], service["cap_drop"]) == (True, "10001", ["ALL"])
    assert "no-new-privileges:true" in service["security_opt"]


def test_compose_holds_no_secret_and_names_every_file_that_does():
    text = (ROOT / "compose.yaml").read_text()
    assert not re.search(r"(?:PASSWORD|SECRET_KEY|TOKEN_KEYS): (?!/run)", text)
    made = files_of_make_secrets()
    assert {Path(one["file"]).name for one in COMPOSE["secrets"].values()} == made


def files_of_make_secrets():
    """The files that `make secrets` makes."""
    rule = re.search(r"^SECRETS := (.*)$", (ROOT / "Makefile").read_text(), re.M)[1]
    return set(rule.split())


def test_every_service_of_compose_is_watched_or_ends():
    for name, service in COMPOSE["services"].items():
        assert "healthcheck" in service or service["restart"] == "no", name


@pytest.mark.parametrize("name", ["web", "worker"])
def test_work_in_hand_may_end_within_the_time_that_the_chart_gives_it(name):
    chart = (ROOT / "deploy" / "helm" / "poolwright" / "templates" / f"{name}.yaml").read_text()
    given = re.search(r"terminationGracePeriodSeconds: (\d+)", chart)[1]
    assert COMPOSE["services"][name]["stop_grace_period"] == f"{given}s"


def test_redis_of_compose_takes_the_signal_that_stops_its_container(tmp_path):
    if not shutil.which("redis-server"):
        pytest.skip("Needs Redis: make services")
    port, password = free_port(), tmp_path / "password"
    password.write_text("only-for-this-test\n")
    shell, option, script = COMPOSE["services"]["redis"]["command"]
    there = {"$$": "$", "/run/secrets/redis_password": str(password), "dir /data": f"dir {tmp_path}\nport {port}"}
    for inside, here in there.items():
        script = script.replace(inside, here)
    process = subprocess.Popen([shell, option, script], cwd=tmp_path, process_group=0)
    try:
        wait_until_open(port, process)
        redis.Redis(port=port, password=password.read_text().strip()).ping()
        process.terminate()
        assert process.wait(timeout=20) == 0
        with pytest.raises(ProcessLookupError):  # nobody is left behind
            os.killpg(process.pid, 0)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
