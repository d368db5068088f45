"""Redis or the database stops while the site runs: it goes on as well as it can, and loses nothing."""

import time

import pytest
import requests

from tests.faults.asking import Asker
from tests.faults.browsers import signed_in
from tests.faults.site import WEBS

WEB = WEBS[0]


@pytest.fixture(scope="module")
def asker(site):
    return Asker(site, site.make_people(), seed=1)


def test_without_redis_pages_work_and_launches_wait_in_the_database(site, asker):
    site.kill_redis()
    cookies = signed_in(site.web_url(WEB))
    for path in ("/", "/clusters", f"/clusters/{asker.cluster_id}/pools"):
        started = time.monotonic()
        page = requests.get(site.web_url(WEB) + path, cookies=cookies, timeout=30, allow_redirects=False)
        assert page.status_code == 200
        assert time.monotonic() - started < 5
    reference = asker.ask("careful", "without-redis")
    assert asker.act(reference, "approve", "approver").status_code == 200
    assert site.state(reference) == "approved"
    site.start_services()
    site.wait_for_state(reference, "active")


def test_without_redis_the_sweep_does_what_workers_would(site, asker):
    site.kill_redis()
    reference = asker.ask("careful", "swept")
    asker.act(reference, "approve", "approver")
    site.manage("sweep")
    assert site.state(reference) in ("provisioning", "active")
    site.start_services()


def test_a_worker_that_is_busy_when_redis_goes_away_lives_on(site, asker):
    site.set_faults([{"kind": "latency", "seconds": 1.5}])
    in_hand = asker.ask("careful", "in-hand")
    asker.act(in_hand, "approve", "approver")
    site.wait_for_state(in_hand, "launching")
    site.kill_redis()
    site.start_services()
    site.set_faults([])
    after_that = asker.ask("careful", "after-that")
    asker.act(after_that, "approve", "approver")
    site.wait_for_state(after_that, "active")
    site.wait_for_state(in_hand, "active")
    assert site.running["worker"].poll() is None


def test_without_its_database_the_site_says_so_and_comes_back_by_itself(site):
    site.kill_postgres()
    url = site.web_url(WEB)
    assert requests.get(f"{url}/readyz", timeout=30).status_code == 503
    assert requests.get(f"{url}/healthz", timeout=30).status_code == 200
    page = requests.get(f"{url}/", cookies={"sessionid": "x" * 32}, timeout=30)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    site.start_services()
    site.wait_for(lambda: requests.get(f"{url}/readyz", timeout=30).status_code == 200)
