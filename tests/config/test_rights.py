"""Every address of the project, asked by nobody, a stranger, an approver, an auditor, an admin and the owner.

An address that is not in the table fails the test: whoever adds one says who may see it.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests.approvals.building import a_policy
from tests.conftest import ANNA
from tests.nodepool.test_rules import a_body
from tests.people import a_person
from webapp.accounts.actions import make_api_token
from webapp.accounts.models import ApiToken, User
from webapp.accounts.roles import Role
from webapp.approvals import actions
from webapp.approvals.actions import Order
from webapp.approvals.models import PoolRequest
from webapp.cloud.client import Cloud
from webapp.cloud.iam import sign_in
from webapp.nodepool import Cluster
from webapp.nodepool.facts import NOTHING_KNOWN
from webapp.notices.models import Notice
from webapp.pools.models import PoolStatus
from webapp.wizard.models import Draft, Preset

pytestmark = pytest.mark.django_db(transaction=True)

METHODS = ("get", "post", "put", "patch", "delete")
ROLES = ("nobody", "stranger", "approver", "auditor", "admin", "owner")  # the owner last: what she does may be for good
BEN = {**ANNA, "user": "ben", "password": "ben-demo-1", "project": "eu-de_team"}
SIGN_IN = "sign in"  # a redirect to the sign-in page
ADMINS_ONLY: dict[str, int | str] = {"approver": 403, "auditor": 403}
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
    local_cloud.fault(kind="sold_out", flavor="c7n.xlarge.2")  # a pool that never comes to its end
    pool = Cloud(anna).create_node_pool(cluster["uid"], body)["metadata"]["uid"]
    clients = {role: Client() for role in ROLES}
    clients["owner"].post("/sign-in", {"way": "cloud", **ANNA})
    clients["stranger"].post("/sign-in", {"way": "cloud", **BEN})
    people = {role: a_person(role, Role(role)) for role in ("approver", "auditor", "admin")}
    for role, one in people.items():
        clients[role].force_login(one)
    people |= {"owner": person("anna"), "stranger": person("ben")}
    tokens = {role: make_api_token(one, f"{one.username} made this"[:60], 1) for role, one in people.items()}
    ApiToken.objects.filter(user=people["owner"]).update(name=SECRETS[2])
    headers = {role: {"Authorization": f"Token {token}"} for role, token in tokens.items()} | {"nobody": {}}
    headers["owner"]["X-Cloud-Token"] = anna.token
    headers["stranger"]["X-Cloud-Token"] = sign_in(**BEN).token
    a_policy()
    order = actions.submit(
        Order("create", Cluster.from_api(Cloud(anna).cluster(cluster["uid"])), body),
        by=people["owner"],
        session=anna,
        key="k",
        facts=NOTHING_KNOWN,
    )
    Notice.objects.all().delete()
    notice = Notice.objects.create(person=people["owner"], event="ready", title=SECRETS[1], url="/")
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
        "order": str(order.number),
        "reference": order.reference,
        "notice": str(notice.pk),
        "preset": str(preset.pk),
        "token": ApiToken.objects.get(name=SECRETS[2]).token_key,
    }
    return World(ids, clients, headers)


def person(name: str) -> User:
    return User.objects.get(username__startswith=f"{name}@")


@dataclass(frozen=True)
class Row:
    """What one method of an address answers to nobody, a stranger, an admin, and the owner.

    An approver and an auditor are answered as the admin is, unless `others` says something else.
    """

    name: str
    method: str
    args: tuple[str, ...]
    answers: tuple[int | str, ...]
    data: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    others: dict[str, int | str] = field(default_factory=dict)

    @property
    def expected(self) -> dict[str, int | str]:
        """The answer to each role."""
        nobody, stranger, admin, owner = self.answers
        told = {"nobody": nobody, "stranger": stranger, "admin": admin, "owner": owner}
        return {role: self.others.get(role, told.get(role, admin)) for role in ROLES}

    def but(self, **others: int | str) -> "Row":
        """Return the row with other answers to some roles."""
        return replace(self, others=others)

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
    Row("portal:single-sign-on", "post", (), (404,) * 4),  # not configured here
    Row("portal:single-sign-on-back", "get", (), (404,) * 4),
    Row("portal:sign-out", "post", (), (SIGN_IN,) * 4),
    page("portal:password", "", (404, 200, 404)),
    page("portal:password", "", (404, 422, 404), "post", old_password="wrong"),
    page("portal:api-tokens", "", (200, 200, 200)),
    page("portal:api-tokens", "", (200, 200, 200), "post", name="x", days="1"),
    page("portal:revoke-api-token", "token", (404, 404, 302), "post"),
    # the wizard
    page("wizard:drafts", "", (200, 200, 200)),
    page("wizard:delete", "draft", (404, 404, 200)),
    page("wizard:delete", "draft", (404, 404, 302), "post"),
    page("wizard:start", "", (200, 200, 200)).but(**ADMINS_ONLY),
    page("wizard:start", "", (302, 302, 302), "post").but(**ADMINS_ONLY),
    page("wizard:import", "", (302, 302, 302), "post", text="{}").but(**ADMINS_ONLY),
    page("wizard:from-preset", "preset", (302, 302, 302), "post").but(**ADMINS_ONLY),
    page("wizard:copy", "cluster pool", (404, SIGN_IN, 302), "post"),
    page("wizard:export", "draft =json", (404, 404, 200)),
    page("wizard:decisions", "draft", (404, 404, 200)),
    page("wizard:make-preset", "draft", (403, 404, 403)).but(**ADMINS_ONLY),
    page("wizard:make-preset", "draft", (403, 404, 403), "post").but(**ADMINS_ONLY),
    page("wizard:step", "draft =basics", (404, 404, 200)),
    page("wizard:step", "draft =review", (404, 404, 200)),
    page("wizard:step", "draft =basics", (404, 404, 302), "post", _to="review"),
    page("wizard:step", "draft =review", (404, 404, 422), "post"),
    page("wizard:preview", "draft =basics", (404, 404, 200), "post"),
    page("wizard:presets", "", (403, 200, 403)).but(**ADMINS_ONLY),
    page("wizard:preset", "preset", (403, 200, 403)).but(**ADMINS_ONLY),
    page("wizard:preset", "preset", (403, 302, 403), "post", name="New").but(**ADMINS_ONLY),
    page("wizard:preset-active", "preset", (403, 302, 403), "post").but(**ADMINS_ONLY),
    page("wizard:scale", "cluster pool", (404, SIGN_IN, 200)),
    page("wizard:scale", "cluster pool", (404, SIGN_IN, 200), "post", **{"/spec/initialNodeCount": "3"}),
    page("wizard:change", "cluster pool", (404, SIGN_IN, 200)),
    page("wizard:change", "cluster pool", (404, SIGN_IN, 422), "post", **{"/metadata/name": "X"}),
    page("wizard:delete-pool", "cluster pool", (404, SIGN_IN, 200)),
    page("wizard:delete-pool", "cluster pool", (404, SIGN_IN, 302), "post", name=SECRETS[1]),
    # requests
    page("approvals:list", "", (200, 200, 200)),
    page("approvals:inbox", "", (403, 200, 403)).but(auditor=403),
    page("approvals:decide-many", "", (403, 409, 403), "post").but(auditor=403),
    page("approvals:request", "order", (404, 200, 200)),
    page("approvals:progress", "order", (404, 286, 286)),
    page("approvals:export", "order =json", (404, 200, 200)),
    page("approvals:act", "order =nonsense", (404, 404, 404), "post"),
    page("approvals:act", "order =comment", (404, 302, 302), "post", text="Hello").but(auditor=403),
    page("approvals:act", "order =approve", (404, 409, 403), "post").but(auditor=403, approver=302),
    page("approvals:act", "order =reject", (404, 409, 403), "post", comment="No").but(auditor=403, approver=302),
    page("approvals:act", "order =withdraw", (404, 403, 302), "post"),
    page("approvals:act", "order =launch", (404, 403, 409), "post"),
    page("wizard:from-request", "order", (404, 404, 302), "post"),
    # notices
    page("notices:list", "", (200, 200, 200)),
    page("notices:open", "notice", (404, 404, 302)),
    page("notices:read", "notice", (404, 404, 302), "post"),
    page("notices:read-all", "", (302, 302, 302), "post", upto="0"),
    page("notices:preferences", "", (200, 200, 200)),
    page("notices:preferences", "", (302, 302, 302), "post"),
    page("notices:mail-address", "", (302, 302, 302), "post"),
    page("notices:confirm-mail", "=made-up", (410, 410, 410)),
    page("notices:confirm-mail", "=made-up", (410, 410, 410), "post"),
    # pools
    page("pools:clusters", "", (200, SIGN_IN, 200)),
    page("pools:list", "cluster", (404, SIGN_IN, 200)),
    page("pools:pool", "cluster pool", (200, SIGN_IN, 200)),
    page("pools:pool-status", "cluster pool", (286, SIGN_IN, 200)),  # 286: nothing there to ask for again
    page("pools:export-pool", "cluster pool =json", (404, SIGN_IN, 200)),
    # the API
    Row("api:schema", "get", (), (200,) * 4),
    Row("api:docs", "get", (), (200,) * 4),
    call("nothing", "", (404, 404, 404)),
    call("clusters", "", (200, 403, 200)),
    call("node-pools", "cluster", (404, 403, 200)),
    call("node-pool", "cluster pool", (404, 403, 200)),
    call("nodes", "cluster pool", (404, 403, 200)),
    call("status", "cluster pool", (404, 403, 200)),
    call("events", "cluster pool", (404, 403, 200)),
    call("pick-list", "=zones", (200, 403, 200)),
    call("pick-list", "=pool_names", (404, 403, 200), query="?cluster_id={cluster}"),
    call("presets", "", (200, 200, 200)),
    call("drafts", "", (200, 200, 200)),
    call("drafts", "", (201, 201, 201), "post", body={}).but(**ADMINS_ONLY),
    call("draft", "draft", (404, 404, 200)),
    call("draft", "draft", (404, 404, 200), "put", body={}),
    call("draft", "draft", (404, 404, 204), "delete"),
    call("submissions", "", (200, 200, 200)),
    call("submissions", "", (400, 400, 400), "post", body={}),
    call("submission", "reference", (404, 200, 200)),
    call("requests", "", (200, 200, 200)),
    call("requests", "", (400, 400, 400), "post"),
    call("verdict", "", (400, 400, 400), "post"),
    call("request", "reference", (404, 200, 200)),
    call("request", "reference", (404, 403, 422), "put", body={}),
    call("timeline", "reference", (404, 200, 200)),
    call("act", "reference =comment", (404, 200, 200), "post", comment="Hello").but(auditor=403),
    call("act", "reference =approve", (404, 409, 403), "post").but(approver=200, auditor=403),
    call("act", "reference =withdraw", (404, 403, 200), "post"),
    call("audit", "", (403, 200, 403)).but(approver=403),
    call("scale", "cluster pool", (404, 403, 201), "post", count=3),
    call("node-pool", "cluster pool", (404, 403, 201), "put", body={}),
    call("node-pool", "cluster pool", (404, 403, 201), "delete"),
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
    assert {role: told(one) for role, one in answers.items()} == row.expected
    secrets = set(SECRETS) - {one for one in row.data.values() if isinstance(one, str)}  # what was typed is shown again
    for role in ("nobody", "stranger"):
        assert [word for word in secrets if word in answers[role].content.decode()] == []


@pytest.mark.parametrize("name", sorted({row.name for row in TABLE} - {"admin"}))  # it leads on whatever the method
def test_no_other_method_does_anything(world, name):
    rows = [row for row in TABLE if row.name == name]
    for method in set(METHODS) - {row.method for row in rows}:
        for role in ROLES:
            assert told(asked(world, rows[0], method, role)) in (SIGN_IN, 401, 403, 404, 405), (method, role)
    assert Draft.objects.count() == PoolRequest.objects.count() == Preset.objects.count() == 1


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
