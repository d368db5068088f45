import json

import pytest

from webapp.accounts.actions import make_api_token
from webapp.accounts.models import User


@pytest.fixture
def robot(db):
    return User.objects.create_user("robot")


@pytest.fixture
def call(client, robot):
    """Call the API with a personal token."""
    token = make_api_token(robot, "pipeline", 30)

    def called(path, data, **headers):
        content = data if isinstance(data, bytes) else json.dumps(data)
        headers = {"Authorization": f"Token {token}", **headers}
        return client.post(path, content, content_type="application/json", headers=headers)

    return called
