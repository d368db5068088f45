"""Promises of the project about itself."""

import re
import subprocess

import pytest

from tests.conftest import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_names_no_address(name):
    assert not re.search(r"https?://|file:", (ROOT / name).read_text())


@pytest.mark.parametrize("name", LOCKS)
def test_everything_in_the_lock_is_pinned_by_hash(name):
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text())
    pinned = [block for block in blocks if "==" in block]
    assert pinned
    assert all("--hash=sha256:" in block for block in pinned)


def test_make_lists_its_targets():
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"run", "test", "lint"} <= {line.split()[0] for line in said.splitlines() if line}


def test_htmx_is_served_from_the_project():
    assert len(list((ROOT / "static" / "vendor").glob("htmx-2.0.*.min.js"))) == 1
