import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import time_machine
from django.utils import timezone

from webapp.cloud import breaker, picklists
from webapp.cloud.patience import patience


def test_a_list_is_asked_for_once_and_then_kept(anna, local_cloud):
    for _ in range(3):
        found = picklists.pick_lists(anna, ["flavors", "zones"])
    assert len(found["flavors"].items) > 100
    assert len(local_cloud.log("GET", "/cloudservers/flavors")) == 1


def test_a_list_that_may_not_be_had_is_empty_and_says_why(anna):
    found = picklists.pick_lists(anna, ["agencies"])["agencies"]
    assert (found.items, found.error.status) == ((), 403)


def test_an_old_copy_is_shown_when_the_cloud_fails(anna, local_cloud):
    before = picklists.pick_lists(anna, ["key_pairs"])["key_pairs"]
    local_cloud.fault(kind="status", status=500, path="os-keypairs")
    after = picklists.pick_lists(anna, ["key_pairs"], refresh=True)["key_pairs"]
    assert (after.items, after.fetched_at) == (before.items, before.fetched_at)
    assert after.error is not None


def test_a_list_older_than_two_minutes_is_asked_for_again(anna, local_cloud):
    picklists.pick_lists(anna, ["zones"])
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        picklists.pick_lists(anna, ["zones"])
    assert len(local_cloud.log("GET", "/os-availability-zone")) == 2


def test_a_list_that_could_not_be_had_is_not_held_against_a_body(anna):
    facts = picklists.facts_from(picklists.pick_lists(anna, ["agencies", "quotas"]))
    assert facts.agencies is None
    assert facts.quotas.servers is not None


def test_a_slow_cloud_keeps_no_page_waiting_and_its_answer_is_there_for_the_next(anna, local_cloud, monkeypatch):
    monkeypatch.setattr(picklists, "WAIT_S", 0.05)
    local_cloud.fault(kind="latency", seconds=0.5, path="os-availability-zone")
    began = time.monotonic()
    both = [picklists.pick_lists(anna, ["zones", "key_pairs"]) for _ in range(2)][-1]
    assert time.monotonic() - began < 0.4
    assert (both["zones"].items, both["zones"].error.message) == ((), "The cloud is slow to answer.")
    time.sleep(0.7)
    assert picklists.pick_lists(anna, ["zones"])["zones"].error is None
    assert len(local_cloud.log("GET", "/os-availability-zone")) == 1


def test_with_a_copy_at_hand_a_page_waits_even_less(anna, local_cloud, monkeypatch):
    monkeypatch.setattr(picklists, "WAIT_WITH_COPY_S", 0.05)
    before = picklists.pick_lists(anna, ["zones"])["zones"]
    local_cloud.fault(kind="latency", seconds=0.5, path="os-availability-zone")
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        after = picklists.pick_lists(anna, ["zones"])["zones"]
    assert (after.items, after.fetched_at) == (before.items, before.fetched_at)


def test_where_others_wait_in_vain_already_a_page_is_shown_without(anna, local_cloud, monkeypatch):
    monkeypatch.setattr(breaker, "HANGS_S", 0.05)
    local_cloud.fault(kind="latency", seconds=0.8, path="os-availability-zone")

    def page():
        with patience(60):
            picklists.pick_lists(anna, ["zones"])

    with ThreadPoolExecutor(8) as server:
        started = time.monotonic()
        pages = [server.submit(lambda: (page(), time.monotonic() - started)[1]) for _ in range(8)]
    waited = [one.result() > 0.7 for one in pages]
    assert waited.count(True) == breaker.SLOTS_OF_ONE
    assert picklists.pick_lists(anna, ["zones"])["zones"].items
