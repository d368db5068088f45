"""What the audit says of what it was told."""

import importlib.util
import json

import pytest
from django.core.management import call_command
from django.db import connection

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit", ROOT / "deploy" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GOOD = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1"}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([GOOD], 0, "No known hole in 1 packages"),
        ([GOOD, BAD], 1, "b 2: CVE-1"),
        ([SKIPPED], 0, "NOT AUDITED"),
        ([SKIPPED, GOOD], 1, "Not audited: c"),
    ],
)
def test_a_hole_fails_and_an_audit_that_did_not_happen_is_no_success_in_words(audit, capsys, packages, code, words):
    assert audit.verdict(json.dumps({"dependencies": packages}), "") == code
    assert words in capsys.readouterr().out


def test_a_database_that_cannot_be_reached_is_tolerated_and_nothing_else(audit, capsys):
    assert audit.verdict("", "ServiceError: Could not connect") == 0
    assert audit.verdict("", "Traceback: KeyError") == 1


@pytest.fixture
def lint(db, capsys):
    """Look for migrations that break a running site, and return what was found."""
    if connection.vendor != "postgresql":  # a site on SQLite is one process, which is stopped for an upgrade
        pytest.skip("Needs PostgreSQL: make test-services")

    def found(*words):
        call_command("lintmigrations", *words, "--no-cache", "--project-root-path", str(ROOT))
        return capsys.readouterr().out

    return found


def test_no_migration_breaks_a_site_that_runs(lint):
    said = lint()
    assert "Erroneous migrations: 0/" in said


def test_a_migration_that_breaks_one_is_found(lint, settings, capsys):
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.setup.careless"]
    with pytest.raises(SystemExit):
        lint()
    said = capsys.readouterr().out
    assert "(careless, 0002_renamed)... ERR" in said
    assert "Erroneous migrations: 1/" in said
