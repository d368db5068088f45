"""Run the local cloud."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from webapp.simulator.cloud import Cloud
from webapp.simulator.server import served


class Command(BaseCommand):
    """Serve the local cloud until it is told to stop."""

    help = "Run the local cloud (docs/local-cloud.md)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take address, speed and the life of tokens."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8900)
        parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds in a real one")
        parser.add_argument("--token-life", type=float, default=86400, help="seconds until a token expires")

    def handle(self, *_: Any, **options: Any) -> None:
        """Serve."""
        server = served(Cloud(options["speed"], options["token_life"]), options["host"], options["port"])
        signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        self.stdout.write(
            f"The local cloud listens on http://{options['host']}:{server.port} at speed {options['speed']:g}."
        )
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.server_close()
