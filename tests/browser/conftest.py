"""A real Chromium in front of real processes: the local cloud and the portal under its production server."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.fernet import Fernet
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import ANNA, ROOT, end, free_port, wait_until_answering

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOW_TO_GET_IT = "No Chromium found: browser tests are skipped. Get one with: apt-get install chromium"
# Each colour scheme and each width once: a page takes its time to be looked through.
LOOKS = (
    pytest.param({"color_scheme": "light", "viewport": {"width": 1280, "height": 900}}, id="light"),
    pytest.param({"color_scheme": "dark", "viewport": {"width": 320, "height": 700}}, id="dark and narrow"),
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items) -> None:
    here = [item for item in items if "/browser/" in str(item.path)]
    for item in here:
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None and os.environ.get("REQUIRE_BROWSER") != "1":
            item.add_marker(pytest.mark.skip(reason=HOW_TO_GET_IT))


def environment_of(folder: Path, cloud_url: str, static: Path) -> dict[str, str]:
    """Return the settings of a portal in front of a local cloud, with a database of its own."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "webapp.config.settings",
        "VAR_DIR": str(folder),
        "STATIC_ROOT": str(static),
        "SECRET_KEY": "only-for-this-test-" * 3,
        "CLOUD_TOKEN_KEYS": Fernet.generate_key().decode(),
        "HTTPS": "0",
        "DEMO": "1",
        "CLOUD_AUTH_URL": f"{cloud_url}/v3",
        "CLOUD_ALLOWED_HOSTS": "127.0.0.1",
        "POLL_INTERVAL_S": "0.5",
        "LOG_LEVEL": "ERROR",
        **_services(),
    }


def _services() -> dict[str, str]:
    """Return a database of PostgreSQL and a place in Redis, where tests run on them; it has no broker."""
    name, server = f"portal_{uuid.uuid4().hex[:12]}", os.environ.get("DATABASE_URL", "").rpartition("/")[0]
    return {"DATABASE_URL": f"{server}/{name}", "CACHE_PREFIX": name, "BROKER_URL": ""} if server else {}


@contextmanager
def _database(url: str | None) -> Iterator[None]:
    """Make the database of an address, and remove it in the end; SQLite makes its own."""
    server, _, name = (url or "").rpartition("/")
    if not server:
        yield
        return
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _manage(command: str, environment: dict[str, str]) -> None:
    words = [sys.executable, "manage.py", command, "--verbosity", "0"]
    subprocess.run(words, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


@lru_cache
def _tables() -> Path:
    """Return a database of SQLite with all tables, made once: that takes seconds."""
    folder = settings.FOLDER / "tables"
    folder.mkdir()
    _manage("migrate", environment_of(folder, "http://127.0.0.1:9", folder))
    return folder / "poolwright.sqlite3"


@contextmanager
def running_portal(environment: dict[str, str]) -> Iterator[str]:
    """Run the portal as in production."""
    with _database(environment.get("DATABASE_URL")), _served(environment) as url:
        yield url


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[str]:
    port = free_port()
    if "DATABASE_URL" in environment:
        _manage("migrate", environment)
    else:
        shutil.copy(_tables(), environment["VAR_DIR"])
    _manage("seed_demo", environment)
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "webapp.config.wsgi:application", "--no-log"]
    server += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "4"]
    with subprocess.Popen(server, cwd=ROOT, env=environment) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            wait_until_answering(f"{url}/healthz", process)
            yield url
        finally:
            end(process)


@pytest.fixture(scope="session")
def portal_environment(cloud_url, tmp_path_factory, collected_static) -> dict[str, str]:
    return environment_of(tmp_path_factory.mktemp("portal"), cloud_url, collected_static)


@pytest.fixture(scope="session")
def portal(portal_environment) -> Iterator[str]:
    with running_portal(portal_environment) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, HOW_TO_GET_IT
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, portal):
    """Open a page of a new browser profile; what it writes to the console fails the test at its end."""
    contexts, complaints = [], []

    def opened(**wishes) -> Page:
        context = chromium.new_context(base_url=portal, **wishes)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)  # machines can be busy
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    # Chromium reports these answers as errors, and htmx a save that a later request replaced.
    expected = ("422", "409", "401", "htmx:sendAbort", "htmx:afterRequest")
    assert [text for text in complaints if not any(code in text for code in expected)] == []


def sign_in(page: Page, name: str = "anna") -> None:
    page.goto("/sign-in")
    page.fill("#id_domain", ANNA["domain"])
    page.fill("#id_user", name)
    page.fill("#id_password", f"{name}-demo-1")
    page.fill("#id_project", ANNA["project"])
    page.click("main button:has-text('Sign in')")
    page.wait_for_url("**/")


def start_blank(page: Page) -> None:
    """Start a blank draft, and wait until its page listens to what is typed."""
    page.goto("/pools/new")
    page.click("text=Start a blank draft")
    page.wait_for_url("**/basics")
    page.wait_for_load_state()


def demand_accessible(page: Page, **options) -> None:
    """Fail where axe-core finds a violation."""
    found = Axe().run(page, options={"resultTypes": ["violations"], **options})  # on large pages ten times as fast
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


# Code keeps its lines where there is room for many of them.
_SCROLLING = """() => [document.documentElement, ...document.querySelectorAll("*")]
  .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
  .filter(one => one === document.documentElement || ["auto", "scroll"].includes(getComputedStyle(one).overflowX))
  .filter(one => !(innerWidth > 768 && one.matches(".code")))
  .map(one => `${one.localName}.${one.className}: ${one.scrollWidth} of ${one.clientWidth}`)"""


def demand_fitting(page: Page) -> None:
    """Fail where the page, or anything in it, has to be scrolled sideways."""
    assert page.evaluate(_SCROLLING) == [], page.url
