"""Anna, what she asks for, and the browser in which she is signed in to the cloud."""

import json
import uuid
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY

from tests.nodepool.test_rules import a_body
from webapp.accounts.actions import person_of
from webapp.accounts.granting import grant
from webapp.accounts.roles import Role
from webapp.accounts.sealing import seal
from webapp.approvals import actions
from webapp.approvals.actions import Order
from webapp.cloud import picklists
from webapp.cloud.client import Cloud
from webapp.nodepool import Cluster
from webapp.nodepool.defaults import blank_body
from webapp.nodepool.formats import cleaned


@pytest.fixture
def author(anna):
    person = person_of(anna)
    grant(person, Role.REQUESTER, by=None)
    return person


@pytest.fixture
def cluster(anna):
    found = (Cluster.from_api(one) for one in Cloud(anna).clusters())
    return next(one for one in found if one.name == "prod-standard")


@pytest.fixture
def asked(anna, author, cluster):
    """Make a request as Anna."""

    def made(kind="create", body=None, pool_id="", browser="", **changes):
        order = Order(
            kind=kind,
            cluster=cluster,
            body=body or a_body(**changes),
            baseline=cleaned(Cloud(anna).node_pool(cluster.id, pool_id)).body if pool_id else blank_body(),
            pool_id=pool_id,
            browser=browser,
        )
        facts = picklists.facts_now(anna, cluster)
        return actions.submit(order, by=author, session=anna, key=uuid.uuid4().hex, facts=facts)

    return made


@pytest.fixture
def browser(anna, author):
    """The key of a browser session in which Anna is signed in to the cloud."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(author.pk)
    store["cloud"] = seal(json.dumps(anna.to_json()))
    store.save()
    return store.session_key
