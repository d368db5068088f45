"""The local cloud as a process of its own, and people who are signed in to it."""

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

pytest_plugins = ["tests.leaks"]
ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "tests" / "examples"
ANNA = {
    "user": "anna",
    "password": "anna-demo-1",
    "domain": "OTC-EU-DE-00000000001000012345",
    "project": "eu-de_sandbox",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_answering(url: str, process: subprocess.Popen) -> None:
    for _ in range(1200):  # a minute: machines can be busy
        if process.poll() is not None:
            raise RuntimeError(f"{url}: the process ended with {process.returncode}")
        try:
            requests.get(url, timeout=1)
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{url} does not answer")


def wait_until_open(port: int, process: subprocess.Popen) -> None:
    """Wait until a server takes connections."""
    for _ in range(1200):
        if process.poll() is not None:
            raise RuntimeError(f"port {port}: the process ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"port {port} does not open")


def end(process: subprocess.Popen) -> None:
    """End a server, which may wait in vain for a browser to hang up first."""
    process.terminate()
    try:
        process.wait(timeout=3)
    except subprocess.TimeoutExpired:
        process.kill()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let tests empty the database between them, which the audit trail's triggers would refuse."""
    from django.db import connection

    from webapp.audit import protection

    with django_db_blocker.unblock():
        protection.unprotect(connection)


@pytest.fixture(scope="session")
def cloud_url() -> Iterator[str]:
    """A local cloud, a thousand times as fast as the real one."""
    port = free_port()
    command = [sys.executable, "manage.py", "cloud", "--port", str(port), "--speed", "1000"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            wait_until_answering(f"{url}/v3", process)
            yield url
        finally:
            end(process)


@pytest.fixture(scope="session")
def collected_static(tmp_path_factory) -> Path:
    """The folder of all static files as production serves them, collected once for all workers of a run."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    collected = shared / "static"
    with (shared / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (collected / "staticfiles.json").exists():
            environment = {"PATH": os.environ["PATH"], "STATIC_ROOT": str(collected)}
            command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return collected


@pytest.fixture(autouse=True)
def the_region_of_the_settings(monkeypatch):
    """Let no region of a table count, and no test pay for looking."""
    monkeypatch.setattr("webapp.cloud.places._kept", (float("inf"), ()))


class LocalCloud:
    """The control endpoints of the local cloud."""

    def __init__(self, url: str) -> None:
        self.url = url

    def fault(self, **fault) -> None:
        requests.put(f"{self.url}/_faults", json=fault, timeout=5).raise_for_status()

    def no_faults(self) -> None:
        requests.delete(f"{self.url}/_faults", timeout=5).raise_for_status()

    def advance(self, seconds: float) -> None:
        requests.put(f"{self.url}/_clock", json={"advance": seconds}, timeout=5).raise_for_status()

    def log(self, method: str = "", ending: str = "") -> list[dict]:
        entries = requests.get(f"{self.url}/_log", timeout=5).json()
        return [one for one in entries if method in ("", one["method"]) and one["path"].endswith(ending)]


@pytest.fixture
def local_cloud(cloud_url, settings) -> Iterator[LocalCloud]:
    """The local cloud in its first state, left without faults; the portal in this process talks to it."""
    from django.core.cache import cache

    from webapp.cloud import breaker

    cache.clear()
    breaker.forget()
    settings.CLOUD_AUTH_URL = f"{cloud_url}/v3"
    settings.CLOUD_ALLOWED_HOSTS = ["127.0.0.1"]
    requests.put(f"{cloud_url}/_reset", timeout=5).raise_for_status()
    cloud = LocalCloud(cloud_url)
    yield cloud
    cloud.no_faults()


@pytest.fixture
def anna(local_cloud):
    """Anna's session with the cloud."""
    from webapp.cloud.iam import sign_in

    return sign_in(**ANNA)


@pytest.fixture
def anna_client(local_cloud, client, db):
    """A browser in which Anna is signed in by her cloud password."""
    answer = client.post("/sign-in", {"way": "cloud", **ANNA})
    assert answer.status_code == 302
    return client
