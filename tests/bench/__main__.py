"""Measure the portal beside its peers; print a table, write the results as JSON, assert nothing.

BENCH_QUICK=1 leaves the lists of a million requests out, BENCH_PEERS=bare leaves the form wizard out, BENCH_KEPT=1
lets the peers keep their connections to the database, as the portal does.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.bench import load, servers, table
from tests.conftest import ROOT

PEOPLE = (1, 8, 32)
ROWS = (1_000, 100_000) if os.environ.get("BENCH_QUICK") == "1" else (1_000, 100_000, 1_000_000)


def main() -> None:
    """Measure everything and write it down."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=ROOT / "var" / "bench.json", help="for the results")
    target = parser.parse_args().file
    results: dict[str, Any] = {"machine": _machine()}
    with _sites() as sites:
        results["walks"] = [load.walks(sites, people) for people in PEOPLE]
        results["polls"] = load.polls(sites)
        results["memory_mib"] = {name: site.server.rss_mib() for name, site in sites.items()}
    results["checks_per_second"] = json.loads(_program("tests.bench.checking", dict(os.environ)))
    results["lists"] = [row for count in ROWS for row in _lists(count)]
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=2) + "\n")
    sys.stdout.write(table.of(results))


@contextmanager
def _sites() -> Iterator[dict[str, load.Site]]:
    """Run the portal, its peers and the local cloud, each in a folder of its own."""
    with ExitStack() as stack:

        def folder() -> Path:
            return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="poolwright-bench-")))

        cloud = stack.enter_context(servers.cloud(folder()))
        sites = {"portal": load.Portal(stack.enter_context(servers.portal(folder(), cloud.url)), cloud)}
        sites["bare"] = load.Bare(stack.enter_context(servers.peer("bare", folder())), cloud)
        if os.environ.get("BENCH_PEERS") != "bare":
            formtools = stack.enter_context(servers.peer("formtools_peer", folder(), cloud.url))
            sites["formtools"] = load.Formtools(formtools, cloud)
            sites["addressed"] = load.Addressed(formtools, cloud)
        yield sites


def _lists(count: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="poolwright-bench-") as folder:
        environment = servers.portal_environment(Path(folder), "http://127.0.0.1:9")
        manage = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(manage, cwd=ROOT, env=environment, check=True)
        return json.loads(_program("tests.bench.lists", environment, str(count)))


def _program(module: str, environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": platform.platform(),
    }


if __name__ == "__main__":
    main()
