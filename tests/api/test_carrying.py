"""Bodies leave and enter through the API."""

import json

import pytest

from tests.api.test_checking import STANDARD
from tests.nodepool.test_rules import T, a_body
from webapp.nodepool.formats import FORMATS

pytestmark = pytest.mark.django_db
EXPORT, IMPORT = "/api/v1/node-pools/export", "/api/v1/node-pools/import"


@pytest.mark.parametrize("name", FORMATS)
def test_a_body_leaves_in_every_format(call, name):
    answer = call(f"{EXPORT}?format={name}", {"body": a_body(), "cluster_id": "c-1"})
    assert answer.status_code == 200
    found = answer.json()
    assert found["format"] == name
    assert "pool-1" in found["text"]


@pytest.mark.parametrize("name", ["json", "yaml", "terraform"])
def test_what_left_enters_again_and_is_checked(call, name):
    text = call(f"{EXPORT}?format={name}", {"body": a_body()}).json()["text"]
    found = call(IMPORT, {"format": name, "text": text, "cluster": STANDARD}).json()
    verdict = {"valid": True, "errors": [], "warnings": []}
    assert found == {"format": name, "body": a_body(), "left_out": [], **verdict}
    guessed = call(IMPORT, {"text": text, "cluster": STANDARD}).json()
    assert guessed == found


def test_what_a_format_cannot_express_is_listed(call):
    body = a_body(**{f"{T}/publicIP": {"ids": ["eip-1"]}})
    found = call(f"{EXPORT}?format=terraform", {"body": body}).json()
    assert [one["pointer"] for one in found["left_out"]] == [f"{T}/publicIP/ids/0"]


def test_an_import_says_what_is_wrong_with_the_body(call):
    text = json.dumps(a_body(**{f"{T}/flavor": ""}))
    found = call(IMPORT, {"format": "json", "text": text}).json()
    assert [one["pointer"] for one in found["errors"]] == [f"{T}/flavor"]


@pytest.mark.parametrize(
    ("path", "data", "pointer"),
    [
        (EXPORT, {"body": {}}, ""),
        (f"{EXPORT}?format=xml", {"body": {}}, ""),
        (f"{EXPORT}?format=terraform", {"body": {}}, "/body/kind"),
        (f"{EXPORT}?format=curl", {"body": {}, "cluster_id": "$(reboot)"}, "/cluster_id"),
        (IMPORT, {"format": "json", "text": "{"}, "/text"),
        (IMPORT, {"format": "yaml", "text": "a: \ud800"}, "/text"),
        (IMPORT, {"format": "xml", "text": "{}"}, "/format"),
        (IMPORT, {"format": "json"}, "/text"),
        (IMPORT, [], ""),
    ],
    ids=range(9),
)
def test_a_call_that_cannot_be_understood_names_the_place(call, path, data, pointer):
    answer = call(path, data)
    assert answer.status_code == 400
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]


@pytest.mark.parametrize("body", [None, [], "x", {"spec": []}, {"spec": {"nodeTemplate": {"login": 1}}}])
@pytest.mark.parametrize("name", FORMATS)
def test_any_body_is_written_or_refused(call, name, body):
    assert call(f"{EXPORT}?format={name}", {"body": body}).status_code in (200, 400)
