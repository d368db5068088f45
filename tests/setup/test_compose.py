"""What of the composition can be proven without an engine."""

import re
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = ("web", "worker", "beat", "migrate", "cloud", "demo-people")


@pytest.mark.parametrize("name", OURS)
def test_no_container_of_compose_is_root_or_can_write_to_its_image(name):
    service = COMPOSE["services"][name]
    assert (service["read_only"], service["user"], service["cap_drop"]) == (True, "10001", ["ALL"])
    assert "no-new-privileges:true" in service["security_opt"]


def test_compose_holds_no_secret_and_names_every_file_that_does():
    text = (ROOT / "compose.yaml").read_text()
    assert not re.search(r"(?:PASSWORD|SECRET_KEY|TOKEN_KEYS): (?!/run)", text)
    made = files_of_make_secrets()
    assert {Path(one["file"]).name for one in COMPOSE["secrets"].values()} == made


def files_of_make_secrets():
    """The files that `make secrets` makes."""
    rule = re.search(r"^SECRETS := (.*)$", (ROOT / "Makefile").read_text(), re.M)[1]
    return set(rule.split())


def test_every_service_of_compose_is_watched_or_ends():
    for name, service in COMPOSE["services"].items():
        assert "healthcheck" in service or service["restart"] == "no", name
