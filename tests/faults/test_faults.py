"""Whatever breaks and whoever is killed: each request ends truly, and each pool is made once (make faults)."""

import os
import random
import time
from collections import Counter

from tests.faults.asking import Asker
from tests.faults.chaos import FAULTS, SERVICES, Chaos

LAUNCHES = int(os.environ.get("FAULTS_N", "200"))
SEED = int(os.environ.get("FAULTS_SEED") or random.randrange(10**6))
ROUNDS = LAUNCHES // 200
STANDSTILL_S = 240  # far longer than any lease or sweep of the site
SETTLED = {"active", "failed"}
_REQUESTS = (
    "SELECT r.id, r.name, r.state, r.pool_id, c.state, c.pool_id, coalesce(r.problem::text, ''), u.username"
    " FROM approvals_poolrequest r LEFT JOIN pools_creation c ON c.id = r.launch_id"
    " JOIN accounts_user u ON u.id = r.author_id ORDER BY r.id"
)


def settled(site) -> list[tuple]:
    """Return all requests when each has come to an end; fails when for long nothing has moved."""
    before, since = [], time.monotonic()
    while True:
        rows = site.rows(_REQUESTS)
        if all(row[2] in SETTLED for row in rows):
            return rows
        if rows != before:
            before, since = rows, time.monotonic()
        assert time.monotonic() - since < STANDSTILL_S, [row for row in rows if row[2] not in SETTLED]
        time.sleep(0.5)


def judge(site, asker, rows) -> None:
    """Hold what the portal says against what is at the cloud."""
    claimed = Counter((row[3], row[1]) for row in rows if row[3])
    listed = site.at_the_cloud(f"clusters/{asker.cluster_id}/nodepools")
    assert set(claimed) == {(one["metadata"]["uid"], one["metadata"]["name"]) for one in listed}
    assert max(claimed.values()) == 1
    counts = site.counts()
    assert max(counts["created"].values()) == 1
    assert counts["clashes"] == {}  # nothing was sent blindly for a second time
    assert {row[2] for row in rows if row[3]} == {"active"}
    assert {row[4] for row in rows} <= {"accepted", "refused", None}
    assert [name for name, process in site.running.items() if process.poll() is not None] == []  # nobody gave up


def all_had(site, asker, rows) -> list[tuple]:
    """Retry what failed until there is nothing left, now that nothing is broken; each round has to bring some."""
    while failed := [row for row in rows if row[2] == "failed"]:
        for row in failed:
            assert asker.act(f"NP-{row[0] + 1000}", "retry", row[7]).status_code == 200
        rows = settled(site)
        judge(site, asker, rows)
        assert sum(row[2] == "failed" for row in rows) < len(failed)
    return rows


def test_every_launch_ends_truly_and_no_pool_is_made_twice_or_lost(site, capsys):
    started = time.monotonic()
    asker, chaos = Asker(site, site.make_people(), SEED), Chaos(site, SEED, ROUNDS)
    try:
        with chaos:
            references = asker.ask_for(LAUNCHES, chaos.keep_pace)
        broken_for_s = time.monotonic() - started
        rows = settled(site)
        judge(site, asker, rows)
        assert {f"NP-{row[0] + 1000}" for row in rows} == set(references)
        assert len(set(references)) == LAUNCHES
        ends, reasons = Counter(row[2] for row in rows), Counter(row[6][:90] for row in rows if row[6])
        rows = all_had(site, asker, rows)
        assert Counter(row[2] for row in rows) == {"active": LAUNCHES}
        site.manage("verify_audit")
        if ROUNDS:  # everything that can happen has happened
            assert chaos.died == Counter(trap for traps in chaos.to_die.values() for trap in traps)
            assert {name for name in FAULTS if chaos.met[name]} == set(FAULTS)
            assert {name for name in SERVICES if chaos.restarted[name]} == set(SERVICES)
    except BaseException:
        with capsys.disabled():
            print(f"\nFAULTS_SEED={SEED}\n{site.logs()}")  # noqa: T201 - to be repeated
        raise
    with capsys.disabled():
        print(  # noqa: T201 - what was survived
            f"\nFAULTS_SEED={SEED}: {LAUNCHES} launches in {broken_for_s:.0f} s of faults,"
            f" all had after {time.monotonic() - started:.0f} s; first ends {dict(ends)} {reasons.most_common(8)};\n"
            f"{chaos.died.total()} deaths at {len(chaos.died)} steps; {dict(chaos.restarted)};\n{dict(chaos.met)}"
        )
