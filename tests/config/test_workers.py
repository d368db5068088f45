"""Work that runs outside of a request."""

import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest
import requests
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from tests.approvals.building import a_policy, a_request, an_order
from tests.conftest import ANNA, ROOT, end, free_port, wait_until_answering
from tests.people import a_person
from webapp import workers
from webapp.accounts.models import ServiceAccount
from webapp.accounts.roles import Role
from webapp.accounts.tasks import clear_sessions
from webapp.approvals import actions, deciding, sweeps
from webapp.cloud import picklists
from webapp.cloud.client import Cloud
from webapp.nodepool import Cluster
from webapp.notices.tasks import deliver_due
from webapp.pools.models import Creation


def a_session(key: str, days: int) -> None:
    Session.objects.create(session_key=key, session_data="x", expire_date=timezone.now() + timedelta(days=days))


@pytest.mark.django_db
def test_sessions_that_ran_out_are_swept_and_others_stay():
    a_session("old", -1)
    a_session("new", 1)
    clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def test_without_a_broker_no_worker_is_wired():
    code = "import sys, webapp.config; sys.exit('celery' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "BROKER_URL": ""}, check=True)


def test_whatever_beat_does_is_a_task_that_exists():
    from webapp.config.celery import app

    app.loader.import_default_modules()
    assert {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


def test_a_task_is_given_back_when_its_worker_dies_and_no_worker_hoards():
    from webapp.config.celery import app

    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)
    assert (app.conf.worker_prefetch_multiplier, app.conf.accept_content, app.conf.result_backend) == (
        1,
        ["json"],
        None,
    )


@pytest.fixture
def dead_broker(settings, monkeypatch):
    """A broker that is configured and not there."""
    from webapp.config.celery import app

    settings.BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    monkeypatch.setattr(workers, "current_app", app)
    monkeypatch.setattr(workers.broker, "dead_until", 0.0)
    monkeypatch.setattr(app.conf, "broker_url", settings.BROKER_URL)
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_neither_holds_up_nor_fails_who_commits(dead_broker, caplog):
    started = time.monotonic()
    with transaction.atomic():
        for _ in range(100):
            workers.soon("webapp.notices.tasks.deliver_due")
    assert time.monotonic() - started < 0.5
    workers._senders.submit(int).result()
    assert len([one for one in caplog.records if "takes no task" in one.message]) == 1


@pytest.mark.django_db
def test_what_no_broker_takes_is_done_here(dead_broker):
    assert workers.do(deliver_due) == 0


@pytest.fixture
def sent(settings, monkeypatch):
    """What a broker is given: name and arguments of each task, and after how many seconds it is left out."""
    tasks = []
    settings.BROKER_URL = "redis://somewhere"
    monkeypatch.setattr(workers.broker, "dead_until", 0.0)
    take = mock.Mock(send_task=lambda name, args, expires: tasks.append((name, args, expires)))
    monkeypatch.setattr(workers, "current_app", take)
    return tasks


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_is_the_id_of_a_row_and_nothing_else(sent):
    a_policy()
    found = a_request()
    deciding.approve(found, by=a_person("approver", Role.APPROVER))
    workers._senders.submit(int).result()
    assert ("webapp.approvals.tasks.launch", (found.pk,)) in [task[:2] for task in sent]
    assert {args for name, args, _ in sent if name != "webapp.approvals.tasks.launch"} <= {()}


@pytest.mark.django_db(transaction=True)
def test_what_many_ask_for_while_the_sender_is_busy_is_sent_once(sent):
    is_free = threading.Event()
    workers._senders.submit(is_free.wait)
    for _ in range(50):
        workers.soon("webapp.notices.tasks.deliver_due")
        workers.soon("webapp.approvals.tasks.launch", 7)
    is_free.set()
    workers._senders.submit(int).result()
    workers.soon("webapp.notices.tasks.deliver_due")  # what comes later may know of more
    workers._senders.submit(int).result()
    names = [(name, args) for name, args, _ in sent]
    due, launch = ("webapp.notices.tasks.deliver_due", ()), ("webapp.approvals.tasks.launch", (7,))
    assert names == [due, launch, due]


