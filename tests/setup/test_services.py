"""`make services` and `make clean`: the script behind them with real services."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from tests.conftest import ROOT, free_port, wait_until_open


class Services:
    """PostgreSQL and Redis of a project in a folder that PostgreSQL's user cannot enter, if that is another one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "var"
        folder.chmod(0o700)

    def run(self, what: str, **ports: str) -> None:
        ports = ports or {"POSTGRES_PORT": str(free_port()), "REDIS_PORT": str(free_port())}
        environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(self.folder), **ports}
        command = ["sh", "deploy/services.sh", what]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stderr=subprocess.PIPE, text=True)

    def addresses(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in (self.folder / "services" / "env").read_text().split())

    def data(self) -> Path:
        with psycopg.connect(self.addresses()["DATABASE_URL"]) as connection:
            return Path(connection.execute("SHOW data_directory").fetchone()[0])

    def demand_answers(self) -> None:
        """Raise an error unless both take the password that a developer is told."""
        assert self.data()
        redis.Redis.from_url(self.addresses()["REDIS_URL"]).ping()


@pytest.fixture
def services(tmp_path):
    if "TEST_DATABASE_URL" not in os.environ:
        pytest.skip("Needs PostgreSQL and Redis: make test-services")
    services = Services(tmp_path)
    services.run("start")
    yield services
    services.run("remove")


def lose(services) -> None:
    """Remove what a project has, as somebody does who clones it anew at the same place."""
    os.kill(int((services.folder / "services" / "redis.pid").read_text()), signal.SIGKILL)
    shutil.rmtree(services.folder)


def test_services_of_an_earlier_clone_take_the_password_of_the_new_one(services):
    lose(services)
    services.run("start")
    services.demand_answers()


def test_data_of_an_earlier_clone_take_the_password_of_the_new_one(services):
    services.run("stop")
    shutil.rmtree(services.folder)
    services.run("start")
    services.demand_answers()


def test_services_that_run_at_other_ports_move(services):
    before = services.addresses()
    services.run("start")
    assert services.addresses().keys() == before.keys()
    assert not set(services.addresses().values()) & set(before.values())
    services.demand_answers()


def test_services_that_run_are_left_alone(services):
    address = services.addresses()["DATABASE_URL"]
    postgres, cache = (urlsplit(services.addresses()[f"{name}_URL"]).port for name in ("DATABASE", "REDIS"))
    with psycopg.connect(address) as connection:
        services.run("start", POSTGRES_PORT=str(postgres), REDIS_PORT=str(cache))
        assert connection.execute("SELECT 1").fetchone() == (1,)
    services.demand_answers()


def test_a_service_of_somebody_else_is_not_taken_for_ours(services, tmp_path):
    port = free_port()
    with subprocess.Popen(["redis-server", "--port", str(port), "--dir", tmp_path, "--save", ""]) as other:
        wait_until_open(port, other)
        with pytest.raises(subprocess.CalledProcessError) as caught:
            services.run("start", POSTGRES_PORT=str(free_port()), REDIS_PORT=str(port))
        other.terminate()
    assert f"Port {port} is in use by something else" in caught.value.stderr


def test_removing_ends_the_services_and_takes_their_data_along(services):
    data, address = services.data(), services.addresses()["REDIS_URL"]
    services.run("remove")
    assert not data.exists()
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(address).ping()


def test_make_clean_removes_them():
    said = subprocess.run(["make", "--dry-run", "clean"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.index("services.sh remove") < said.index("rm -rf")
