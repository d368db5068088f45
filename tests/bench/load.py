"""People at work, several at a time, on each of the sites in turn."""

import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.bench import walking
from tests.bench.browsing import Answer, Browser
from tests.bench.servers import Server

WALKS = {1: 30, 8: 64, 32: 128}  # of all people together
_TURNS = 2  # the sites take turns, so that a busy moment of the machine hits all of them
_POLLS = 304  # of all who watch together
_WATCHING = 8


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

    def status_path(self, browser: Browser) -> str:
        """Return where the whole state of what was walked for last is shown."""
        return browser.polled.partition("?")[0]


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

    def status_path(self, browser: Browser) -> str:
        """Ask for as large a part of a page."""
        return f"/status/{self.sizes['status']}"


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


class Addressed(Formtools):
    """The form wizard whose steps have addresses of their own."""

    def walk(self, browser: Browser) -> None:
        """Walk through the form wizard, from address to address."""
        walking.walk_addressed(browser, self.script)


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


def polls(sites: dict[str, Site]) -> dict[str, dict[str, float]]:
    """Return how many whole answers, and answers to those who have seen the whole one, each site gives a second."""
    return {name: _polls(site) for name, site in sites.items()}


def _polls(site: Site) -> dict[str, float]:
    browsers = [site.browser() for _ in range(_WATCHING)]
    for one in browsers:
        site.walk(one)
    cold = _rate(browsers, lambda one: _watch(site, one))
    unchanged = _rate(browsers, lambda one: _watch_again(site, one))
    if not any("If-None-Match" not in one.headers or _watch(site, one).status == 304 for one in browsers):
        raise RuntimeError(f"{site.server.url} shows again what was seen")
    return {"cold": cold, "unchanged": unchanged}


def _watch(site: Site, browser: Browser) -> Answer:
    answer = browser.get(site.status_path(browser))
    site.sizes.setdefault("status", answer.size)  # the portal's, which comes first
    return answer


def _watch_again(site: Site, browser: Browser) -> None:
    """Ask as whoever keeps what was shown: with its ETag, where the site gives one."""
    if etag := _watch(site, browser).etag:
        browser.headers["If-None-Match"] = etag


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


def _rate(browsers: list[Browser], ask: Callable[[Browser], Any]) -> float:
    def ask_often(one: Browser) -> None:
        for _ in range(_POLLS // len(browsers)):
            ask(one)

    for one in browsers:
        ask(one)  # to warm up
    started = time.perf_counter()
    with ThreadPoolExecutor(len(browsers)) as pool:
        list(pool.map(ask_often, browsers))
    return round(_POLLS / (time.perf_counter() - started), 1)


def _percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    at = {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in _SHARES}
    return {name: round(value * 1000, 2) for name, value in at.items()}


_SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
