"""Fails the test after which a secret stands in the output: in a record of the log, or on stdout or stderr.

The secrets are those of the demonstration, of the settings and of the services' addresses, and whatever becomes one on
the way, each noted as it comes into being: what is sealed or hashed, tokens of the cloud and of the API, keys of
browser sessions, passwords of nodes in what is saved. Records are taken as they are, before anything is hidden in
them; `tests/telemetry` proves that the log hides what gets that far.
"""

import logging
import os
from collections.abc import Iterable, Iterator

import pytest

from tests.oidc import CLIENT
from webapp.config.environment import passwords
from webapp.nodepool import pointers
from webapp.nodepool.formats.base import SECRETS as OF_NODES
from webapp.portal.demo import PEOPLE

ENVIRONMENT = ("SECRET_KEY", "CLOUD_TOKEN_KEYS")
SETTINGS = (*ENVIRONMENT, "METRICS_TOKEN", "OIDC_RP_CLIENT_SECRET", "EMAIL_HOST_PASSWORD")
SHORTEST = 8  # what is shorter is a word of a test, and stands in many a text
_KEPT = 300  # a test makes a few dozen: those of long ago can be in nothing that is written now


class Watch(logging.Handler):
    """Keeps the text of each record, and the secrets that must not be in it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lasting: set[str] = set()
        self.latest: dict[str, None] = {}
        self.texts: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record with all that a formatter could show of it."""
        extras = {name: value for name, value in vars(record).items() if name != "request"}
        self.texts.append(f"{self.format(record)} {extras}")

    def know(self, secrets: Iterable[str]) -> None:
        """Look for these from now on, to the end."""
        self.lasting.update(one for one in secrets if len(one) >= SHORTEST)

    def note(self, secret: object) -> None:
        """Look for this one for a while."""
        if isinstance(secret, str) and len(secret) >= SHORTEST:
            self.latest.pop(secret, None)
            self.latest[secret] = None
            if len(self.latest) > _KEPT:
                del self.latest[next(iter(self.latest))]

    def leaks_in(self, text: str) -> list[str]:
        """Return the beginnings of the secrets that stand in a text."""
        return [f"{secret[:6]}…" for secret in self.lasting | self.latest.keys() if secret in text]


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
    """Note every secret that comes into being."""
    from cryptography.fernet import MultiFernet
    from django.contrib.auth.hashers import MD5PasswordHasher
    from django.contrib.sessions.backends.base import SessionBase
    from django.core.signals import setting_changed
    from django.db.models.signals import pre_save
    from knox.models import AuthTokenManager

    from webapp.cloud.tokens import CloudSession

    watch.know((*(one.password for one in PEOPLE), CLIENT["secret"], *passwords()))
    watch.know(os.environ[name] for name in ENVIRONMENT)
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, secret_of in (
            (CloudSession, "__init__", lambda made, kept, *_: kept.token),
            (AuthTokenManager, "create", lambda made, *_: made[1]),
            (SessionBase, "_get_new_session_key", lambda made, *_: made),
            (MultiFernet, "encrypt", lambda made, _, plain: plain.decode()),
            (MD5PasswordHasher, "encode", lambda made, _, password, *__: password),
        ):
            patch.setattr(owner, name, _noting(getattr(owner, name), secret_of))
        setting_changed.connect(_note_setting)
        pre_save.connect(_note_passwords_of_nodes)
        yield


@pytest.fixture(autouse=True)
def _listen() -> None:
    """Listen to the whole log, anew for each test: whatever sets logging up again takes handlers away."""
    logging.getLogger().addHandler(watch)


def _noting(function, secret_of):
    def noted(*args, **kwargs):
        made = function(*args, **kwargs)
        watch.note(secret_of(made, *args))
        return made

    return noted


def _note_setting(*, setting, value, **_) -> None:
    if setting in SETTINGS:
        for one in value if isinstance(value, list) else [value]:
            watch.note(one)


def _note_passwords_of_nodes(*, instance, **_) -> None:
    for at in OF_NODES:
        for _, value in pointers.leaves(pointers.get(getattr(instance, "body", None), at)):
            watch.note(value)
