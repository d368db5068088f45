"""Others have changed a pool since its change was asked for: what they did is kept, or the request goes back."""

import copy
from html import unescape

import pytest

from tests.approvals.test_launching import live  # noqa: F401 - a fixture
from tests.nodepool.test_rules import T
from webapp.approvals.launching import launch
from webapp.approvals.workflow import State
from webapp.cloud.client import Cloud
from webapp.nodepool import pointers
from webapp.nodepool.formats import cleaned
from webapp.pools.models import PoolStatus

pytestmark = pytest.mark.django_db


def change_of(body, **values):
    wanted = copy.deepcopy(body)
    for at, value in values.items():
        pointers.put(wanted, at, value)
    return wanted


COUNT, LABELS, TAINTS = "/spec/initialNodeCount", f"{T}/k8sTags", f"{T}/taints"
TEAM, WEB = {LABELS: {"team": "shop"}}, {LABELS: {"tier": "web"}}
DEDICATED = {TAINTS: [{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}]}


@pytest.mark.parametrize(
    ("kind", "wish", "others", "both"),
    [
        ("update", TEAM, {COUNT: 4}, {**TEAM, COUNT: 4}),
        ("scale", {COUNT: 4}, TEAM, {**TEAM, COUNT: 4}),
        ("scale", {COUNT: 4}, DEDICATED, {**DEDICATED, COUNT: 4}),
        ("update", WEB, TEAM, {LABELS: {"tier": "web", "team": "shop"}}),
    ],
    ids=["nodes", "labels under a scaling", "taints under a scaling", "labels beside labels"],
)
def test_a_change_keeps_what_others_did_since_it_was_asked_for(  # noqa: PLR0917
    asked,
    anna,
    author,
    live,  # noqa: F811
    kind,
    wish,
    others,
    both,
):
    pool_id, body = live
    late = asked(kind, change_of(body, **wish), pool_id)
    launch(asked("update", change_of(body, **others), pool_id), anna, by=author)
    launch(late, anna, by=author)
    now = cleaned(Cloud(anna).node_pool(late.cluster_id, pool_id)).body
    assert (late.state, {at: pointers.get(now, at) for at in both}) == (State.PROVISIONING, both)


@pytest.mark.parametrize(
    ("kind", "wish", "others"),
    [
        ("scale", {COUNT: 4}, {COUNT: 6}),
        ("update", WEB, {LABELS: {"tier": "db"}}),
        ("delete", {}, {COUNT: 6}),
        ("delete", {}, DEDICATED),
    ],
    ids=["nodes under a scaling", "the same label", "nodes under a deletion", "taints under a deletion"],
)
def test_what_would_undo_the_work_of_others_is_warned_of_and_goes_back_with_the_difference(  # noqa: PLR0917
    asked,
    anna,
    author,
    live,  # noqa: F811
    client,
    kind,
    wish,
    others,
):
    pool_id, body = live
    late = asked(kind, change_of(body, **wish), pool_id)
    launch(asked("update", change_of(body, **others), pool_id), anna, by=author)
    then = Cloud(anna).node_pool(late.cluster_id, pool_id)["spec"]
    PoolStatus.objects.update(document={**body, "spec": then})
    client.force_login(author)
    warned = client.get(late.get_absolute_url()).content.decode()
    launch(late, anna, by=author)
    (place,) = others
    assert "The pool has changed since this was asked for" in warned
    assert (late.state, late.problem["pointer"]) == (State.CHANGES, place)
    assert "Somebody else has changed it" in late.problem["detail"]
    assert late.problem["detail"] in unescape(warned)
    assert Cloud(anna).node_pool(late.cluster_id, pool_id)["spec"] == then
