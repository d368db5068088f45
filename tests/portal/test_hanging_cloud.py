"""A cloud that hangs: pages are there within two seconds with the reason, and drafts go on."""

import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from tests.conftest import ANNA
from tests.wizard.test_views import a_body, walked
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import State
from webapp.cloud import breaker
from webapp.pools.models import ClusterWatch, PoolStatus

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
        "home": "/",
    }


@pytest.fixture
def hanging(made, local_cloud):
    PoolStatus.objects.update(asked_at=None)
    ClusterWatch.objects.update(asked_at=None)
    local_cloud.fault(kind="latency", seconds=4)
    return made


PAGES = ("clusters", "cluster", "pool", "status", "request", "review", "step", "scale", "home")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_there_in_time(hanging, anna_client, page):
    started = time.monotonic()
    answer = anna_client.get(hanging[page])
    assert time.monotonic() - started < PAGE_S
    assert answer.status_code in (200, 502)
    if page not in ("home", "review", "step"):
        assert "slow" in answer.content.decode() or "does not answer" in answer.content.decode()


def test_a_page_without_any_copy_is_there_in_time(hanging, anna_client):
    from django.core.cache import cache

    cache.clear()
    for page in ("clusters", "review", "step"):
        started = time.monotonic()
        anna_client.get(hanging[page])
        assert time.monotonic() - started < PAGE_S, page


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
    assert len(waited) == breaker.SLOTS
    assert max(one.result()[1] for one in pages) < min(waited)
    assert {answer.status_code for answer, _ in told_at_once} == {422}
