"""Sent once, settled by looking: over real HTTP, with the local cloud's faults."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.nodepool.test_rules import T, a_body
from tests.side_by_side import together
from webapp.accounts.actions import person_of
from webapp.audit.models import AuditLine
from webapp.cloud.client import Cloud
from webapp.cloud.errors import OutcomeUnknown, Refused
from webapp.nodepool import Cluster
from webapp.nodepool.changes import is_as_asked
from webapp.pools import actions, changes
from webapp.pools.models import Creation, PoolStatus
from webapp.pools.status import condition, is_news, status_of, was_changed

pytestmark = pytest.mark.django_db
A_PASSWORD = {"userPassword": {"username": "root", "password": "JGVuY29kZWQ="}}
LOST = {"method": "POST", "path": "nodepools$", "times": 1}


def prod_standard(session):
    found = (Cluster.from_api(one) for one in Cloud(session).clusters())
    return next(one for one in found if one.name == "prod-standard")


@pytest.fixture
def order(anna):
    """Make an order as Anna."""

    def made(key="draft:1", **changes):
        return actions.submit(
            body=a_body(**changes), cluster=prod_standard(anna), by=person_of(anna), key=key, session=anna
        )

    return made


def test_an_accepted_order_knows_its_pool(order, anna, local_cloud):
    creation = order()
    actions.send(creation, anna)
    assert (creation.state, bool(creation.pool_id)) == ("accepted", True)
    assert local_cloud.log("POST", "nodepools")[0]["body"] == a_body()


def test_an_accepted_pool_is_known_by_the_answer_before_anybody_asks_for_it(order, anna):
    creation = order()
    actions.send(creation, anna)
    status = status_of(None, creation.project_id, creation.cluster_id, creation.pool_id)
    assert (status.name, condition(status).is_moving, status.changes.count()) == (creation.name, True, 1)


def test_the_same_key_is_the_same_order_and_is_sent_once(order, anna, local_cloud):
    for _ in range(3):
        actions.send(order(), anna)
    assert Creation.objects.count() == 1
    assert len(local_cloud.log("POST", "nodepools")) == 1


def test_a_refusal_keeps_the_clouds_words_and_the_place(order, anna):
    creation = order(**{"/spec/nodeTemplate/login/sshKey": "nobody"})
    actions.send(creation, anna)
    assert creation.state == "refused"
    assert creation.problem["pointer"] == "/spec/nodeTemplate/login/sshKey"


def test_a_taken_name_is_refused_before_anything_is_sent(order, anna, local_cloud):
    actions.send(order(), anna)
    second = order("draft:2")
    actions.send(second, anna)
    assert (second.state, second.problem["code"]) == ("refused", "NP-NAME-04")
    assert len(local_cloud.log("POST", "nodepools")) == 1


@pytest.mark.parametrize("login", [{"sshKey": "id_rsa"}, A_PASSWORD], ids=["key pair", "password"])
@pytest.mark.parametrize("kind", ["accept_then_504", "accept_then_drop"])
def test_a_lost_answer_is_settled_by_looking_and_nothing_is_sent_twice(order, anna, local_cloud, kind, login):
    local_cloud.fault(kind=kind, **LOST)
    creation = order(**{f"{T}/login": login})
    actions.send(creation, anna)
    assert creation.state == "unknown"
    actions.look(creation, anna)
    assert (creation.state, bool(creation.pool_id)) == ("accepted", True)
    assert [one["metadata"]["name"] for one in Cloud(anna).node_pools(creation.cluster_id)] == ["pool-1"]


def test_an_order_that_never_arrived_can_be_sent_again_after_some_looks(order, anna, local_cloud):
    local_cloud.fault(kind="drop", **LOST)
    creation = order()
    actions.send(creation, anna)
    actions.send_again(creation, anna)
    assert creation.state == "unknown"
    for _ in range(actions.LOOKS_BEFORE_GIVING_UP):
        actions.look(creation, anna)
    actions.send_again(creation, anna)
    actions.send(creation, anna)
    assert creation.state == "accepted"


@pytest.mark.parametrize("others", [{"/spec/initialNodeCount": 1}, {f"{T}/k8sTags": {"tier": "web"}}], ids=str)
def test_a_pool_of_the_same_name_with_another_body_is_not_adopted(order, anna, local_cloud, others):
    local_cloud.fault(kind="drop", **LOST)
    creation = order()
    actions.send(creation, anna)
    Cloud(anna).create_node_pool(creation.cluster_id, a_body(**others))
    actions.look(creation, anna)
    assert (creation.state, creation.problem["code"]) == ("refused", "NP-NAME-04")


def test_a_pool_that_may_be_of_another_order_is_nobodys_until_that_is_known(order, anna, local_cloud, monkeypatch):
    local_cloud.fault(kind="drop", **LOST)
    lost, other = order(), order("draft:2")
    actions.send(lost, anna)
    create = Cloud.create_node_pool

    def looked_for_meanwhile(cloud, cluster_id, body):
        answer = create(cloud, cluster_id, body)
        actions.look(lost, anna)
        assert lost.state == "unknown"
        return answer

    monkeypatch.setattr(Cloud, "create_node_pool", looked_for_meanwhile)
    actions.send(other, anna)
    actions.look(lost, anna)
    assert (other.state, lost.state, lost.problem["code"]) == ("accepted", "refused", "NP-NAME-04")


def test_a_pool_that_an_order_has_is_accepted_for_no_other_one_however_late(order, anna, local_cloud, monkeypatch):
    local_cloud.fault(kind="drop", **LOST)
    lost, slow = order(), order("draft:2")
    actions.send(lost, anna)
    create = Cloud.create_node_pool

    def stopped_for_long(cloud, cluster_id, body):
        answer = create(cloud, cluster_id, body)
        Creation.objects.filter(pk=slow.pk).update(state="unknown")  # it counts as dead
        actions.look(lost, anna)
        return answer

    monkeypatch.setattr(Cloud, "create_node_pool", stopped_for_long)
    actions.send(slow, anna)
    assert (lost.state, slow.state, slow.pool_id) == ("accepted", "refused", "")


def test_an_order_that_was_sent_again_and_meets_its_own_pool_is_looked_for(order, anna, local_cloud, monkeypatch):
    local_cloud.fault(kind="drop", **LOST)
    creation = order()
    actions.send(creation, anna)
    for _ in range(actions.LOOKS_BEFORE_GIVING_UP):
        actions.look(creation, anna)
    actions.send_again(creation, anna)
    late, goes_out = Cloud(anna), actions._goes_out
    monkeypatch.setattr(
        actions,
        "_goes_out",
        lambda one: late.create_node_pool(one.cluster_id, one.body) and goes_out(one),
    )
    actions.send(creation, anna)
    assert (creation.state, creation.problem["status"]) == ("unknown", 409)
    actions.look(creation, anna)
    assert creation.state == "accepted"


def test_a_sender_that_died_leaves_an_order_to_be_looked_for(order, anna):
    creation = order()
    past = timezone.now() - timedelta(minutes=5)
    Creation.objects.filter(pk=creation.pk).update(state="sending", claimed_at=past, sent_at=past)
    creation.refresh_from_db()
    actions.look(creation, anna)
    assert creation.state == "unknown"


IN_PASSING = [
    {"kind": "drop", "method": "GET", "path": "nodepools$"},
    {"kind": "status", "status": 503, "method": "GET", "path": "nodepools$"},
    {"kind": "status", "status": 429, "retry_after": 60, "path": "nodepools$"},
    {"kind": "status", "status": 429, "retry_after": 60, "method": "POST", "path": "nodepools$"},
]


@pytest.mark.parametrize("fault", IN_PASSING, ids=str)
def test_an_order_that_the_cloud_is_too_weak_for_stays_in_the_queue_and_is_sent_once_later(
    order, anna, local_cloud, fault
):
    creation = order()
    local_cloud.fault(**fault)
    actions.send(creation, anna)
    assert (creation.state, creation.sent_at, bool(creation.problem["message"])) == ("queued", None, True)
    local_cloud.no_faults()
    actions.send(creation, anna)
    assert (creation.state, creation.problem) == ("accepted", None)
    assert [one["status"] for one in local_cloud.log("POST", "nodepools") if one["status"] != 429] == [201]


@pytest.mark.parametrize("fault", IN_PASSING, ids=str)
def test_an_order_that_the_cloud_was_too_weak_for_all_the_time_is_refused(order, anna, local_cloud, settings, fault):
    creation = order()
    local_cloud.fault(**fault)
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.SETTLE_WITHIN_S + 1)):
        actions.send(creation, anna)
    assert creation.state == "refused"


@pytest.fixture
def watched(order, anna):
    creation = order()
    actions.send(creation, anna)
    return creation.project_id, creation.cluster_id, creation.pool_id


def test_what_changes_becomes_an_event(watched, anna, local_cloud):
    status_of(anna, *watched)
    local_cloud.advance(3600)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        status = status_of(anna, *watched)
    texts = [one.text for one in status.changes.all()]
    assert texts[-1] == "Ready: 2 of 2 nodes"
    assert condition(status).is_final


def test_a_deleted_pool_ends_as_deleted(watched, anna, local_cloud):
    status_of(anna, *watched)
    Cloud(anna).delete_node_pool(*watched[1:])
    local_cloud.advance(7200)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        status = status_of(anna, *watched)
    assert (status.is_gone, condition(status).word) == (True, "Deleted")


def test_pools_that_were_deleted_together_are_seen_to_be_gone_by_one_question(order, anna, local_cloud):
    orders = [order("draft:1"), order("draft:2", **{"/metadata/name": "pool-2"})]
    for one in orders:
        actions.send(one, anna)
        changes.delete(anna, one.cluster_id, one.pool_id, by=person_of(anna))
    local_cloud.advance(7200)
    before = len(local_cloud.log("GET"))
    status_of(anna, orders[0].project_id, orders[0].cluster_id, orders[0].pool_id)
    assert [one.is_gone for one in PoolStatus.objects.all()] == [True, True]
    assert [one["path"].rpartition("/")[2] for one in local_cloud.log("GET")[before:]] == ["nodepools", "nodes"]


def test_what_the_cloud_says_again_is_kept_by_one_statement(order, anna, django_assert_max_num_queries):
    orders = [order(f"draft:{one}", **{"/metadata/name": f"pool-{one}", "/spec/initialNodeCount": 0}) for one in "abc"]
    for one in orders:
        actions.send(one, anna)
    for minutes in (1, 2):
        with (
            time_machine.travel(timezone.now() + timedelta(minutes=minutes)),
            django_assert_max_num_queries(13) as said,
        ):
            status = status_of(anna, orders[0].project_id, orders[0].cluster_id, orders[0].pool_id)
    updates = [one["sql"] for one in said if one["sql"].startswith('UPDATE "pools_poolstatus"')]
    assert (len(updates), status.version, is_news(status)) == (1, 1, True)


def test_an_answer_from_before_a_change_says_nothing(watched, anna, monkeypatch):
    status_of(anna, *watched)
    ask = Cloud.node_pools

    def changed_meanwhile(cloud, cluster_id):
        answer = ask(cloud, cluster_id)
        was_changed(*watched)
        return [{**one, "status": {"phase": "Error"}} for one in answer]

    monkeypatch.setattr(Cloud, "node_pools", changed_meanwhile)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        status = status_of(anna, *watched)
    assert (is_news(status), condition(status).is_bad) == (False, False)


def test_a_dead_cloud_leaves_the_last_known_state_with_the_reason(watched, anna, local_cloud):
    status_of(anna, *watched)
    local_cloud.fault(kind="status", status=500, path="nodepools")
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        status = status_of(anna, *watched)
    assert status.document
    assert status.problem["status"] == 500


@pytest.mark.django_db(transaction=True)
def test_however_many_watch_the_cloud_is_asked_once(watched, anna, local_cloud):
    before = len([one for one in local_cloud.log("GET") if watched[1] in one["path"]])
    together([lambda: status_of(anna, *watched)] * 20)
    asked = [one["path"].rpartition("/")[2] for one in local_cloud.log("GET") if watched[1] in one["path"]]
    assert asked[before:] == ["nodepools", "nodes"]
    assert PoolStatus.objects.count() == 1


def test_a_second_deletion_of_a_pool_that_is_on_its_way_out_is_fine(watched, anna, local_cloud):
    _, cluster_id, pool_id = watched
    local_cloud.fault(kind="status", status=409, method="DELETE")  # as of a pool that is being deleted, and then gone
    with pytest.raises(Refused):
        changes.delete(anna, cluster_id, pool_id, by=person_of(anna))  # it is neither
    local_cloud.no_faults()
    for _ in range(2):
        changes.delete(anna, cluster_id, pool_id, by=person_of(anna))
    local_cloud.advance(7200)
    local_cloud.fault(kind="status", status=409, method="DELETE")
    changes.delete(anna, cluster_id, pool_id, by=person_of(anna))


def test_a_deletion_that_a_gateway_answers_with_404_is_not_done_while_the_pool_is_there(watched, anna, local_cloud):
    local_cloud.fault(kind="status", status=404, method="DELETE", times=1)
    with pytest.raises(Refused):
        changes.delete(anna, *watched[1:], by=person_of(anna))
    changes.delete(anna, *watched[1:], by=person_of(anna))


def of(anna, watched):
    """Return the live pool, and its body with a count of five and a label."""
    live = Cloud(anna).node_pool(*watched[1:])
    return live, a_body(**{"/spec/initialNodeCount": 5, "/spec/nodeTemplate/k8sTags": {"tier": "web"}})


@pytest.mark.parametrize("kind", ["accept_then_504", "accept_then_drop"])
def test_a_change_whose_answer_was_lost_has_worked_when_the_pool_says_so(watched, anna, local_cloud, kind):
    wanted = of(anna, watched)[1]
    local_cloud.fault(kind=kind, method="PUT")
    changes.update(anna, *watched[1:], wanted, by=person_of(anna))
    assert is_as_asked(of(anna, watched)[0], wanted)
    assert '"seen":"done"' in AuditLine.objects.get(act="cloud.pool_updated").after.replace(" ", "")
    local_cloud.fault(kind=kind, method="DELETE")
    changes.delete(anna, *watched[1:], by=person_of(anna))
    assert [one["status"]["phase"] for one in Cloud(anna).node_pools(watched[1])] in (["Deleting"], [])


@pytest.mark.parametrize("fault", [{"kind": "drop"}, {"kind": "status", "status": 500}], ids=str)
def test_a_change_whose_answer_was_lost_is_not_taken_for_done_when_the_pool_says_otherwise(
    watched, anna, local_cloud, fault
):
    local_cloud.fault(**fault, method="PUT")
    with pytest.raises(OutcomeUnknown):
        changes.update(anna, *watched[1:], of(anna, watched)[1], by=person_of(anna))
    local_cloud.fault(**fault, method="DELETE")
    with pytest.raises(OutcomeUnknown):
        changes.delete(anna, *watched[1:], by=person_of(anna))


def test_a_change_stays_unknown_when_the_pool_cannot_be_looked_at(watched, anna, local_cloud):
    wanted = of(anna, watched)[1]
    local_cloud.fault(kind="drop", path=f"nodepools/{watched[2]}")
    with pytest.raises(OutcomeUnknown):
        changes.update(anna, *watched[1:], wanted, by=person_of(anna))
