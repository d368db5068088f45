"""The page that people read, made of the document that tools read."""

import json
import re
import shlex
from html import unescape

import pytest

from webapp.accounts.actions import make_api_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    return client.get("/api/v1/docs/").content.decode()


def test_every_operation_of_the_document_is_on_the_page_once(client, page):
    document = client.get("/api/v1/schema/").json()
    operations = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(operations) >= 20
    for name in operations:
        assert page.count(f'id="{name}"') == 1
        assert f'href="#{name}"' in page
    assert len(set(re.findall(r' id="([^"]+)"', page))) == len(re.findall(r' id="([^"]+)"', page))


def test_it_needs_no_script_of_its_own_and_nothing_from_elsewhere(client, page):
    policy = client.get("/api/v1/docs/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert not re.findall(r"<script(?![^>]* src=\"/static/)", page)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert " style=" not in page


def test_parameters_bodies_answers_and_the_form_of_errors_are_told(page):
    put = page[page.index('id="drafts_replace"') :].partition("</article>")[0]
    for told in ("<code>If-Match</code>", "<code>body</code>", "<code>fixed</code>", "<dt>412</dt>", ">header</td>"):
        assert told in put
    assert "<code>errors[].pointer</code>" in page[page.index('id="errors"') :].partition("</section>")[0]


def test_the_page_is_found_from_the_api_tokens(client, robot):
    client.force_login(robot)
    assert 'href="/api/v1/docs/"' in client.get("/api-tokens").content.decode()


def examples():
    return (
        "validate",
        "layout",
        "export",
        "import",
        "drafts_create",
        "drafts_list",
        "presets_list",
        "submissions_list",
    )


@pytest.mark.parametrize("name", examples())
def test_an_example_does_what_it_shows(client, page, robot, name):
    shown = page[page.index(f'id="{name}"') :].partition("<pre")[2].partition(">")[2].partition("</pre>")[0]
    words = shlex.split(unescape(shown).replace("\\\n", " "))
    assert words[0] == "curl"
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    headers["Authorization"] = f"Token {make_api_token(robot, 'x', 1)}"
    headers.pop("X-Cloud-Token", None)
    method = words[words.index("-X") + 1].lower() if "-X" in words else "get"
    content = {}
    if "-d" in words:
        content = {"data": words[words.index("-d") + 1], "content_type": headers.pop("Content-Type")}
        json.loads(content["data"])
    answer = getattr(client, method)(words[-1].removeprefix("http://testserver"), headers=headers, **content)
    assert answer.status_code in (200, 201), answer.content
