"""Whether a pool is the one that a body asked for, where the answer to the order was lost."""

import json

import pytest

from tests.conftest import EXAMPLES
from tests.nodepool.test_changes import OWN, SCALING, SIZES, TAGS, TAINTS, a_pool
from tests.nodepool.test_rules import DROP, T, a_body
from webapp.nodepool.echo import is_echo_of

PASSWORD = {"userPassword": {"username": "root", "password": "secret"}}
NO_LOGIN = {f"{T}/login": {"userPassword": {}}}
FILLED_IN = {
    f"{T}/runtime": {"name": "docker"},
    f"{T}/os": "EulerOS 2.9",
    f"{T}/billingMode": 0,
    f"{T}/publicIP": {"eip": {"bandwidth": {}}},
    f"{T}/extendParam": {"publicKey": "ssh-rsa AAAA"},
    f"{T}/taints": [],
    f"{T}/k8sTags": OWN,
    SCALING: {"enable": False, "minNodeCount": 0, "scaleDownCooldownTime": 10},
    "/spec/nodeManagement": {},
    "/spec/newOfTheCloud": {"what": "ever"},
}


@pytest.mark.parametrize("name", ["cce", "cce-turbo"])
def test_the_published_answers_are_echoes_of_the_published_requests(name):
    request, answer = (json.loads((EXAMPLES / f"{kind}-{name}.json").read_text()) for kind in ("request", "response"))
    assert is_echo_of(answer, request)


@pytest.mark.parametrize(
    ("asked", "live"),
    [
        ({}, {}),
        ({f"{T}/os": DROP, f"{T}/runtime": DROP}, FILLED_IN),
        ({f"{T}/login": PASSWORD}, NO_LOGIN),
        ({SCALING: SIZES}, {SCALING: {**SIZES, "scaleDownCooldownTime": 10, "priority": 0}}),
        ({"/spec/misspelt": 1}, {}),
        ({f"{T}/k8sTags": {"tier": "web"}}, {f"{T}/k8sTags": {"tier": "web"}}),
    ],
)
def test_a_pool_with_what_the_cloud_fills_in_is_what_was_asked_for(asked, live):
    assert is_echo_of(a_pool(**live), a_body(**asked))


@pytest.mark.parametrize(
    ("asked", "live"),
    [
        ({}, {"/spec/initialNodeCount": 1}),
        ({}, {f"{T}/k8sTags": {"tier": "web"}}),
        ({}, {f"{T}/taints": TAINTS}),
        ({}, {f"{T}/userTags": TAGS}),
        ({}, {SCALING: SIZES}),
        ({}, {f"{T}/extendParam": {"maxPods": 30}}),
        ({}, {f"{T}/login": {"sshKey": "another"}}),
        ({f"{T}/os": "HCE OS 2.0"}, {f"{T}/os": "EulerOS 2.9"}),
        ({f"{T}/o": 1, f"{T}/os": "HCE OS 2.0"}, {f"{T}/os": "EulerOS 2.9"}),
        ({f"{T}/k8sTags": {"tier": "web"}}, {}),
        ({SCALING: SIZES}, {SCALING: {**SIZES, "maxNodeCount": 2}}),
        ({SCALING: SIZES}, {}),
        ({f"{T}/login": PASSWORD}, {}),
    ],
)
def test_a_pool_that_differs_in_what_somebody_said_is_another_one(asked, live):
    assert not is_echo_of(a_pool(**live), a_body(**asked))
