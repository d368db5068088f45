"""RabbitMQ on loopback, with its files in a folder: a broker that can be killed and started again."""

import os
import secrets
import signal
import subprocess
from pathlib import Path

from tests.conftest import free_port, wait_until_open

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # Debian's; the one on the PATH insists on a user of its own


class RabbitMQ:
    """A server of RabbitMQ, and the server of names that Erlang needs beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self._names_port = folder, free_port(), free_port()
        self._password = secrets.token_hex(16)
        self._running: list[subprocess.Popen] = []
        folder.mkdir()
        said = f"listeners.tcp.1 = 127.0.0.1:{self.port}", "default_user = poolwright"
        (folder / "rabbitmq.conf").write_text("\n".join((*said, f"default_pass = {self._password}\n")))

    @property
    def url(self) -> str:
        return f"amqp://poolwright:{self._password}@127.0.0.1:{self.port}//"

    def start(self) -> None:
        self._run("epmd", "-port", str(self._names_port), "-address", "127.0.0.1")
        self._run(str(SERVER))
        wait_until_open(self.port, self._running[-1])

    def kill(self) -> None:
        """End it as kill -9 does."""
        while self._running:
            process = self._running.pop()
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _run(self, *command: str) -> None:
        with (self.folder.parent / "rabbitmq.log").open("a") as log:
            self._running.append(
                subprocess.Popen(command, env=self._environment(), stdout=log, stderr=log, start_new_session=True)
            )

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self._names_port),
            "RABBITMQ_NODENAME": f"poolwright-{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
