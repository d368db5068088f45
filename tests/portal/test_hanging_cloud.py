"""A cloud that hangs: pages are there within two seconds with the reason, and drafts go on."""

import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests.conftest import ANNA
from tests.nodepool.test_rules import a_body
from tests.wizard.test_views import form_of, walked
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import State
from webapp.cloud import breaker, picklists
from webapp.pools.models import ClusterWatch, PoolStatus
from webapp.wizard import steps
from webapp.wizard.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)
PAGE_S = 2.0


@pytest.fixture
def made(anna_client):
    """A request whose pool is being made, and a draft."""
    draft = walked(anna_client, a_body(**{"/metadata/name": "other"}), "prod-standard")
    anna_client.post(walked(anna_client, a_body(), "prod-standard").url_of("review"))
    found = PoolRequest.objects.get()
    return {
        "clusters": "/clusters",
        "cluster": f"/clusters/{found.cluster_id}/pools",
        "pool": f"/clusters/{found.cluster_id}/pools/{found.pool_id}",
        "status": f"/clusters/{found.cluster_id}/pools/{found.pool_id}/status",
        "request": found.get_absolute_url(),
        "review": draft.url_of("review"),
        "step": draft.url_of("node-template"),
        "scale": f"/clusters/{found.cluster_id}/pools/{found.pool_id}/scale",
        "change": f"/clusters/{found.cluster_id}/pools/{found.pool_id}/change",
        "delete": f"/clusters/{found.cluster_id}/pools/{found.pool_id}/delete",
    }


@pytest.fixture
def hanging(made, local_cloud, monkeypatch):
    PoolStatus.objects.update(asked_at=None)
    ClusterWatch.objects.update(asked_at=None)
    monkeypatch.setattr(picklists, "FRESH_S", 0)  # every list is asked for anew
    local_cloud.fault(kind="latency", seconds=4)
    monkeypatch.setattr(picklists, "_workers", ThreadPoolExecutor(16))  # the next test's lists do not wait for these
    return made


PAGES = ("clusters", "cluster", "pool", "status", "request", "review", "step", "scale")


def says_why(answer):
    return any(why in answer.content.decode() for why in ("The cloud is slow to answer.", "The cloud does not answer."))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_there_in_time_and_says_why_something_is_missing(hanging, anna_client, page):
    started = time.monotonic()
    answer = anna_client.get(hanging[page])
    assert time.monotonic() - started < PAGE_S
    assert answer.status_code in (200, 502)
    assert says_why(answer)


def test_a_page_without_any_copy_is_there_in_time_and_says_why(hanging, anna_client):
    cache.clear()
    for page in ("clusters", "review", "step"):
        started = time.monotonic()
        assert says_why(anna_client.get(hanging[page])), page
        assert time.monotonic() - started < PAGE_S, page


def test_a_cloud_that_is_slow_closes_no_page_of_pools(made, anna_client, local_cloud):
    local_cloud.fault(kind="latency", seconds=0.8)
    for page in ("cluster", "scale", "change"):
        cache.clear()
        assert anna_client.get(made[page]).status_code == 200, page


def test_what_was_known_of_pools_is_shown_with_its_age(made, anna_client, local_cloud, monkeypatch):
    anna_client.get(made["cluster"])
    monkeypatch.setattr("webapp.accounts.middleware.PAGE_S", 0.5)
    local_cloud.fault(kind="latency", seconds=3)
    for page in ("cluster", "scale", "delete"):
        answer = anna_client.get(made[page])
        assert answer.status_code == 200, page
        assert says_why(answer), page
        assert "pool-1" in answer.content.decode()
        assert "as of <time" in answer.content.decode(), page


def test_home_which_asks_the_cloud_nothing_is_there_in_time(hanging, anna_client):
    started = time.monotonic()
    assert anna_client.get("/").status_code == 200
    assert time.monotonic() - started < PAGE_S


def test_a_call_of_the_api_waits_for_all_that_it_asks_as_long_as_for_one_answer(hanging, anna_client, monkeypatch):
    monkeypatch.setattr("webapp.accounts.middleware.API_S", 1)
    started = time.monotonic()
    answer = anna_client.get("/api/v1/clusters")
    assert 1 <= time.monotonic() - started < PAGE_S
    assert answer.status_code == 502
    assert says_why(answer)


