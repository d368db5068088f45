"""What goes wrong: faults of the cloud, processes that are killed, services that restart; all from one seed."""

import random
import threading
import time

from tests.faults.site import WEBS, Site

_POST = {"method": "POST", "path": "nodepools$"}


def faults(dice: random.Random) -> list[dict]:
    """Return some faults of the cloud."""
    choices = (
        lambda: {"kind": "accept_then_504", **_POST, "times": dice.randint(1, 3)},
        lambda: {"kind": "accept_then_drop", **_POST, "times": dice.randint(1, 3)},
        lambda: {"kind": "drop", **_POST, "times": dice.randint(1, 2)},
        lambda: {"kind": "drop", "times": dice.randint(1, 4)},
        lambda: {"kind": "status", "status": 429, "retry_after": 1, **_POST, "times": dice.randint(1, 4)},
        lambda: {"kind": "status", "status": 429, "retry_after": 1, "times": dice.randint(1, 6)},
        lambda: {"kind": "status", "status": 500, **_POST, "times": dice.randint(1, 2)},
        lambda: {"kind": "status", "status": 500, "times": dice.randint(1, 8)},
        lambda: {"kind": "html", "status": 502, "times": dice.randint(1, 4)},
        lambda: {"kind": "latency", "seconds": dice.uniform(0.2, 1.5), "times": dice.randint(1, 6)},
        lambda: {"kind": "latency", "seconds": dice.uniform(2.5, 4.0), **_POST, "times": 1},
    )
    return [dice.choice(choices)() for _ in range(dice.randint(0, 2))]


class Chaos:
    """Makes things go wrong until it is told to end; what it did stands in `done`."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site, self.dice = site, random.Random(seed)
        self.done: list[str] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=one) for one in (self._trouble_the_cloud, self._kill)]
        self.broken: list[BaseException] = []

    def __enter__(self) -> "Chaos":
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join()
        self.site.faults([])
        if self.broken:
            raise self.broken[0]

    def _trouble_the_cloud(self) -> None:
        dice = random.Random(self.dice.random())
        while not self._over.wait(dice.uniform(0.2, 1.0)):
            try:
                self.site.faults(faults(dice))
            except OSError as error:
                self.broken.append(error)
                return

    def _kill(self) -> None:
        """Kill each of them in turn, in an order and at moments of the dice."""
        dice = random.Random(self.dice.random())
        steps = [self._restart_worker, self._restart_web, self._restart_worker, self._restart_redis]
        steps += [self._restart_web, self._restart_postgres]
        while not self._over.is_set():
            dice.shuffle(steps)
            for step in steps:
                if self._over.wait(dice.uniform(0.3, 2.0)):
                    return
                try:
                    step(dice)
                except BaseException as error:
                    self.broken.append(error)
                    raise
                self._tell(step.__name__.removeprefix("_"))

    def _tell(self, what: str) -> None:
        self.done.append(what)
        with (self.site.folder / "chaos.log").open("a") as log:
            log.write(f"{time.strftime('%H:%M:%S')} {what}\n")

    def _restart_worker(self, dice: random.Random) -> None:
        self.site.kill("worker")
        time.sleep(dice.uniform(0, 1))
        self.site.start("worker")

    def _restart_web(self, dice: random.Random) -> None:
        name = dice.choice(WEBS)
        self.site.kill(name)
        self.site.start(name)

    def _restart_redis(self, dice: random.Random) -> None:
        self.site.kill_redis()
        time.sleep(dice.uniform(0, 3))
        self.site.start_services()

    def _restart_postgres(self, dice: random.Random) -> None:
        self.site.kill_postgres()
        time.sleep(dice.uniform(0, 1))
        self.site.start_services()
