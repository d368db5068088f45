import re

import pytest
from django.test import Client

from webapp.accounts.models import ApiToken, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    person = User.objects.create_user("person")
    client.force_login(person)
    return person


def made(client, name="pipeline"):
    page = client.post("/api-tokens", {"name": name, "days": "7"}).content.decode()
    return re.search(r"pw_\w{20,}", page)[0]


def test_a_new_token_opens_the_api_and_is_shown_this_once(client, person):
    token = made(client)
    assert token not in client.get("/api-tokens").content.decode()
    assert token not in str(ApiToken.objects.values())
    answer = Client().post(
        "/api/v1/node-pools/layout",
        {"body": {}},
        content_type="application/json",
        headers={"Authorization": f"Token {token}"},
    )
    assert answer.status_code == 200


def test_a_revoked_token_is_gone(client, person):
    made(client)
    token = ApiToken.objects.get()
    page = client.post(f"/api-tokens/{token.token_key}/revoke", follow=True).content.decode()
    assert "The token is revoked" in page
    assert "You have no API tokens" in page


def test_tokens_of_others_are_not_there(client, person):
    other = Client()
    other.force_login(User.objects.create_user("other"))
    made(other)
    key = ApiToken.objects.get().token_key
    assert client.post(f"/api-tokens/{key}/revoke").status_code == 404
    assert "pipeline" not in client.get("/api-tokens").content.decode()


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(client, person):
    answer = client.post("/api-tokens", {"name": "pipeline", "days": "9999"})
    assert answer.status_code == 422
    assert 'value="pipeline"' in answer.content.decode()
    assert 'href="#id_days"' in answer.content.decode()
    assert not ApiToken.objects.exists()
