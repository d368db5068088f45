"""Whatever breaks and whoever is killed: each request ends truly, and each pool is made once (make faults)."""

import os
import random
import time
from collections import Counter

import pytest

from tests.faults.asking import Asker
from tests.faults.chaos import Chaos
from tests.faults.site import WEBS, Site

pytestmark = pytest.mark.skipif(os.environ.get("REQUIRE_SERVICES") != "1", reason="Needs services: make faults")
LAUNCHES = int(os.environ.get("FAULTS_N", "200"))
SEED = int(os.environ.get("FAULTS_SEED") or random.randrange(10**6))
PATIENCE_S = 150 + LAUNCHES // 4
SETTLED = {"active", "failed"}
_REQUESTS = (
    "SELECT r.id, r.name, r.state, r.pool_id, c.state, c.pool_id, coalesce(r.problem::text, ''), u.username"
    " FROM approvals_poolrequest r LEFT JOIN pools_creation c ON c.id = r.launch_id"
    " JOIN accounts_user u ON u.id = r.author_id ORDER BY r.id"
)


@pytest.fixture(scope="module")
def site():
    with Site() as made:
        for name in (*WEBS, "worker", "beat"):
            made.start(name)
        made.wait_for_web()
        yield made


def settled(site, seconds) -> list[tuple]:
    """Return all requests when each has come to an end."""
    deadline = time.monotonic() + seconds
    while True:
        rows = site.rows(_REQUESTS)
        if all(row[2] in SETTLED for row in rows):
            return rows
        assert time.monotonic() < deadline, Counter(row[2:5:2] for row in rows)
        time.sleep(0.5)


def judge(site, asker, rows) -> None:
    """Hold what the portal says against what is at the cloud."""
    claimed = Counter(row[3] for row in rows if row[3])
    there = {one["metadata"]["uid"] for one in site.at_the_cloud(f"clusters/{asker.cluster_id}/nodepools")}
    assert set(claimed) == there
    assert max(claimed.values()) == 1
    counts = site.counts()
    assert max(counts["created"].values()) == 1
    assert counts["clashes"] == {}  # nothing was sent blindly for a second time
    assert {row[2] for row in rows if row[3]} == {"active"}
    assert {row[4] for row in rows} <= {"accepted", "refused", None}


def test_every_launch_ends_truly_and_no_pool_is_made_twice_or_lost(site, capsys):
    started = time.monotonic()
    asker = Asker(site, site.make_people(), SEED)
    try:
        with Chaos(site, SEED) as chaos:
            references = asker.ask_for(LAUNCHES)
        broken_until = time.monotonic()
        rows = settled(site, PATIENCE_S)
        judge(site, asker, rows)
        assert LAUNCHES < 200 or len(set(chaos.done)) == 4  # each kind of death was died
        ends, reasons = Counter(row[2] for row in rows), Counter(row[6][:90] for row in rows if row[6])
        assert {f"NP-{row[0] + 1000}" for row in rows} == set(references)
        for row in rows:
            if row[2] == "failed":  # what failed can be had after all, when nothing is broken
                assert asker.act(f"NP-{row[0] + 1000}", "retry", row[7]).status_code == 200
        rows = settled(site, PATIENCE_S)
        judge(site, asker, rows)
        assert Counter(row[2] for row in rows) == {"active": LAUNCHES}
        site.manage("verify_audit")
    except BaseException:
        with capsys.disabled():
            print(f"\nFAULTS_SEED={SEED}\n{site.logs()}")  # noqa: T201 - to be repeated
        raise
    with capsys.disabled():
        seconds = (round(broken_until - started), round(time.monotonic() - started))
        print(  # noqa: T201 - what was survived
            f"\nFAULTS_SEED={SEED}: {LAUNCHES} launches in {seconds[0]} s of faults, settled after {seconds[1]} s;"
            f" ends {dict(ends)}; {dict(Counter(chaos.done))};\n{reasons.most_common(8)}"
        )
