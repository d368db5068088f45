"""People at work, several at a time, on each of the sites in turn."""

import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.bench import walking
from tests.bench.browsing import Browser
from tests.bench.servers import Server

WALKS = {1: 30, 8: 64, 32: 128}  # of all people together
_TURNS = 2  # the sites take turns, so that a busy moment of the machine hits all of them
_POLLS = 300


@dataclass
class Site:
    """A site and how one walks through it; what is typed and how large pages are is read off the portal."""

    server: Server
    cloud: Server
    script: walking.Script = field(default_factory=walking.Script)
    sizes: dict[str, int] = field(default_factory=dict)

    def browser(self) -> Browser:
        """Return the browser of somebody who is signed in."""
        raise NotImplementedError

    def walk(self, browser: Browser) -> None:
        """Walk once from the start to the polls."""
        raise NotImplementedError


class Portal(Site):
    """The portal."""

    def browser(self) -> Browser:
        """Sign in at the portal."""
        found = Browser(self.server.port)
        walking.sign_in(found)
        return found

    def walk(self, browser: Browser) -> None:
        """Walk through the wizard."""
        walking.walk(browser, self.script)
        self.sizes.update(browser.sizes)


class Bare(Site):
    """Bare Django pages."""

    def browser(self) -> Browser:
        """Begin a session."""
        found = Browser(self.server.port)
        found.get("/start")
        return found

    def walk(self, browser: Browser) -> None:
        """Walk through as many pages of the same sizes."""
        walking.walk_bare(browser, self.script, self.sizes)


class Formtools(Site):
    """An ordinary form wizard with as many fields."""

    def browser(self) -> Browser:
        """Begin a session."""
        found = Browser(self.server.port)
        found.get("/start")
        return found

    def walk(self, browser: Browser) -> None:
        """Walk through the form wizard."""
        walking.walk_formtools(browser, self.script)


def walks(sites: dict[str, Site], people: int) -> dict[str, Any]:
    """Return how many walks a second, how long each step took and what it cost, for each site."""
    portal = sites["portal"]
    for site in sites.values():
        site.script, site.sizes = portal.script, portal.sizes
    total: dict[str, _Sum] = defaultdict(_Sum)
    for _ in range(_TURNS):
        for name, site in sites.items():
            _turn(site, people, total[name])
    return {"people": people, **{name: one.as_dict() for name, one in total.items()}}


def polls(sites: dict[str, Site]) -> dict[str, Any]:
    """Return how many polls that find nothing new, and full answers, each site gives a second to eight people."""
    found: dict[str, Any] = {}
    for name, site in sites.items():
        browsers = [site.browser() for _ in range(8)]
        for one in browsers:
            site.walk(one)
        found[name] = {"unchanged": _rate(browsers, lambda one: one.polled)}
        if name == "portal":
            found[name]["cold"] = _rate(browsers, lambda one: one.polled.partition("?")[0])
    return found


@dataclass
class _Sum:
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    seconds: float = 0.0
    cpu_s: float = 0.0
    walks: int = 0

    def as_dict(self) -> dict[str, Any]:
        steps = {name: _percentiles(values) for name, values in self.times.items()}
        rate, cpu = self.walks / self.seconds, self.cpu_s / self.walks * 1000
        return {"walks_per_second": round(rate, 2), "cpu_ms_per_walk": round(cpu, 1), "steps": steps}


def _turn(site: Site, people: int, total: _Sum) -> None:
    requests.put(f"{site.cloud.url}/_reset", timeout=10).raise_for_status()  # its quotas are not endless
    browsers = [site.browser() for _ in range(people)]
    with ThreadPoolExecutor(people) as pool:
        list(pool.map(site.walk, browsers))  # to warm up
        for one in browsers:
            one.times.clear()
        started, cpu = time.perf_counter(), site.server.cpu_s()
        count = max(1, WALKS[people] // people)
        list(pool.map(lambda one: [site.walk(one) for _ in range(count)], browsers))
    total.seconds += time.perf_counter() - started
    total.cpu_s += site.server.cpu_s() - cpu
    total.walks += count * people
    for one in browsers:
        for name, values in one.times.items():
            total.times[name] += values


def _rate(browsers: list[Browser], path: Callable[[Browser], str]) -> float:
    def ask(one: Browser) -> None:
        for _ in range(_POLLS // len(browsers)):
            one.get(path(one))

    started = time.perf_counter()
    with ThreadPoolExecutor(len(browsers)) as pool:
        list(pool.map(ask, browsers))
    return round(_POLLS // len(browsers) * len(browsers) / (time.perf_counter() - started), 1)


def _percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    at = {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in _SHARES}
    return {name: round(value * 1000, 2) for name, value in at.items()}


_SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
