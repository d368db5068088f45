"""What waits for a person is found, however much waits for others."""

import pytest
from django.test import Client

from tests.approvals.building import a_policy, a_request, a_team
from tests.people import a_person
from webapp.accounts.roles import Role
from webapp.approvals import deciding, queries
from webapp.approvals.models import PoolRequest
from webapp.approvals.policy import teams_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def security():
    return a_person("guard", Role.APPROVER, teams=("security",))


@pytest.fixture
def waiting():
    """One request that waits for security, and three older ones that wait for others."""
    author = a_person("author", Role.REQUESTER)
    policy = a_policy(team=a_team("platform"))
    for _ in range(3):
        a_request(author)
    policy.team = a_team("security")
    policy.save()
    return a_request(author)


def test_requests_of_other_teams_hide_nothing(waiting, security, monkeypatch):
    monkeypatch.setattr(queries, "MOST_WAITING", 1)
    assert queries.waiting(security) == [waiting]


def test_what_a_former_version_asked_for_is_found_too(waiting, security):
    PoolRequest.objects.update(asked_teams="")
    assert queries.waiting(security) == [waiting]


def test_what_was_passed_on_is_found_and_what_somebody_wrote_is_not(waiting, security):
    other = a_person("other", Role.APPROVER)
    deciding.delegate(waiting, by=security, to=other)
    assert queries.waiting(other) == [waiting]
    assert queries.waiting(a_person("both", Role.APPROVER, teams=("security",))) == [waiting]
    PoolRequest.objects.update(last_editor=security)
    assert queries.waiting(security) == []


def test_teams_of_similar_numbers_are_told_apart():
    asked = teams_in([{"team": 12, "count": 1}, {"team": None, "also": 3, "count": 1}])
    assert asked == ",0,,3,,12,"
    assert ",1," not in asked


def test_the_inbox_comes_in_pages_and_home_counts_all(waiting, security, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    monkeypatch.setattr("webapp.portal.views._RECENT", 1)
    client = Client()
    client.force_login(a_person("chief", Role.ADMIN))
    home = client.get("/").content.decode()
    assert "4 requests wait for your decision" in home
    assert 'href="/requests/waiting">All that wait' in home
    first, second = (client.get(f"/requests/waiting?by=author&page={number}").content.decode() for number in (1, 2))
    assert "Page 1 of 2" in first
    assert "by=author&amp;page=2" in first.replace("%3D", "=")
    assert waiting.reference not in first
    assert waiting.reference in second
