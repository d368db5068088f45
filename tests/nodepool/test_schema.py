import json

import pytest

from tests.conftest import EXAMPLES
from tests.nodepool.test_rules import a_body
from tests.wizard.test_answers import shape_patterns
from webapp.nodepool.rules.shape import BODY
from webapp.nodepool.schema import Node, NodePool, NodePoolRequest


@pytest.mark.parametrize("name", ["request-cce", "request-cce-turbo"])
def test_a_published_request_is_read_and_written_without_a_change(name):
    body = json.loads((EXAMPLES / f"{name}.json").read_text())
    assert NodePoolRequest.model_validate(body).as_body() == body


def test_a_key_that_nobody_knows_is_kept():
    body = a_body(**{"/spec/colour": "red"})
    assert NodePoolRequest.model_validate(body).as_body() == body


def fields_of(schema, whole, at=""):
    """Yield a pattern for each leaf of a JSON Schema."""
    if "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].rpartition("/")[2]]
    for choice in schema.get("anyOf", ()):
        if "$ref" in choice or choice.get("type") in ("array", "object"):
            yield from fields_of(choice, whole, at)
            return
    if schema.get("type") == "array":
        yield from fields_of(schema["items"], whole, f"{at}/*")
    elif "properties" in schema:
        for name, inner in schema["properties"].items():
            yield from fields_of(inner, whole, f"{at}/{name.replace('/', '~1')}")
    else:
        yield at


def test_models_and_rules_know_the_same_fields():
    schema = NodePoolRequest.model_json_schema()
    assert set(fields_of(schema, schema)) == set(shape_patterns(BODY)) | {"/spec/nodeTemplate/k8sTags"}


@pytest.mark.parametrize("document", [{}, {"status": None}, {"status": {"currentNode": "many", "phase": 7}}])
def test_an_odd_answer_counts_as_missing(document):
    assert NodePool.model_validate(document).status.current_node == 0


def test_a_node_knows_its_pool():
    node = {"metadata": {"annotations": {"kubernetes.io/node-pool.id": "p"}}}
    assert Node.model_validate(node).pool_id == "p"
