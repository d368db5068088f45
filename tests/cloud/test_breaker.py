"""A service that does not answer is left alone for a while; one that says no is not."""

import threading
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.conftest import free_port
from tests.side_by_side import together
from webapp.cloud import breaker
from webapp.cloud.breaker import Breaker
from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudUnreachable, LeftAlone, Refused
from webapp.cloud.patience import patience


@pytest.fixture
def cloud(anna):
    return Cloud(anna)


def calls(local_cloud, ending="clusters"):
    return len(local_cloud.log("GET", ending))


def exhaust(cloud, local_cloud):
    local_cloud.fault(kind="status", status=500, path="/clusters$")
    for _ in range(breaker.FAILURES):
        with pytest.raises(CloudUnreachable):
            cloud.clusters()


def test_after_some_failures_in_a_row_nothing_is_sent(cloud, local_cloud):
    exhaust(cloud, local_cloud)
    before = calls(local_cloud)
    with pytest.raises(CloudUnreachable, match="left alone"):
        cloud.clusters()
    assert calls(local_cloud) == before


def test_other_services_go_on(cloud, local_cloud):
    exhaust(cloud, local_cloud)
    assert cloud.zones()


def test_after_the_pause_one_caller_tries_and_an_answer_ends_it(cloud, local_cloud, monkeypatch):
    exhaust(cloud, local_cloud)
    local_cloud.no_faults()
    now = time.monotonic()
    monkeypatch.setattr(breaker.time, "monotonic", lambda: now + breaker.PAUSE_S + 1)
    probe = breaker.breaker_of("ccev2.0", cloud.session.endpoints["ccev2.0"].split("/")[2])
    probe.demand_closed()  # this caller tries now
    with pytest.raises(CloudUnreachable, match="left alone"):
        cloud.clusters()
    probe.answered()
    assert cloud.clusters()


def test_a_probe_that_fails_begins_the_pause_anew(cloud, local_cloud, monkeypatch):
    exhaust(cloud, local_cloud)
    now = time.monotonic()
    monkeypatch.setattr(breaker.time, "monotonic", lambda: now + breaker.PAUSE_S + 1)
    with pytest.raises(CloudUnreachable, match="problem of its own"):
        cloud.clusters()
    with pytest.raises(CloudUnreachable, match="left alone"):
        cloud.clusters()


def test_refusals_never_count(cloud):
    for _ in range(3 * breaker.FAILURES):
        with pytest.raises(Refused):
            cloud.cluster("nothing")
    assert cloud.clusters()


def test_a_success_in_between_begins_the_count_anew(cloud, local_cloud):
    for _ in range(breaker.FAILURES):
        local_cloud.fault(kind="status", status=500, path="/clusters$", times=1)
        with pytest.raises(CloudUnreachable):
            cloud.clusters()
        assert cloud.clusters()


def test_a_dead_host_counts_as_well(anna):
    endpoints = {**anna.endpoints, "compute": f"http://127.0.0.1:{free_port()}/v2.1/x"}
    dead = Cloud(replace(anna, endpoints=endpoints))
    for _ in range(2):  # each is tried three times
        with pytest.raises(CloudUnreachable):
            dead.zones()
    with pytest.raises(CloudUnreachable, match="left alone"):
        dead.zones()


def test_whoever_waits_waits_no_longer_than_they_will(cloud, local_cloud):
    local_cloud.fault(kind="latency", seconds=3, path="/clusters$")
    started = time.monotonic()
    with patience(0.5), pytest.raises(CloudUnreachable, match="slow"):
        cloud.clusters()
    with patience(0), pytest.raises(CloudUnreachable, match="slow"):
        cloud.clusters()
    assert time.monotonic() - started < 2.5


def test_what_changes_something_is_never_cut_off(cloud, local_cloud, anna):
    cluster = cloud.clusters()[0]["metadata"]["uid"]
    local_cloud.fault(kind="latency", seconds=0.5, method="DELETE")
    with patience(0.1), pytest.raises(Refused):
        cloud.delete_node_pool(cluster, "nothing")


def test_whoever_serves_people_waits_for_his_turn_at_a_service_that_answers():
    service, most = Breaker("slow"), []

    def call():
        with patience(60), service.slot():
            most.append(breaker._held[service])
            time.sleep(0.02)
            service.answered()

    assert together([call] * 20) == [None] * 20
    assert max(most) == breaker.SLOTS_OF_ONE + breaker.MORE_SLOTS


def test_one_who_comes_while_others_wait_for_an_answer_in_vain_is_told_so_at_once(monkeypatch):
    monkeypatch.setattr(breaker, "HANGS_S", 0.05)
    service = Breaker("hanging")
    with ExitStack() as held:
        held.enter_context(patience(60))
        for _ in range(breaker.SLOTS_OF_ONE):
            held.enter_context(service.slot())
        with pytest.raises(LeftAlone, match="others wait for it"), service.slot():
            pass
        with Breaker("living").slot():
            pass
    with patience(60), service.slot():
        service.answered()


def test_services_that_hang_together_hold_half_of_the_threads_together(monkeypatch):
    monkeypatch.setattr(breaker, "HANGS_S", 0.05)
    services = [Breaker("one"), Breaker("another")]
    with ExitStack() as held:
        held.enter_context(patience(60))
        for number in range(breaker.SLOTS):
            held.enter_context(services[number % 2].slot())
        for service in services:
            with pytest.raises(LeftAlone, match="others wait for it"), service.slot():
                pass


def test_whoever_waits_for_his_turn_waits_no_longer_than_he_will():
    service = Breaker("slow")
    with ExitStack() as held:
        held.enter_context(patience(60))
        for _ in range(breaker.SLOTS_OF_ONE):
            held.enter_context(service.slot())
        held.enter_context(patience(0.05))
        started = time.monotonic()
        with pytest.raises(LeftAlone), service.slot():
            pass
        assert time.monotonic() - started < breaker.HANGS_S


def test_workers_keep_nobody_waiting_and_may_call_as_they_like():
    service, gate = Breaker("any"), threading.Barrier(2 * breaker.SLOTS)

    def call():
        with service.slot():
            gate.wait(5)

    assert together([call] * 2 * breaker.SLOTS) == [None] * 2 * breaker.SLOTS
