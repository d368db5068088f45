"""People at the admin's doors."""

import pytest
from django.test import Client

from tests.notices.conftest import receiver  # noqa: F401 - a fixture
from tests.people import a_person
from webapp.accounts.roles import Role


def signed_in_as(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def admin(db):
    return a_person("ada", Role.ADMIN)


@pytest.fixture
def auditor(db):
    return a_person("otto", Role.AUDITOR)


@pytest.fixture
def at_desk(admin) -> Client:
    """The browser of an admin."""
    return signed_in_as(admin)


@pytest.fixture
def looking(auditor) -> Client:
    """The browser of an auditor."""
    return signed_in_as(auditor)
