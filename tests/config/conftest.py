import os

import pytest

HOW_TO_GET_THEM = "Needs PostgreSQL and Redis: make test-services"


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The address of a real PostgreSQL."""
    return _of("TEST_DATABASE_URL")


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The address of a real Redis, in a database of this worker's own."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return f"{_of('TEST_REDIS_URL').rpartition('/')[0]}/{30 + worker}"


def _of(name: str) -> str:
    url = os.environ.get(name, "")
    if not url:
        pytest.skip(HOW_TO_GET_THEM)
    return url
