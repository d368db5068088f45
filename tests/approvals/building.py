"""Requests and policies for tests, made by the real actions."""

import uuid
from datetime import timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from tests.nodepool.test_rules import a_body
from tests.people import a_person
from webapp.accounts.models import User
from webapp.accounts.roles import Role
from webapp.approvals import actions
from webapp.approvals.actions import Order
from webapp.approvals.models import CatalogueEntry, Policy, PoolRequest
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster
from webapp.nodepool.defaults import blank_body
from webapp.nodepool.facts import Facts, Flavor

CLUSTER = Cluster(version="v1.29", id="c-1", name="prod-standard", phase="Available")
FACTS = Facts(flavors=(Flavor("c7n.xlarge.2", 4, 8192),))


def a_session(project: str = "eu-de_sandbox") -> CloudSession:
    """Return a cloud session that calls nobody."""
    return CloudSession(
        token="a-token",
        expires_at=timezone.now() + timedelta(hours=1),
        user_id="u",
        user_name="anna",
        domain_id="d",
        domain_name="D",
        project_id=f"id-{project}",
        project_name=project,
        endpoints={},
    )


def a_team(name: str) -> Group:
    return Group.objects.get_or_create(name=name)[0]


def a_policy(name: str = "one approval", **wishes) -> Policy:
    return Policy.objects.create(**{"name": name, "outcome": "approvals", "approvals": 1} | wishes)


def a_failure(code: str, **facts) -> CatalogueEntry:
    """Return the entry of a code in the failure catalogue."""
    return CatalogueEntry.objects.update_or_create(code=code, defaults={"sentence": "It went wrong."} | facts)[0]


def an_order(kind: str = "create", **changes) -> Order:
    return Order(
        kind=kind,
        cluster=CLUSTER,
        body=a_body(**changes),
        baseline=blank_body(),
        pool_id="" if kind == "create" else "p",
    )


def a_request(author: User | None = None, *, kind: str = "create", key: str = "", **changes) -> PoolRequest:
    """Return a submitted request; what policies there are judge it."""
    author = author or User.objects.filter(username="author").first() or a_person("author", Role.REQUESTER)
    return actions.submit(
        an_order(kind, **changes), by=author, session=a_session(), key=key or uuid.uuid4().hex, facts=FACTS
    )
