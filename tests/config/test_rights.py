"""Every address of the project, asked by nobody, by a stranger, by an admin and by the owner.

An address that is not in the table fails the test: whoever adds one says who may see it.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests.conftest import ANNA
from tests.nodepool.test_rules import a_body
from webapp.accounts.actions import make_api_token
from webapp.accounts.models import ApiToken, User
from webapp.cloud.client import Cloud
from webapp.cloud.iam import sign_in
from webapp.pools.models import Creation, PoolStatus
from webapp.wizard.models import Draft, Preset

pytestmark = pytest.mark.django_db(transaction=True)

METHODS = ("get", "post", "put", "patch", "delete")
ROLES = ("nobody", "stranger", "admin", "owner")  # the owner last: what she does may be for good
BEN = {**ANNA, "user": "ben", "password": "ben-demo-1", "project": "eu-de_team"}
SIGN_IN = "sign in"  # a redirect to the sign-in page
SECRETS = ("annas-secret-draft", "annas-secret-order", "annas-secret-token")


@dataclass
class World:
    """Anna owns a draft, an order with its pool, and an API token."""

    ids: dict[str, str]
    clients: dict[str, Client]
    headers: dict[str, dict[str, str]] = field(default_factory=dict)


def names_of(resolver, space="") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from names_of(one, f"{one.namespace}:" if one.namespace else space)
        else:
            yield f"{space}{one.name}"


@pytest.fixture
def world(anna, local_cloud) -> World:
    cluster = next(one for one in Cloud(anna).clusters() if one["metadata"]["name"] == "prod-standard")["metadata"]
    body = a_body(**{"/metadata/name": SECRETS[1]})
    pool = Cloud(anna).create_node_pool(cluster["uid"], body)["metadata"]["uid"]
    clients = {role: Client() for role in ROLES}
    clients["owner"].post("/sign-in", {"way": "cloud", **ANNA})
    clients["stranger"].post("/sign-in", {"way": "cloud", **BEN})
    clients["admin"].force_login(User.objects.create_superuser("admin"))
    people = {"owner": person("anna"), "stranger": person("ben"), "admin": User.objects.get(username="admin")}
    tokens = {role: make_api_token(one, f"{one.username} made this"[:60], 1) for role, one in people.items()}
    ApiToken.objects.filter(user=people["owner"]).update(name=SECRETS[2])
    headers = {role: {"Authorization": f"Token {token}"} for role, token in tokens.items()} | {"nobody": {}}
    headers["owner"]["X-Cloud-Token"] = anna.token
    headers["stranger"]["X-Cloud-Token"] = sign_in(**BEN).token
    order = Creation.objects.create(
        key="k",
        author=people["owner"],
        project_id=anna.project_id,
        cluster_id=cluster["uid"],
        name=SECRETS[1],
        body=body,
        state="accepted",
        pool_id=pool,
    )
    draft = Draft.objects.create(owner=people["owner"], body=a_body(**{"/metadata/name": SECRETS[0]}))
    preset = Preset.objects.create(name="Worker", body=a_body(), author=people["admin"])
    watched = PoolStatus.objects.create(
        project_id=anna.project_id,
        cluster_id=cluster["uid"],
        pool_id=pool,
        document=Cloud(anna).node_pool(cluster["uid"], pool),
    )
    ids = {
        "cluster": cluster["uid"],
        "pool": watched.pool_id,
        "draft": str(draft.pk),
        "order": str(order.pk),
        "preset": str(preset.pk),
        "token": ApiToken.objects.get(name=SECRETS[2]).token_key,
    }
    return World(ids, clients, headers)


def person(name: str) -> User:
    return User.objects.get(username__startswith=f"{name}@")


@dataclass(frozen=True)
class Row:
    """What one method of an address answers to nobody, a stranger, an admin, and the owner."""

    name: str
    method: str
    args: tuple[str, ...]
    answers: tuple[int | str, ...]
    data: dict[str, Any] = field(default_factory=dict)
    query: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def page(address, args, answers, method="get", **data) -> Row:
    return Row(address, method, tuple(args.split()), (SIGN_IN, *answers), data)


def call(address, args, answers, method="get", query="", **data) -> Row:
    return Row(f"api:{address}", method, tuple(args.split()), (401, *answers), data, query)


TABLE = [
    # the portal
    page("portal:home", "", (200, 200, 200)),
    Row("admin", "get", (), (302,) * 4),
    Row("portal:sign-in", "get", (), (200,) * 4),
    Row("portal:sign-in", "post", (), (422,) * 4),
    Row("portal:sign-out", "post", (), (SIGN_IN,) * 4),
    Row("portal:health", "get", (), (200,) * 4),
    page("portal:api-tokens", "", (200, 200, 200)),
    page("portal:api-tokens", "", (200, 200, 200), "post", name="x", days="1"),
    page("portal:revoke-api-token", "token", (404, 404, 302), "post"),
    # the wizard
    page("wizard:drafts", "", (200, 200, 200)),
    page("wizard:delete", "draft", (404, 404, 200)),
    page("wizard:delete", "draft", (404, 404, 302), "post"),
    page("wizard:start", "", (200, 200, 200)),
    page("wizard:start", "", (302, 302, 302), "post"),
    page("wizard:import", "", (302, 302, 302), "post", text="{}"),
    page("wizard:from-preset", "preset", (302, 302, 302), "post"),
    page("wizard:copy", "cluster pool", (404, SIGN_IN, 302), "post"),
    page("wizard:export", "draft =json", (404, 404, 200)),
    page("wizard:decisions", "draft", (404, 404, 200)),
    page("wizard:make-preset", "draft", (403, 404, 403)),
    page("wizard:make-preset", "draft", (403, 404, 403), "post"),
    page("wizard:step", "draft =basics", (404, 404, 200)),
    page("wizard:step", "draft =review", (404, 404, 200)),
    page("wizard:step", "draft =basics", (404, 404, 302), "post", _to="review"),
    page("wizard:step", "draft =review", (404, 404, 422), "post"),
    page("wizard:preview", "draft =basics", (404, 404, 200), "post"),
    page("wizard:presets", "", (403, 200, 403)),
    page("wizard:preset", "preset", (403, 200, 403)),
    page("wizard:preset", "preset", (403, 302, 403), "post", name="New"),
    page("wizard:preset-active", "preset", (403, 302, 403), "post"),
    # pools
    page("pools:clusters", "", (200, SIGN_IN, 200)),
    page("pools:list", "cluster", (404, SIGN_IN, 200)),
    page("pools:pool", "cluster pool", (200, SIGN_IN, 200)),
    page("pools:pool-status", "cluster pool", (286, SIGN_IN, 200)),  # 286: nothing there to ask for again
    page("pools:export-pool", "cluster pool =json", (404, SIGN_IN, 200)),
    page("pools:delete", "cluster pool", (200, SIGN_IN, 200)),
    page("pools:delete", "cluster pool", (422, SIGN_IN, 302), "post", name=SECRETS[1]),
    page("pools:creation", "order", (404, 404, 200)),
    page("pools:creation-status", "order", (404, 404, 200)),
    page("pools:export-creation", "order =json", (404, 404, 200)),
    page("pools:send-again", "order", (404, 404, 302), "post"),
    # the API
    Row("api:schema", "get", (), (200,) * 4),
    call("nothing", "", (404, 404, 404)),
    call("clusters", "", (200, 400, 200)),
    call("node-pools", "cluster", (404, 400, 200)),
    call("node-pool", "cluster pool", (404, 400, 200)),
    call("nodes", "cluster pool", (404, 400, 200)),
    call("status", "cluster pool", (404, 400, 200)),
    call("events", "cluster pool", (404, 400, 200)),
    call("pick-list", "=zones", (200, 400, 200)),
    call("pick-list", "=pool_names", (404, 400, 200), query="?cluster_id={cluster}"),
    call("presets", "", (200, 200, 200)),
    call("drafts", "", (200, 200, 200)),
    call("drafts", "", (201, 201, 201), "post", body={}),
    call("draft", "draft", (404, 404, 200)),
    call("draft", "draft", (404, 404, 200), "put", body={}),
    call("draft", "draft", (404, 404, 204), "delete"),
    call("submissions", "", (200, 200, 200)),
    call("submissions", "", (400, 400, 400), "post", body={}),
    call("submission", "order", (404, 404, 200)),
    call("validate", "", (200, 200, 200), "post", body={}, cluster={}),
    call("layout", "", (200, 200, 200), "post", body={}),
    call("export", "", (200, 200, 200), "post", query="?format=json", body={}),
    call("import", "", (200, 200, 200), "post", text="{}"),
]


def test_every_address_is_in_the_table():
    named = {name for name in names_of(get_resolver()) if not name.startswith("admin:")}  # tests/admin/ walks those
    assert named == {row.name for row in TABLE}


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_an_address_answers_each_person_as_they_may(world, row):
    answers = {role: asked(world, row, row.method, role) for role in ROLES}
    assert {role: told(one) for role, one in answers.items()} == dict(zip(ROLES, row.answers, strict=True))
    secrets = set(SECRETS) - {one for one in row.data.values() if isinstance(one, str)}  # what was typed is shown again
    for role in ("nobody", "stranger", "admin"):
        assert [word for word in secrets if word in answers[role].content.decode()] == []


@pytest.mark.parametrize("name", sorted({row.name for row in TABLE}))
def test_no_other_method_does_anything(world, name):
    rows = [row for row in TABLE if row.name == name]
    for method in set(METHODS) - {row.method for row in rows}:
        for role in ROLES:
            assert told(asked(world, rows[0], method, role)) in (SIGN_IN, 401, 403, 404, 405), (method, role)
    assert Draft.objects.count() == Creation.objects.count() == Preset.objects.count() == 1


def asked(world: World, row: Row, method: str, role: str):
    args = [one[1:] if one.startswith("=") else world.ids[one] for one in row.args]
    path = reverse(row.name, args=args) + row.query.format(**world.ids)
    if not row.name.startswith("api:"):
        return getattr(world.clients[role], method)(path, row.data)
    content = {} if method == "get" else {"data": json.dumps(row.data), "content_type": "application/json"}
    headers = {"If-Match": '"1"', "Idempotency-Key": uuid.uuid4().hex, **world.headers[role]}
    return getattr(Client(), method)(path, headers=headers, **content)


def told(answer) -> int | str:
    is_sign_in = answer.status_code == 302 and answer["Location"].startswith(reverse("portal:sign-in"))
    return SIGN_IN if is_sign_in else answer.status_code
