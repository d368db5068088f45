"""Where a walk's processor time goes: `python -m tests.bench.inside [walks]`; `--statements` and `--profile` say more.

The portal runs in this one process, behind the door of its WSGI server and without that server; its statements are
counted in all threads. Only processor time is measured, so that a busy machine matters little.
"""

import argparse
import cProfile
import io
import os
import pstats
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import requests

from tests.bench import servers, walking
from tests.bench.browsing import Answer, Browser

_WARM_UP = 5


class Inside(Browser):
    """A browser that calls the application of its own process."""

    def prepare(self, application: Any, statements: list[str]) -> "Inside":
        """Keep the application, and where its statements are noted."""
        self.application, self.statements = application, statements
        self.counts: dict[str, list[int]] = defaultdict(list)
        self.said: dict[str, list[str]] = {}
        self.profile: cProfile.Profile | None = None
        return self

    def _timed(self, name: str, method: str, path: str, body: str | None) -> Answer:
        self.statements.clear()
        started = time.process_time()
        if self.profile:
            self.profile.enable()
        answer = self._ask(method, path, body)
        if name == "submit, post":
            _rest()
        if self.profile:
            self.profile.disable()
        if name:
            self.times[name].append(time.process_time() - started)
            self.counts[name].append(len(self.statements))
            self.said[name] = list(self.statements)
            self.sizes[name] = answer.size
        return answer

    def _raw(self, method: str, path: str, body: str | None) -> tuple[int, Any, bytes]:
        where, _, query = path.partition("?")
        data = (body or "").encode()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": where,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_COOKIE": self.cookie_header(),
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body is not None else "",
            "CONTENT_LENGTH": str(len(data)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(data),
            "wsgi.errors": sys.stderr,
        }
        said: list[Any] = []
        answer = self.application(environ, lambda status, headers, *_: said.extend((status, headers)))
        try:
            raw = b"".join(answer)
        finally:
            answer.close()
        return int(said[0][:3]), said[1], raw


def main() -> None:
    """Walk, and print what each step took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("walks", type=int, nargs="?", default=30)
    parser.add_argument("--statements", default="", metavar="STEP", help="print the statements of a step")
    parser.add_argument("--profile", action="store_true", help="print where the time goes, by function")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="poolwright-bench-") as folder, servers.cloud(Path(folder)) as cloud:
        os.environ.update(servers.portal_environment(Path(folder), cloud.url))
        servers.prepare(dict(os.environ))
        browser = _walked(said.walks, cloud.url, is_profiled=said.profile)
    _print(browser)
    for line in browser.said.get(said.statements, ()):
        print("-", line)  # noqa: T201 - a program
    if browser.profile:
        pstats.Stats(browser.profile).sort_stats("tottime").print_stats(80)


def _walked(walks: int, cloud_url: str, *, is_profiled: bool) -> Inside:
    from webapp.config.wsgi import application

    browser, script = Inside(1).prepare(application, _noted_statements()), walking.Script()
    walking.sign_in(browser)
    for number in range(_WARM_UP + walks):
        if number == _WARM_UP:
            browser.times.clear()
            browser.counts.clear()
            browser.profile = cProfile.Profile() if is_profiled else None
        if number % 25 == 0:  # its quotas are not endless
            requests.put(f"{cloud_url}/_reset", timeout=10).raise_for_status()
        walking.walk(browser, script)
    return browser


def _noted_statements() -> list[str]:
    """Return a list in which every statement of every connection of this process is written."""
    from django.db import connections
    from django.db.backends.signals import connection_created

    noted: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        noted.append(sql)
        return execute(sql, params, many, context)

    def listen(connection: Any, **_: Any) -> None:
        if note not in connection.execute_wrappers:
            connection.execute_wrappers.append(note)

    connection_created.connect(listen, weak=False)
    for one in connections.all():
        one.execute_wrappers.append(note)
    return noted


def _rest() -> None:
    """Wait until nothing is launched any more."""
    from webapp.approvals.launching import _launchers

    while _launchers._work_queue.qsize() or _launchers._idle_semaphore._value < len(_launchers._threads):
        time.sleep(0.001)


def _print(browser: Inside) -> None:
    total = 0.0
    for name, times in browser.times.items():
        often = walking.POLLS if name == "poll" else 1
        took = median(times) * 1000 * often
        total += took
        count = Counter(browser.counts[name]).most_common(1)[0][0] * often
        print(f"{name:22} {took:6.2f} ms {count:4} statements")  # noqa: T201
    print(f"{'whole walk':22} {total:6.2f} ms")  # noqa: T201


if __name__ == "__main__":
    main()
