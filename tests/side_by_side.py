"""Acts that threads do at the same moment."""

import threading
from collections.abc import Callable, Sequence

from django.db import connection


def together(
    acts: Sequence[Callable[[], object]], refusals: tuple[type[Exception], ...] = ()
) -> list[Exception | None]:
    """Run acts side by side; return what each ended with: None, or the refusal."""
    outcomes: list[Exception | None] = []
    gate = threading.Barrier(len(acts))

    def run(act):
        gate.wait()
        try:
            act()
            outcomes.append(None)
        except refusals as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return outcomes
