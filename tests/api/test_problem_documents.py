"""Whatever goes wrong, the answer is a problem document of the same form."""

import json

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from rest_framework.throttling import SimpleRateThrottle

from tests.nodepool.test_rules import a_body
from webapp.accounts.actions import make_api_token
from webapp.accounts.models import User

pytestmark = pytest.mark.django_db
LAYOUT = "/api/v1/node-pools/layout"


def demand_problem(answer, status):
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert (problem["status"], problem["type"]) == (status, "about:blank")
    assert problem["title"]
    assert problem["detail"]
    return problem


@pytest.fixture
def browser(robot):
    browser = Client()
    browser.force_login(robot)
    return browser


@pytest.fixture
def signed(robot):
    return {"Authorization": f"Token {make_api_token(robot, 'x', 1)}"}


def test_a_call_without_the_csrf_token_of_its_session(robot):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(robot)
    demand_problem(browser.post(LAYOUT, {"body": {}}, content_type="application/json"), 403)


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options", "trace"])
def test_a_method_that_an_address_does_not_take(client, signed, method):
    answer = getattr(client, method)(LAYOUT, headers=signed)
    demand_problem(answer, 405)
    assert answer.headers["Allow"]


@pytest.mark.parametrize(
    "path", ["", "x", "drafts/", "drafts/1", "node-pools", "node-pools//layout", "%00", "ä", "../x"]
)
def test_an_address_that_is_none(client, signed, path):
    demand_problem(client.get(f"/api/v1/{path}", headers=signed), 404)


def test_an_answer_in_another_form(client, signed):
    demand_problem(client.get("/api/v1/drafts", headers={**signed, "Accept": "text/csv"}), 406)


def test_a_form_is_not_even_read(browser):
    demand_problem(browser.post(LAYOUT, {"body": "x" * 5_000_000}), 415)


def test_more_parameters_than_django_takes(client, signed):
    demand_problem(client.get(f"/api/v1/drafts?{'a=1&' * 11000}", headers=signed), 400)


def test_a_host_that_is_not_ours(client, settings):
    settings.ALLOWED_HOSTS = ["pools.example.com"]
    demand_problem(client.get("/api/v1/drafts"), 400)


def test_a_page_that_takes_too_much_is_a_page(browser):
    answer = browser.post("/pools/new/import", {"text": "x" * 5_000_000})
    assert answer.status_code == 400
    assert "too much at once" in answer.content.decode()


def test_a_call_that_breaks_tells_nothing_of_the_inside(client, signed, monkeypatch):
    def broken(*_):
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("webapp.api.views.layout", broken)
    client.raise_request_exception = False
    answer = client.post(LAYOUT, {"body": {}}, content_type="application/json", headers=signed)
    demand_problem(answer, 500)
    assert b"secret" not in answer.content


def test_a_person_who_calls_too_often_is_told_how_long_to_wait_and_nobody_else(client, signed, monkeypatch):
    cache.clear()
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"user": "2/min"})
    for _ in range(2):
        assert client.get("/api/v1/drafts", headers=signed).status_code == 200
    answer = client.get("/api/v1/drafts", headers=signed)
    demand_problem(answer, 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    other = {"Authorization": f"Token {make_api_token(User.objects.create_user('other'), 'x', 1)}"}
    assert client.get("/api/v1/drafts", headers=other).status_code == 200
    cache.clear()


def test_the_rate_is_that_of_the_settings():
    assert configured.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["user"].endswith("/min")


@pytest.mark.parametrize("depth", [66, 5000])
def test_a_body_that_is_nested_too_deep(client, signed, depth):
    content = '{"body":' * depth + "1" + "}" * depth
    demand_problem(client.post(LAYOUT, content, content_type="application/json", headers=signed), 413)


def test_a_body_of_just_the_depth_that_is_taken(client, signed):
    content = f'{{"body": {"[" * 64}{"]" * 64}}}'
    assert client.post(LAYOUT, content, content_type="application/json", headers=signed).status_code == 200


@pytest.mark.parametrize("size", [1024 * 1024 + 5000, 4_000_000])
def test_a_body_that_is_too_large(client, signed, size):
    content = json.dumps({"body": {**a_body(), "x": "a" * size}})
    demand_problem(client.post(LAYOUT, content, content_type="application/json", headers=signed), 413)
