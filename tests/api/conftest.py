import json

import pytest

from tests.people import a_person
from webapp.accounts.actions import make_api_token
from webapp.accounts.roles import Role


@pytest.fixture
def robot(db):
    return a_person("robot", Role.REQUESTER)


@pytest.fixture
def call(client, robot):
    """Call the API with a personal token."""
    token = make_api_token(robot, "pipeline", 30)

    def called(path, data, **headers):
        content = data if isinstance(data, bytes) else json.dumps(data)
        headers = {"Authorization": f"Token {token}", **headers}
        return client.post(path, content, content_type="application/json", headers=headers)

    return called


@pytest.fixture
def ask(client, robot):
    """Call the API by any method with a personal token."""
    token = make_api_token(robot, "reader", 30)

    def asked(method, path, data=None, **headers):
        content = {} if data is None else {"data": json.dumps(data), "content_type": "application/json"}
        return getattr(client, method)(path, headers={"Authorization": f"Token {token}", **headers}, **content)

    return asked
