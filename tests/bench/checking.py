"""How many bodies a second the rules check, in one process: `python -m tests.bench.checking`."""

import json
import time
from itertools import cycle

from tests.conftest import EXAMPLES
from webapp.nodepool import Cluster, check
from webapp.nodepool.defaults import blank_body

_SECONDS = 3.0


def bodies_per_second() -> float:
    """Return the rate over the examples of the API and a blank draft."""
    bodies = [json.loads((EXAMPLES / f"request-{name}.json").read_text()) for name in ("cce", "cce-turbo")]
    turn, count, started = cycle([*bodies, blank_body()]), 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < _SECONDS:
        check(next(turn), Cluster())
        count += 1
    return count / spent


if __name__ == "__main__":
    print(round(bodies_per_second()))  # noqa: T201
