"""What a live pool is held against: after a change whose answer was lost, and before one that others overtook."""

import pytest

from tests.nodepool.test_rules import T, a_body
from webapp.nodepool import pointers
from webapp.nodepool.changes import is_as_asked, on_top_of, overtaken

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


@pytest.mark.parametrize(
    ("wanted", "live", "made"),
    [
        ({SCALING: SIZES}, {f"{T}/userTags": TAGS}, {SCALING: SIZES, f"{T}/userTags": TAGS}),
        ({}, {SCALING: SIZES}, {SCALING: SIZES}),
        ({f"{T}/taints": TAINTS[:1]}, {f"{T}/taints": TAINTS[1:]}, {f"{T}/taints": TAINTS}),
        ({f"{T}/userTags": TAGS[:1]}, {f"{T}/userTags": TAGS[:1]}, {f"{T}/userTags": TAGS[:1]}),
    ],
    ids=["tags beside sizes", "sizes that are left alone", "a taint beside a taint", "both the same"],
)
def test_a_change_is_made_on_top_of_what_others_did(wanted, live, made):
    bodies = a_body(**live), a_body(), a_body(**wanted)
    assert on_top_of(*bodies) == a_body(**made)
    assert overtaken(*bodies) == []


def test_a_label_that_others_took_away_stays_away_and_one_that_is_taken_away_goes():
    before, tier = a_body(**{f"{T}/k8sTags": {"tier": "web", "team": "shop"}}), {f"{T}/k8sTags": {"tier": "web"}}
    assert on_top_of(a_body(**tier), before, {**before, "more": 1}) == {**a_body(**tier), "more": 1}
    assert on_top_of(before, before, a_body(**tier)) == a_body(**tier)


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        ({SCALING: SIZES}, {SCALING: {**SIZES, "maxNodeCount": 9}}),
        ({f"{T}/taints": [{**TAINTS[0], "value": "x"}]}, {f"{T}/taints": TAINTS[:1]}),
        ({"/metadata/name": "mine"}, {"/metadata/name": "theirs"}),
    ],
)
def test_what_others_made_otherwise_clashes(wanted, live):
    (place,) = wanted
    assert [one.pointer for one in overtaken(a_body(**live), a_body(), a_body(**wanted))] == [place]


def test_nodes_that_come_and_go_by_themselves_are_no_clash_with_a_deletion():
    grown = a_body(**{SCALING: SIZES, "/spec/initialNodeCount": 3})
    assert overtaken(grown, a_body(**{SCALING: SIZES}), None) == []
