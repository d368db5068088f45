"""The site of a module: as its `SITE` says, else with all that a site has."""

import os

import pytest

from tests.faults.site import Site


@pytest.fixture(scope="module")
def site(request):
    if os.environ.get("REQUIRE_SERVICES") != "1":
        pytest.skip("Needs services: make faults")
    with getattr(request.module, "SITE", Site()) as made:
        yield made
        assert made.leaks() == [], "Secrets stand in the logs."
