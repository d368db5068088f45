"""Documents in the database: as they were given, whichever database it is."""

import json

import pytest

from webapp.accounts.models import User
from webapp.wizard.models import Draft


@pytest.mark.django_db
@pytest.mark.parametrize("text", ['{"b": 1, "a": 2}', '{"nul": "\\u0000", "lone": "\\ud800"}'])
def test_a_document_comes_back_as_it_was(text):
    body = json.loads(text)
    draft = Draft.objects.create(owner=User.objects.create_user("anna"), body=body)
    draft.refresh_from_db()
    assert json.dumps(draft.body) == json.dumps(body)
