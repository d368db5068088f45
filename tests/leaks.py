"""Fails the test after which a secret stands in the output: in a record of the log, or on stdout or stderr.

The secrets are those of the demonstration and of the settings, and every token handed out on the way: each session
with the cloud and each API token that is made is noted as it comes into being. Records are taken as they are, before
anything is hidden in them; `tests/telemetry` proves that the log hides what gets that far.
"""

import logging
import os
from collections.abc import Iterator

import pytest

from webapp.portal.demo import PEOPLE

DEMO = tuple(one.password for one in PEOPLE)
ENVIRONMENT = ("SECRET_KEY", "CLOUD_TOKEN_KEYS")


class Watch(logging.Handler):
    """Keeps the text of each record, and the secrets that must not be in it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.secrets = set(DEMO)
        self.texts: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record with all that a formatter could show of it."""
        extras = {name: value for name, value in vars(record).items() if name != "request"}
        self.texts.append(f"{self.format(record)} {extras}")

    def leaks_in(self, text: str) -> list[str]:
        """Return the beginnings of the secrets that stand in a text."""
        return [f"{secret[:6]}…" for secret in self.secrets if secret in text]


watch = Watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call) -> Iterator[None]:
    """Look through what a test has written, once it is over."""
    report = yield
    if report.when == "teardown":
        sections = [f"{name}: {content}" for name, content in report.sections]
        found = watch.leaks_in("\n".join([*sections, *watch.texts]))
        if found:
            report.outcome = "failed"
            report.longrepr = f"Secrets stand in the output of {item.nodeid}: {', '.join(sorted(found))}"
        watch.texts.clear()
    return report


@pytest.fixture(scope="session", autouse=True)
def _watch_for_secrets() -> Iterator[None]:
    """Note every token that is handed out."""
    from knox.models import AuthTokenManager

    from webapp.cloud.tokens import CloudSession

    watch.secrets.update(os.environ[name] for name in ENVIRONMENT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CloudSession, "__init__", _noting(CloudSession.__init__, lambda kept, _: kept.token))
        patch.setattr(AuthTokenManager, "create", _noting(AuthTokenManager.create, lambda _, made: made[1]))
        yield


@pytest.fixture(autouse=True)
def _listen() -> None:
    """Listen to the whole log, anew for each test: whatever sets logging up again takes handlers away."""
    logging.getLogger().addHandler(watch)


def _noting(function, secret_of):
    def noted(self, *args, **kwargs):
        made = function(self, *args, **kwargs)
        secret = secret_of(self, made)
        if len(secret) > 12:  # shorter ones are words of a test, not tokens
            watch.secrets.add(secret)
        return made

    return noted