@pytest.mark.django_db
def test_a_task_that_waits_for_long_is_left_out_but_not_before_a_sweep_asks_for_it_again(sent):
    assert workers.do(deliver_due) is None
    assert sent[0][2] > max(sweeps.LAUNCH_AGAIN_S, 3 * settings.POLL_INTERVAL_S, settings.SWEEPS[sent[0][0]])


@pytest.mark.django_db(transaction=True)
def test_the_sweep_does_what_beat_has_done(settings, caplog):
    a_policy()
    found = a_request()
    type(found).objects.update(expires_at=timezone.now() - timedelta(hours=1))
    a_session("old", -1)
    call_command("sweep")
    found.refresh_from_db()
    assert found.state == "expired"
    assert not Session.objects.exists()
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


@contextmanager
def a_worker(**environment):
    """A real worker; yields the address of its metrics."""
    port = free_port()
    command = [sys.executable, "-m", "celery", "-A", "webapp.config.celery", "worker", "--pool", "threads"]
    command += ["--concurrency", "2", "--without-mingle", "--without-gossip", "--loglevel", "WARNING"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "webapp.config.settings", "HTTPS": "0", **environment}
    environment |= {"METRICS_PORT": str(port)}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        wait_until_answering(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}"
        end(process)


def test_a_worker_tells_its_numbers_to_whom_a_web_process_tells_them_and_has_no_pages(tmp_path):
    with a_worker(BROKER_URL=f"redis://127.0.0.1:{free_port()}/0", VAR_DIR=str(tmp_path)) as url:
        numbers = requests.get(f"{url}/metrics", timeout=5)
        assert (numbers.status_code, "poolwright_launches_total" in numbers.text) == (200, True)
        stranger = requests.get(f"{url}/metrics", headers={"X-Forwarded-For": "192.0.2.7"}, timeout=5)
        assert stranger.status_code == 403
        assert [requests.get(url + path, timeout=5).status_code for path in ("/", "/sign-in")] == [404, 404]


@pytest.fixture
def services(postgres_url, redis_url, cloud_url):
    """Where a worker finds the database of this test, and the broker."""
    database = f"{postgres_url.rpartition('/')[0]}/{settings.DATABASES['default']['NAME']}"
    return {
        "DATABASE_URL": database,
        "REDIS_URL": redis_url,
        "BROKER_URL": redis_url,
        "CLOUD_AUTH_URL": f"{cloud_url}/v3",
    }


def send(services, task, *args):
    """Send a task as a web process does."""
    code = f"import django; django.setup(); from celery import current_app; current_app.send_task({task!r}, {args!r})"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "webapp.config.settings", "HTTPS": "0", **services}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


def wait_for(is_so):
    deadline = time.monotonic() + 60
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert is_so()


@pytest.mark.django_db(transaction=True)
def test_a_task_that_is_sent_is_done_by_a_worker(services):
    a_session("old", -1)
    send(services, "webapp.accounts.tasks.clear_sessions")
    with a_worker(**services):
        wait_for(lambda: not Session.objects.exists())


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_launches_and_asks_of_the_cloud_is_counted_at_its_port(services, anna):
    account = ServiceAccount(
        project_id=anna.project_id, project_name=ANNA["project"], user="anna", domain=ANNA["domain"]
    )
    account.set_password(ANNA["password"])
    account.save()
    cluster = Cluster.from_api(Cloud(anna).clusters()[0])
    order = replace(an_order(), cluster=cluster)
    facts = picklists.facts_now(anna, cluster)
    found = actions.submit(order, by=a_person("author", Role.REQUESTER), session=anna, key="k", facts=facts)
    send(services, "webapp.approvals.tasks.launch", found.pk)
    with a_worker(**services) as url:
        wait_for(lambda: Creation.objects.filter(state="accepted").exists())
        text = requests.get(f"{url}/metrics", timeout=5).text
    assert 'poolwright_launches_total{outcome="accepted"} 1.0' in text
    assert 'poolwright_cloud_call_seconds_count{method="POST",service="ccev2.0",status="201"} 1.0' in text


def test_tasks_in_hand_of_a_connection_that_was_given_up_are_met_by_a_lost_connection(redis_url):
    from webapp.config.celery import app

    connection = app.connection(redis_url)
    channel = connection.channel()
    connection.collect()
    with pytest.raises(connection.connection_errors), channel.conn_or_acquire():
        pass
