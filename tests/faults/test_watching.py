"""However many people watch, through however many processes: the cloud is asked once in an interval."""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.faults.browsers import signed_in
from tests.faults.site import WEBS, Site
from tests.nodepool.test_rules import a_body

PAGES, POOLS, ROUNDS, INTERVAL_S = 1000, 50, 3, 10
SITE = Site(speed=10, more={"POLL_INTERVAL_S": str(INTERVAL_S), "CLOUD_TIMEOUT_S": "20"}, processes=WEBS)


@pytest.fixture(scope="module")
def pools(site) -> list[str]:
    """The addresses of pools whose nodes are being made."""
    token, project = site.sign_in()
    clusters = site.at_the_cloud("clusters")
    cluster = next(one["metadata"]["uid"] for one in clusters if one["metadata"]["name"] == "prod-standard")
    url = f"{site.cloud_url}/api/v3/projects/{project}/clusters/{cluster}/nodepools"
    made = []
    for number in range(POOLS):
        body = a_body(**{"/metadata/name": f"pool-{number}", "/spec/initialNodeCount": 2})
        answer = requests.post(url, json=body, headers={"X-Auth-Token": token}, timeout=10)
        made.append(f"/clusters/{cluster}/pools/{answer.json()['metadata']['uid']}")
    return made


def asked(site) -> int:
    """Return how often the cloud was asked for pools and nodes."""
    return sum(count for call, count in site.counts()["calls"].items() if re.match(r"GET .*/(nodepools|nodes)\b", call))


def test_a_thousand_pages_cost_the_cloud_no_more_than_a_call_a_pool_in_an_interval(site, pools):
    cookies = signed_in(site.web_url(WEBS[0]))
    etags: dict[int, str] = {}
    statuses: Counter[int] = Counter()

    def watch(page: int) -> None:
        at = f"{site.web_url(WEBS[page % 2])}{pools[page // 2 % POOLS]}/status"
        answer = requests.get(
            at, cookies=cookies, headers={"If-None-Match": etags.get(page, "")}, timeout=60, allow_redirects=False
        )
        etags[page] = answer.headers.get("ETag", "")
        statuses[answer.status_code] += 1
        assert answer.content == b"" or answer.status_code == 200, site.logs()

    before, started = asked(site), time.monotonic()
    with ThreadPoolExecutor(32) as together:
        for _ in range(ROUNDS):
            round_began = time.monotonic()
            list(together.map(watch, range(PAGES)))
            time.sleep(max(0.0, INTERVAL_S - (time.monotonic() - round_began)))
    intervals = (time.monotonic() - started) / (0.9 * INTERVAL_S) + 1  # each asks up to a tenth early
    calls = asked(site) - before
    assert 0 < calls <= 2 * intervals  # one cluster: its pools, and their nodes
    assert calls / intervals <= POOLS
    assert statuses[304] > 0
    assert set(statuses) == {200, 304}
