"""People work in several projects: each request says which is its own, and leads there."""

import re

import pytest
from django.test import Client

from tests.approvals.building import FACTS, a_policy, a_session, an_order
from tests.people import a_person
from webapp.accounts.roles import Role
from webapp.approvals import actions, deciding

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    """A request in each of two projects."""
    a_policy()
    author = a_person("author", Role.REQUESTER)
    projects = ("eu-de_shop", "eu-de_bank")
    return [actions.submit(an_order(), by=author, session=a_session(one), key=one, facts=FACTS) for one in projects]


@pytest.fixture
def approver():
    client = Client()
    client.force_login(a_person("approver", Role.APPROVER))
    return client


def projects_in(client, address: str) -> list[str]:
    """Return the projects that a list tells, one for each row."""
    return re.findall(r'data-label="Project">([^<]*)<', client.get(address).content.decode())


@pytest.mark.parametrize("path", ["/requests/waiting?", "/requests?whose=all"])
def test_lists_say_the_project_and_are_narrowed_down_by_it(approver, two, path):
    bank = two[1]
    assert sorted(projects_in(approver, path)) == ["eu-de_bank", "eu-de_shop"]
    assert projects_in(approver, f"{path}&project=eu-de_bank") == ["eu-de_bank"]
    assert projects_in(approver, f"{path}&project=eu-de_none") == []
    page = approver.get(f"{path}&project=eu-de_bank").content.decode()
    assert bank.reference in page
    assert re.search(r'name="project"[^>]* value="eu-de_bank"|<option selected>eu-de_bank', page)


def test_the_sentence_says_the_project(approver, two):
    for found in two:
        page = approver.get(found.get_absolute_url()).content.decode()
        assert f"in prod-standard ({found.project_name})." in page


def test_an_author_without_a_token_is_led_to_the_sign_in_for_the_project_and_back(approver, two, client):
    shop, _ = two
    client.force_login(shop.author)
    deciding.approve(shop, by=a_person("second", Role.APPROVER))
    page = client.get(shop.get_absolute_url()).content.decode()
    link = re.search(r'href="(/sign-in\?[^"]+)">Sign in for eu-de_shop to launch it', page)[1].replace("&amp;", "&")
    pressed = client.post(f"{shop.get_absolute_url()}/launch")["Location"]
    for url in (link, pressed):
        form = client.get(url).content.decode()
        assert re.search(r'<input[^>]*name="project"[^>]*value="eu-de_shop"', form)
        assert f'name="next" value="{shop.get_absolute_url()}"' in form