def test_a_step_is_saved_in_time_without_any_copy(hanging, anna_client):
    cache.clear()
    form = form_of(steps.NODE_TEMPLATE, a_body(**{"/spec/nodeTemplate/az": "eu-de-02"}))
    started = time.monotonic()
    answer = anna_client.post(hanging["step"], form)
    assert time.monotonic() - started < PAGE_S
    assert answer.status_code == 302
    assert "eu-de-02" in [one.body["spec"]["nodeTemplate"]["az"] for one in Draft.objects.all()]


@pytest.mark.parametrize("page", ["review", "step"])
def test_while_the_cloud_answers_nothing_is_said_to_be_unchecked(made, anna_client, page):
    assert "could not be checked" not in anna_client.get(made[page]).content.decode()


def test_a_lost_order_is_looked_for_without_keeping_the_page(anna_client, made, local_cloud):
    found = PoolRequest.objects.get()
    type(found.launch).objects.update(state="unknown", pool_id="")
    PoolRequest.objects.update(state=State.LAUNCHING, pool_id="")
    local_cloud.fault(kind="latency", seconds=4)
    started = time.monotonic()
    page = anna_client.get(made["request"]).content.decode()
    assert time.monotonic() - started < PAGE_S
    assert "The answer of the cloud was lost" in page


def test_a_sign_in_gives_up_in_time_and_says_so(client, local_cloud):
    local_cloud.fault(kind="latency", seconds=8)
    started = time.monotonic()
    answer = client.post("/sign-in", {"way": "cloud", **ANNA})
    assert time.monotonic() - started < 6
    assert answer.status_code == 422
    assert "does not answer" in answer.content.decode()


@pytest.fixture
def silent_iam(local_cloud, settings, monkeypatch):
    """An IAM that takes connections and never answers, and people who wait for it for longer than for a page."""
    monkeypatch.setattr("webapp.portal.views.SIGN_IN_S", 4)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        settings.CLOUD_AUTH_URL = f"http://127.0.0.1:{listening.getsockname()[1]}/v3"
        yield


def in_thread(act, *args):
    """Do an act in a thread of a server; return what came of it, and when."""
    try:
        return act(*args), time.monotonic()
    finally:
        connection.close()


THREADS = 8  # those of a web process (Dockerfile)


def test_an_iam_that_never_answers_does_not_take_all_threads_of_a_process(silent_iam, client):
    client.get("/sign-in")  # the first page loads what all need
    with ThreadPoolExecutor(THREADS) as server:
        sign_ins = [server.submit(in_thread, Client().post, "/sign-in", {"way": "cloud", **ANNA}) for _ in range(12)]
        pages = [server.submit(in_thread, Client().get, "/sign-in") for _ in range(12)]
    told_at_once = [
        (answer, at) for answer, at in map(Future.result, sign_ins) if b"others wait for it" in answer.content
    ]
    waited = [at for answer, at in map(Future.result, sign_ins) if b"others wait for it" not in answer.content]
    assert len(waited) == breaker.SLOTS_OF_ONE
    assert max(one.result()[1] for one in pages) < min(waited)
    assert {answer.status_code for answer, _ in told_at_once} == {422}


def test_services_that_hang_together_do_not_take_all_threads_of_a_process(hanging, anna, anna_client, monkeypatch):
    monkeypatch.setattr("webapp.accounts.middleware.API_S", 2)
    monkeypatch.setattr(breaker, "HANGS_S", 0.3)
    breaker.forget()  # that they have just answered
    by_browser, by_token = {}, {"X-Cloud-Token": anna.token}  # CCE alone, and IAM before it
    with ThreadPoolExecutor(THREADS) as server:
        calls = [server.submit(in_thread, called, anna_client, one) for _ in range(8) for one in (by_browser, by_token)]
        pages = [server.submit(in_thread, Client().get, "/healthz") for _ in range(8)]
    answers = [one.result() for one in calls]
    waited = [at for answer, at in answers if "others wait for it" not in answer.json()["detail"]]
    assert len(waited) == breaker.SLOTS
    assert max(one.result()[1] for one in pages) < min(waited)
    assert {answer.status_code for answer, _ in answers} == {502}


def called(signed_in, headers):
    """Call the API as a browser of its own that is signed in."""
    client = Client()
    client.cookies = signed_in.cookies
    return client.get("/api/v1/clusters", headers=headers)
