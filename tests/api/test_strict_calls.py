"""Calls about requests are read as strictly as the document describes them."""

import pytest

from tests.nodepool.test_rules import a_body
from tests.people import a_person
from webapp.accounts.actions import make_api_token
from webapp.accounts.roles import Role
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import LONGEST_TEXT
from webapp.cloud.client import Cloud

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pool(anna):
    cluster = next(one for one in Cloud(anna).clusters() if one["metadata"]["name"] == "prod-standard")
    made = Cloud(anna).create_node_pool(cluster["metadata"]["uid"], a_body())
    return f"/api/v1/clusters/{cluster['metadata']['uid']}/node-pools/{made['metadata']['uid']}"


@pytest.fixture
def act(ask, anna):
    def acted(method, path, data=None, key="one"):
        return ask(method, path, data, **{"X-Cloud-Token": anna.token, "Idempotency-Key": key})

    return acted


@pytest.mark.parametrize(
    "query", ["state=AAA", "kind=x", "waiting=null", "waiting=true&waiting=true", "kind=", "state=a&state=b"]
)
def test_a_filter_that_is_none_is_refused(ask, robot, query):
    assert ask("get", f"/api/v1/requests?{query}").status_code == 400


@pytest.mark.parametrize("query", ["", "state=submitted", "kind=create", "waiting=true", "waiting=false"])
def test_a_filter_that_is_one_is_taken(ask, robot, query):
    assert ask("get", f"/api/v1/requests?{query}").status_code == 200


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("requests?stat=approved", "stat"),
        ("requests?state=submitted&kin=create", "kin"),
        ("requests/NP-1001?x=1", "x"),
        ("submissions?state=approved", "state"),
        ("drafts?page=2", "page"),
        ("presets?name=x", "name"),
    ],
)
def test_a_parameter_that_is_none_is_refused_and_named(ask, robot, path, word):
    answer = ask("get", f"/api/v1/{path}")
    assert (answer.status_code, f"There is no parameter {word}." in answer.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    ("method", "path", "call"),
    [
        ("post", "requests/{}/comment", {"coment": "Hello"}),
        ("post", "requests/{}/withdraw", {"comment": "No", "coment": "Hello"}),
        ("post", "requests", {"kind": "create", "cluster_id": "x", "coment": ""}),
        ("post", "drafts", {"coment": ""}),
        ("post", "node-pools/import", {"text": "{}", "coment": ""}),
    ],
)
def test_a_member_that_is_none_is_refused_and_named(act, pool, method, path, call):
    made = act("post", f"{pool}/scale", {"count": 3}).json()
    answer = act(method, f"/api/v1/{path.format(made['id'])}", call, key="two")
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (400, ["/coment"])
    assert "There is no member of this name: " in answer.json()["detail"]


def test_a_text_that_is_too_long_is_refused_in_words(act, pool):
    made = act("post", f"{pool}/scale", {"count": 3}).json()
    answer = act("post", f"/api/v1/requests/{made['id']}/comment", {"comment": "x" * (LONGEST_TEXT + 1)})
    assert (answer.status_code, answer.json()["detail"]) == (400, f"Say it in {LONGEST_TEXT} characters at most.")


@pytest.mark.parametrize("count", ["3", 3.5, True, None])
def test_a_count_is_a_number(act, pool, count):
    assert act("post", f"{pool}/scale", {"count": count}).status_code == 400


def test_a_key_stands_for_one_call_about_one_pool(act, pool):
    first = act("post", f"{pool}/scale", {"count": 3})
    assert first.status_code == 201
    assert act("post", f"{pool}/scale", {"count": 3}).json()["id"] == first.json()["id"]
    assert act("post", f"{pool}/scale", {"count": 4}).status_code == 422
    assert act("delete", pool).status_code == 422
    assert PoolRequest.objects.count() == 1


def test_a_key_is_each_persons_own(act, pool, client, anna):
    assert act("post", f"{pool}/scale", {"count": 3}).status_code == 201
    other = a_person("other", Role.REQUESTER)
    headers = {
        "Authorization": f"Token {make_api_token(other, 'x', 1)}",
        "X-Cloud-Token": anna.token,
        "Idempotency-Key": "one",
    }
    client.post(f"{pool}/scale", {"count": 4}, content_type="application/json", headers=headers)
    assert PoolRequest.objects.count() == 2
