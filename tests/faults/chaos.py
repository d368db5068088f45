"""What goes wrong: faults of the cloud, processes that die, services that restart; all from one seed."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

from tests.faults.site import Site, role_of

_TOO_SLOW_S = (2.5, 4.0)  # longer than the portal of the site waits
ORDERS = ({"method": "POST", "path": "nodepools$"},)
CHANGES = ({"method": "PUT", "path": "nodepools/"}, {"method": "DELETE", "path": "nodepools/"})
FAULTS: dict[str, Callable[[random.Random, dict], dict]] = {  # `times` is how many calls one meets
    "accepted but 504": lambda dice, some: {"kind": "accept_then_504", **some, "times": dice.randint(1, 3)},
    "dropped after acceptance": lambda dice, some: {"kind": "accept_then_drop", **some, "times": dice.randint(1, 3)},
    "dropped before acceptance": lambda dice, some: {"kind": "drop", **some, "times": dice.randint(1, 2)},
    "dropped": lambda dice, some: {"kind": "drop", "times": dice.randint(1, 4)},
    "order throttled": lambda dice, some: _status(429, dice.randint(1, 4), retry_after=1, **some),
    "throttled": lambda dice, some: _status(429, dice.randint(1, 6), retry_after=1),
    "order met by 500": lambda dice, some: _status(500, dice.randint(1, 2), **some),
    "burst of 500": lambda dice, some: _status(500, dice.randint(3, 8)),
    "page of a gateway": lambda dice, some: {"kind": "html", "status": 502, "times": dice.randint(1, 4)},
    "slow": lambda dice, some: {"kind": "latency", "seconds": dice.uniform(0.2, 1.5), "times": dice.randint(1, 6)},
    "order too slow": lambda dice, some: {"kind": "latency", "seconds": dice.uniform(*_TOO_SLOW_S), **some, "times": 1},
}
SERVICES = ("redis", "postgres")
_AHEAD = 2  # so much may happen later than its share
_RESERVE = 0.2  # of what is asked: it begins when all has happened, and helps where it has not
_PACE_S = 10.0


def _status(status: int, times: int, **more: object) -> dict:
    return {"kind": "status", "status": status, "times": times, **more}


class Chaos:
    """Makes things go wrong until it is told to end.

    `to_die` are the traps of each role, `calls` those of the cloud that faults meet most. What was done stands in
    `died` (by trap), `restarted` (by service or process, at any moment) and `met` (by fault: so many calls).
    """

    def __init__(self, site: Site, seed: int, to_die: dict[str, list[str]], calls: tuple) -> None:
        self.site, self.seed, self.to_die, self.calls = site, seed, to_die, calls
        self.died: Counter[str] = Counter()
        self.restarted: Counter[str] = Counter()
        self.met: Counter[str] = Counter()
        self.broken: list[BaseException] = []
        self._planned = self.to_come()
        self._over = threading.Event()
        troubles = (self._trouble_the_cloud, self._restart_services, self._end_webs, self._end_workers)
        self._threads = [threading.Thread(target=self._run, args=(one,)) for one in troubles]

    def __enter__(self) -> "Chaos":
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join()
        self.site.set_faults([])
        if self.broken:
            raise self.broken[0]

    def keep_pace(self, share: float) -> None:
        """Wait until about that share of it all has happened, or for long nothing has: it needs what is asked."""
        planned = self._planned * (1 - share / (1 - _RESERVE)) + _AHEAD
        before, since = -1, time.monotonic()
        while (left := self.to_come()) > (planned if share < 1 - _RESERVE else 0) and not self.broken:
            if left != before:
                before, since = left, time.monotonic()
            if time.monotonic() - since > _PACE_S:
                return
            time.sleep(0.05)

    def to_come(self) -> int:
        """Return how much has not happened yet: deaths, kinds of faults, restarts of a service."""
        deaths = sum(len(traps) for traps in self.to_die.values()) - self.died.total()
        others = [name for name in FAULTS if not self.met[name]]
        return deaths + len(others) + sum(not self.restarted[name] for name in SERVICES)

    def _run(self, trouble: Callable[[random.Random], None]) -> None:
        try:
            trouble(random.Random(f"{self.seed} {trouble.__name__}"))
        except BaseException as error:
            self.broken.append(error)
            raise

    def _trouble_the_cloud(self, dice: random.Random) -> None:
        while not self._over.is_set():
            news = [name for name in FAULTS if not self.met[name]] or list(FAULTS)
            names = dice.sample(news, min(len(news), dice.randint(0, 2)))
            made = [(name, FAULTS[name](dice, some)) for name in names for some in self.calls]
            self.site.set_faults([fault for _, fault in made])
            self._over.wait(dice.uniform(0.2, 1.0))
            for (name, fault), left in zip(made, self.site.faults(), strict=True):
                self.met[name] += fault["times"] - left["times"]

    def _restart_services(self, dice: random.Random) -> None:
        while not self._over.wait(dice.uniform(2.0, 6.0)):
            name = dice.choice(SERVICES)
            self.site.kill_redis() if name == "redis" else self.site.kill_postgres()
            time.sleep(dice.uniform(0, 2))
            self.site.start_services()
            self._tell(self.restarted, name)

    def _end_webs(self, dice: random.Random) -> None:
        self._end_at_steps("web", dice)

    def _end_workers(self, dice: random.Random) -> None:
        self._end_at_steps("worker", dice)

    def _end_at_steps(self, role: str, dice: random.Random) -> None:
        """Have one die at each step, in an order of the dice; now and then another one is killed at any moment."""
        traps = dice.sample(self.to_die[role], len(self.to_die[role]))
        names = [one for one in self.site.processes if role_of(one) == role]
        for trap in traps:
            if not self._falls_into(trap, names):
                return
            self.site.start(self._dead_of(names))
            self._tell(self.died, trap)
            if dice.random() < 0.25:
                self._over.wait(dice.uniform(0, 2))
                self._restart(dice.choice(names))

    def _falls_into(self, name: str, names: list[str]) -> bool:
        """Lay a trap, and wait until somebody has fallen into it; False where it is over before."""
        trap = self.site.traps / name
        trap.touch()
        while trap.exists():
            ended = [one for one in names if self.site.running[one].poll() is not None]
            assert not ended or not trap.exists(), f"{ended} ended, and nobody had killed it."
            if self._over.wait(0.05) and _is_taken_back(trap):
                return False
        return True

    def _dead_of(self, names: list[str]) -> str:
        while True:
            for name in names:
                if self.site.running[name].poll() is not None:
                    return name
            time.sleep(0.05)

    def _restart(self, name: str) -> None:
        self.site.kill(name)
        self.site.start(name)
        self._tell(self.restarted, name)

    def _tell(self, told: Counter[str], what: str) -> None:
        told[what] += 1
        with (self.site.folder / "chaos.log").open("a") as log:
            log.write(f"{time.strftime('%H:%M:%S')} {what}\n")


def _is_taken_back(trap) -> bool:
    try:
        trap.unlink()
    except FileNotFoundError:
        return False
    return True
