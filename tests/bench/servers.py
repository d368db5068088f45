"""The processes that are measured: the local cloud, the portal and its peers, each under its production server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from cryptography.fernet import Fernet

from tests.conftest import ROOT, end, free_port, wait_until_answering

WORKERS, THREADS = 2, 8  # as in deploy/Procfile
# The peers have the portal's database settings, but close its connections as a new project of Django does.
CONNECTIONS = {"CONN_MAX_AGE": None if os.environ.get("BENCH_KEPT") == "1" else 0}
MIDDLEWARE = (  # of the bare peers
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
)


@dataclass(frozen=True)
class Server:
    """A running server; what its processes use is asked of the system."""

    url: str
    process: subprocess.Popen

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def cpu_s(self) -> float:
        """Return the processor time of all its processes so far."""
        return sum(sum(one.cpu_times()[:2]) for one in self._all())

    def rss_mib(self) -> list[float]:
        """Return the resident memory of each worker."""
        return [round(one.memory_info().rss / 2**20, 1) for one in self._workers()]

    def _workers(self) -> list[psutil.Process]:
        """Return the children that serve; the helper that tracks shared resources is none."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [one for one in found if "resource_tracker" not in " ".join(one.cmdline())]

    def _all(self) -> list[psutil.Process]:
        return [psutil.Process(self.process.pid), *self._workers()]


@contextmanager
def cloud(folder: Path) -> Iterator[Server]:
    """Run the local cloud, as slow as the real one: a new pool goes on moving while it is watched."""
    port = free_port()
    command = [sys.executable, "manage.py", "cloud", "--port", str(port), "--speed", "1"]
    with _running(command, port, "/v3", _environment(folder)) as server:
        yield server


@contextmanager
def portal(folder: Path, cloud_url: str) -> Iterator[Server]:
    """Run the portal as in production, with a database of its own; it asks a pool's state of the cloud every minute."""
    environment = portal_environment(folder, cloud_url)
    prepare(environment)
    with _granian("webapp.config.wsgi:application", environment) as server:
        yield server


def prepare(environment: dict[str, str]) -> None:
    """Make the portal's tables, its people and its static files."""
    for command in (["migrate"], ["seed_demo"], ["collectstatic", "--noinput"]):
        manage = [sys.executable, "manage.py", *command, "--verbosity", "0"]
        subprocess.run(manage, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def peer(name: str, folder: Path, cloud_url: str = "") -> Iterator[Server]:
    """Run one of the sites that the portal is compared with, under the same server."""
    environment = _environment(folder) | {"CLOUD_AUTH_URL": f"{cloud_url}/v3", "CLOUD_ALLOWED_HOSTS": "127.0.0.1"}
    del environment["DJANGO_SETTINGS_MODULE"]
    subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], cwd=ROOT, env=environment, check=True)
    with _granian(f"tests.bench.{name}:application", environment) as server:
        yield server


def portal_environment(folder: Path, cloud_url: str) -> dict[str, str]:
    """Return the portal's environment."""
    return _environment(folder) | {
        "SECRET_KEY": "only-for-this-bench-" * 3,
        "CLOUD_TOKEN_KEYS": Fernet.generate_key().decode(),
        "HTTPS": "0",
        "DEMO": "1",
        "CLOUD_AUTH_URL": f"{cloud_url}/v3",
        "CLOUD_ALLOWED_HOSTS": "127.0.0.1",
        "POLL_INTERVAL_S": "60",
        "LOG_LEVEL": "WARNING",
    }


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "webapp.config.settings", "VAR_DIR": str(folder)}


@contextmanager
def _granian(application: str, environment: dict[str, str]) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", application, "--no-log", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(WORKERS), "--blocking-threads", str(THREADS)]
    with _running(command, port, "/healthz", environment) as server:
        yield server


@contextmanager
def _running(command: list[str], port: int, path: str, environment: dict[str, str]) -> Iterator[Server]:
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        server = Server(f"http://127.0.0.1:{port}", process)
        try:
            wait_until_answering(server.url + path, process)
            yield server
        finally:
            end(process)
