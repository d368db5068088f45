"""What a live pool is held against after a change whose answer was lost."""

import pytest

from tests.nodepool.test_rules import T, a_body
from webapp.nodepool import pointers
from webapp.nodepool.changes import is_as_asked

SCALING = "/spec/autoscaling"
OWN = {"cce.cloud.com/cce-nodepool": "pool"}
TAINTS = [{"key": key, "value": "", "effect": "NoSchedule"} for key in ("a", "b")]
TAGS = [{"key": key, "value": "x"} for key in ("a", "b")]
SIZES = {"enable": True, "minNodeCount": 1, "maxNodeCount": 3}


def a_pool(**changes):
    """Return a pool as the cloud answers it."""
    live = a_body(**changes)
    pointers.put(live, "/metadata/uid", "p-1")
    pointers.put(live, f"{T}/k8sTags", {**OWN, **pointers.get(live, f"{T}/k8sTags", {})})
    return {**live, "status": {"phase": "", "currentNode": 2}}


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        ({}, {}),
        ({"/spec/initialNodeCount": 5}, {"/spec/initialNodeCount": 5}),
        ({f"{T}/k8sTags": {"tier": "web"}}, {f"{T}/k8sTags": {"tier": "web"}}),
        ({f"{T}/k8sTags": {}, f"{T}/taints": []}, {}),
        ({f"{T}/taints": TAINTS, f"{T}/userTags": TAGS}, {f"{T}/taints": TAINTS[::-1], f"{T}/userTags": TAGS[::-1]}),
        ({SCALING: SIZES}, {SCALING: {**SIZES, "scaleDownCooldownTime": 10, "priority": 0}}),
        ({}, {SCALING: {}, "/spec/customSecurityGroups": []}),
    ],
)
def test_a_pool_that_is_as_asked_is_known(wanted, live):
    assert is_as_asked(a_pool(**live), a_body(**wanted))


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        ({"/spec/initialNodeCount": 5}, {}),
        ({"/metadata/name": "new"}, {}),
        ({f"{T}/k8sTags": {"tier": "web"}}, {}),
        ({}, {f"{T}/k8sTags": {"tier": "web"}}),
        ({f"{T}/taints": []}, {f"{T}/taints": TAINTS}),
        ({f"{T}/userTags": TAGS}, {f"{T}/userTags": TAGS[:1]}),
        ({SCALING: SIZES}, {SCALING: {**SIZES, "maxNodeCount": 2}}),
        ({SCALING: SIZES}, {}),
    ],
)
def test_a_pool_that_differs_from_what_was_asked_is_known(wanted, live):
    assert not is_as_asked(a_pool(**live), a_body(**wanted))
