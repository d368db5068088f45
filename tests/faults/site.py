"""A whole site of real processes: PostgreSQL, Redis, local cloud, web servers, worker, beat. Each can be killed."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import requests
from cryptography.fernet import Fernet

from tests.conftest import ANNA, ROOT, free_port, wait_until_answering
from tests.faults.rabbitmq import RabbitMQ
from tests.leaks import ENVIRONMENT, watch

WEBS = ("web-1", "web-2")
_LONG_S = 180
_CELERY = ("-m", "celery", "-A", "webapp.config.celery")
_WORKER = ("worker", "--pool", "threads", "--concurrency", "6", "--without-mingle", "--without-gossip")


@dataclass
class Site:
    """The processes and addresses of a site. `speed` is that of the local cloud, `more` are settings."""

    speed: float = 300.0
    more: dict[str, str] = field(default_factory=dict)
    processes: tuple[str, ...] = (*WEBS, "worker", "beat")
    has_rabbitmq: bool = False  # as the broker, in the place of Redis
    rabbitmq: RabbitMQ | None = None
    folder: Path = field(init=False)
    ports: dict[str, int] = field(init=False)
    running: dict[str, subprocess.Popen] = field(default_factory=dict)

    def __enter__(self) -> "Site":
        self.folder = Path(tempfile.mkdtemp(prefix="poolwright-site-"))
        names = ("postgres", "redis", "cloud", *WEBS)
        self.ports = dict(zip(names, _free_ports(len(names)), strict=True))
        self.traps.mkdir()
        try:
            self.start_services()
            if self.has_rabbitmq:
                self.rabbitmq = RabbitMQ(self.folder / "rabbitmq")
                self.rabbitmq.start()
            self.environment = self._environment()
            self._watch_for_secrets()
            self.manage("migrate", "--verbosity", "0")
            self.start("cloud")
            wait_until_answering(f"{self.cloud_url}/v3", self.running["cloud"])
            for name in self.processes:
                self.start(name)
            self._wait_for_web()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.running):
            self.kill(name)
        if self.rabbitmq:
            self.rabbitmq.kill()
        self._services("stop")
        data = Path(self._data())
        shutil.rmtree(self.folder, ignore_errors=True)
        if data.name.startswith("poolwright-"):
            shutil.rmtree(data, ignore_errors=True)

    @property
    def traps(self) -> Path:
        """Where it is said at which step a process dies (dying.py)."""
        return self.folder / "traps"

    @property
    def cloud_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['cloud']}"

    def web_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    # Services

    def start_services(self) -> None:
        """Start what is not running of PostgreSQL and Redis."""
        self._services("start")
        for name in ("postgres", "redis"):
            socket.create_connection(("127.0.0.1", self.ports[name]), timeout=5).close()

    def kill_redis(self) -> None:
        pid = int((self.folder / "services" / "redis.pid").read_text())
        assert Path(f"/proc/{pid}/comm").read_text() == "redis-server\n"  # and no other, whose number it is by now
        os.kill(pid, signal.SIGKILL)
        line = Path(f"/proc/{pid}/cmdline")
        self.wait_for(lambda: not line.exists() or not line.read_text())

    def kill_postgres(self) -> None:
        """End PostgreSQL as a crash would: it recovers at its next start."""
        os.kill(int(Path(self._data(), "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        self.wait_for(lambda: not Path(self._data(), "postmaster.pid").exists())

    def rows(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(statement).fetchall()

    def state(self, reference: str) -> str:
        """Return the state of a request."""
        return self.rows(f"SELECT state FROM approvals_poolrequest WHERE id = {int(reference[3:]) - 1000}")[0][0]

    def wait_for_state(self, reference: str, state: str) -> None:
        self.wait_for(lambda: self.state(reference) == state)

    def _data(self) -> str:
        """Where PostgreSQL has its files (see deploy/services.sh)."""
        inside = self.folder / "services" / "postgres"
        if inside.exists():
            return str(inside)
        summed = subprocess.run(
            ["cksum"], input=f"{self.folder}/services\n", capture_output=True, text=True, check=True
        )
        return f"/var/lib/postgresql/poolwright-{summed.stdout.split()[0]}"

    def _services(self, what: str) -> None:
        ports = {"POSTGRES_PORT": str(self.ports["postgres"]), "REDIS_PORT": str(self.ports["redis"])}
        environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(self.folder), **ports}
        with (self.folder / "services.log").open("a") as log:
            subprocess.run(
                ["sh", "deploy/services.sh", what], cwd=ROOT, env=environment, stdout=log, stderr=log, check=True
            )

    # Processes of the portal

    def _environment(self) -> dict[str, str]:
        addresses = (self.folder / "services" / "env").read_text().split()
        return {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "SECRET_KEY": "only-for-this-site-" * 3,
            "CLOUD_TOKEN_KEYS": Fernet.generate_key().decode(),
            "HTTPS": "0",
            "VAR_DIR": str(self.folder),
            "CLOUD_AUTH_URL": f"{self.cloud_url}/v3",
            "CLOUD_ALLOWED_HOSTS": "127.0.0.1",
            "CLOUD_TIMEOUT_S": "2",
            "POLL_INTERVAL_S": "1",
            "SETTLE_WITHIN_S": "10",
            "API_RATE": "100000/min",
            "DATABASE_POOL_SIZE": "16",
            "LOG_LEVEL": "WARNING",
            "PYTHONWARNINGS": "ignore",
            **dict(one.split("=", 1) for one in addresses),
            **({"BROKER_URL": self.rabbitmq.url} if self.rabbitmq else {}),
            **self.more,
        }

    def _command(self, name: str) -> tuple[str, ...]:
        if name in WEBS:
            server = ("-m", "granian", "--interface", "wsgi", "webapp.config.wsgi:application", "--no-log")
            return (*server, "--port", str(self.ports[name]), "--blocking-threads", "8")
        if name == "cloud":
            return ("manage.py", "cloud", "--port", str(self.ports["cloud"]), "--speed", str(self.speed))
        if name == "worker":
            return (*_CELERY, *_WORKER, "--loglevel", "WARNING")
        return (*_CELERY, "beat", "--schedule", str(self.folder / "beat"), "--loglevel", "WARNING", "--pidfile=")

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("a") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *self._command(name)],
                cwd=ROOT,
                env={**self.environment, "SITE_ROLE": role_of(name), "SITE_TRAPS": str(self.traps)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """End a process and its children as kill -9 does."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _wait_for_web(self) -> None:
        for name in WEBS:
            wait_until_answering(f"{self.web_url(name)}/healthz", self.running[name])

    def manage(self, *arguments: str) -> str:
        return self.python("manage.py", *arguments)

    def python(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def make_people(self) -> dict[str, str]:
        """Return the API tokens of those who ask and approve."""
        project = self.sign_in()[1]
        tokens = json.loads(self.python("-m", "tests.faults.people", project).splitlines()[-1])
        watch.know((*tokens.values(), *(f"{name}-pw-1" for name in tokens)))
        return tokens

    # The local cloud

    def sign_in(self) -> tuple[str, str]:
        """Return a token of the local cloud, and the id of its project."""
        person = {"name": ANNA["user"], "password": ANNA["password"], "domain": {"name": ANNA["domain"]}}
        scope = {"project": {"name": ANNA["project"], "domain": {"name": ANNA["domain"]}}}
        identity = {"methods": ["password"], "password": {"user": person}}
        body = {"auth": {"identity": identity, "scope": scope}}
        answer = requests.post(f"{self.cloud_url}/v3/auth/tokens", json=body, timeout=60)
        watch.know([answer.headers["X-Subject-Token"]])
        return answer.headers["X-Subject-Token"], answer.json()["token"]["project"]["id"]

    def at_the_cloud(self, path: str) -> list[dict]:
        """Return the items of a list of CCE."""
        token, project = self.sign_in()
        url = f"{self.cloud_url}/api/v3/projects/{project}/{path}"
        return requests.get(url, headers={"X-Auth-Token": token}, timeout=60).json()["items"]

    def set_faults(self, listed: list[dict]) -> None:
        requests.put(f"{self.cloud_url}/_faults", json=listed, timeout=60).raise_for_status()

    def faults(self) -> list[dict]:
        return requests.get(f"{self.cloud_url}/_faults", timeout=60).json()

    def counts(self) -> dict[str, dict[str, int]]:
        return requests.get(f"{self.cloud_url}/_counts", timeout=60).json()

    # What it writes

    def _watch_for_secrets(self) -> None:
        addresses = (one for one in self.environment.values() if "://" in one)
        watch.know((*map(self.environment.get, ENVIRONMENT), *(urlsplit(one).password or "" for one in addresses)))

    def leaks(self) -> list[str]:
        """Return the beginnings of the secrets that stand in a log of any process."""
        return watch.leaks_in("\n".join(one.read_text(errors="replace") for one in self.folder.rglob("*.log")))

    def logs(self) -> str:
        """Return the end of each log, for when something went wrong."""
        files = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {one.name}\n{one.read_text(errors='replace')[-3000:]}" for one in files)

    def wait_for(self, is_so) -> None:
        deadline = time.monotonic() + _LONG_S
        while not is_so():
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.1)


def role_of(name: str) -> str:
    """Return what a process is: web servers do the same."""
    return "web" if name in WEBS else name


def _free_ports(count: int) -> list[int]:
    found = set()
    while len(found) < count:
        found.add(free_port())
    return sorted(found)
