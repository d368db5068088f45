"""Whatever breaks and whoever is killed: each request ends truly, and each pool is made once (make faults)."""

import os
import random
import time
from collections import Counter
from typing import NamedTuple

import pytest

from tests.faults.asking import LABELS, Asker
from tests.faults.chaos import CHANGES, FAULTS, ORDERS, SERVICES, Chaos
from tests.faults.dying import trap_names
from tests.faults.steps import STEPS

LAUNCHES = int(os.environ.get("FAULTS_N", "200"))
SEED = int(os.environ.get("FAULTS_SEED") or random.randrange(10**6))
ROUNDS = LAUNCHES // 200  # in each, every step is died at by both
CHANGED = LAUNCHES // 2
STANDSTILL_S = 240  # far longer than any lease or sweep of the site
SETTLED = {"active", "failed"}


class Row(NamedTuple):
    """A request, and its order."""

    pk: int
    kind: str
    name: str
    state: str
    pool_id: str
    order: str | None
    problem: str
    author: str

    @property
    def reference(self) -> str:
        return f"NP-{self.pk + 1000}"


_REQUESTS = (
    "SELECT r.id, r.kind, r.name, r.state, r.pool_id, c.state, coalesce(r.problem::text, ''), u.username"
    " FROM approvals_poolrequest r LEFT JOIN pools_creation c ON c.id = r.launch_id"
    " JOIN accounts_user u ON u.id = r.author_id ORDER BY r.id"
)


@pytest.fixture(scope="module")
def asker(site):
    return Asker(site, site.make_people(), SEED)


@pytest.fixture
def report(site, capsys):
    """Say what was survived; whatever fails, say how to repeat it."""
    said: list[str] = []
    yield said.append
    with capsys.disabled():
        print("\n".join((f"\nFAULTS_SEED={SEED}", *(said or [site.logs()]))))  # noqa: T201 - that is what it is for


def settled(site) -> list[Row]:
    """Return all requests when each has come to an end; fails when for long nothing has moved."""
    before, since = [], time.monotonic()
    while True:
        rows = [Row(*one) for one in site.rows(_REQUESTS)]
        if all(one.state in SETTLED for one in rows):
            return rows
        if rows != before:
            before, since = rows, time.monotonic()
        assert time.monotonic() - since < STANDSTILL_S, [one for one in rows if one.state not in SETTLED]
        time.sleep(0.5)


def pools_at_the_cloud(site, asker) -> dict[str, dict]:
    return {one["metadata"]["uid"]: one for one in site.at_the_cloud(f"clusters/{asker.cluster_id}/nodepools")}


def judge(site, asker, rows: list[Row]) -> None:
    """Hold what the portal says about new pools against what is at the cloud."""
    claimed = Counter((one.pool_id, one.name) for one in rows if one.pool_id)
    there = pools_at_the_cloud(site, asker)
    assert set(claimed) == {(uid, one["metadata"]["name"]) for uid, one in there.items()}
    assert max(claimed.values()) == 1
    counts = site.counts()
    assert max(counts["created"].values()) == 1
    assert counts["clashes"] == {}  # nothing was sent blindly for a second time
    assert {one.state for one in rows if one.pool_id} == {"active"}
    assert {one.order for one in rows} <= {"accepted", "refused", None}


def judge_changes(site, asker, rows: list[Row]) -> None:
    """Hold what the portal says about changes against the pools: what is done is so, and nothing else has changed."""
    there = pools_at_the_cloud(site, asker)
    done = {one.pool_id: one.kind for one in rows if one.state == "active" and one.kind != "create"}
    made = {one.pool_id for one in rows if one.kind == "create"}
    assert made - set(there) == {uid for uid, kind in done.items() if kind == "delete"}
    labels = {uid: one["spec"]["nodeTemplate"]["k8sTags"] for uid, one in there.items()}
    labelled = {uid for uid, found in labels.items() if LABELS.items() <= found.items()}
    assert labelled == {uid for uid, kind in done.items() if kind == "update"}


def all_had(site, asker, rows: list[Row], judged) -> list[Row]:
    """Retry what failed until there is nothing left, now that nothing is broken; each round has to bring some."""
    while failed := [one for one in rows if one.state == "failed"]:
        for one in failed:
            assert asker.act(one.reference, "retry", one.author).status_code == 200
        rows = settled(site)
        judged(site, asker, rows)
        assert sum(one.state == "failed" for one in rows) < len(failed)
    return rows


def demand_all_met(site, chaos) -> None:
    """Everything that can happen has happened, and nobody has given up."""
    assert chaos.died == Counter(trap for traps in chaos.to_die.values() for trap in traps)
    assert {name for name in FAULTS if chaos.met[name]} == set(FAULTS)
    assert {name for name in SERVICES if chaos.restarted[name]} == set(SERVICES)
    assert [name for name, process in site.running.items() if process.poll() is not None] == []


def traps(kind: str) -> dict[str, list[str]]:
    return {role: names * ROUNDS for role, names in trap_names(STEPS[kind]).items()}


def told(chaos, rows: list[Row], started: float) -> str:
    ends, reasons = Counter(one.state for one in rows), Counter(one.problem[:90] for one in rows if one.problem)
    return (
        f"{time.monotonic() - started:.0f} s; first ends {dict(ends)} {reasons.most_common(8)};\n"
        f"{chaos.died.total()} deaths at {len(chaos.died)} steps; {dict(chaos.restarted)};\n{dict(chaos.met)}"
    )


def test_every_launch_ends_truly_and_no_pool_is_made_twice_or_lost(site, asker, report):
    started = time.monotonic()
    with Chaos(site, SEED, traps("launch"), ORDERS) as chaos:
        references = asker.ask_for_pools(LAUNCHES, chaos.keep_pace)
    rows = first = settled(site)
    judge(site, asker, rows)
    assert {one.reference for one in rows} == set(references)
    assert len(set(references)) == LAUNCHES
    rows = all_had(site, asker, rows, judge)
    assert Counter(one.state for one in rows) == {"active": LAUNCHES}
    site.manage("verify_audit")
    if ROUNDS:
        demand_all_met(site, chaos)
    report(f"{LAUNCHES} launches: {told(chaos, first, started)}")


def test_every_change_of_these_pools_ends_truly(site, asker, report):
    started = time.monotonic()
    pools = list(pools_at_the_cloud(site, asker))[:CHANGED]
    changes = [(("update", "delete")[number % 2], uid) for number, uid in enumerate(pools)]
    with Chaos(site, SEED, traps("change"), CHANGES) as chaos:
        references = asker.ask_for_changes(changes, chaos.keep_pace)
    rows = first = settled(site)
    judge_changes(site, asker, rows)
    assert {one.reference for one in rows if one.kind != "create"} == set(references)
    rows = all_had(site, asker, rows, judge_changes)
    assert {one.state for one in rows} == {"active"}
    site.manage("verify_audit")
    if ROUNDS:
        demand_all_met(site, chaos)
    report(f"{CHANGED} changes: {told(chaos, [one for one in first if one.kind != 'create'], started)}")
