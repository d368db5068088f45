"""Work that runs outside of a request."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.conftest import ROOT
from webapp.accounts.tasks import clear_sessions


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


@contextmanager
def a_worker(environment):
    command = [sys.executable, "-m", "celery", "-A", "webapp.config.celery", "worker", "--pool", "threads"]
    command += ["--concurrency", "2", "--without-mingle", "--without-gossip", "--loglevel", "WARNING"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        yield
        process.terminate()


@pytest.mark.django_db(transaction=True)
def test_a_task_that_is_sent_is_done_by_a_worker(postgres_url, redis_url):
    a_session("old", -1)
    database = f"{postgres_url.rpartition('/')[0]}/{settings.DATABASES['default']['NAME']}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "webapp.config.settings", "HTTPS": "0"}
    environment |= {"DATABASE_URL": database, "REDIS_URL": redis_url, "BROKER_URL": redis_url}
    send = "import django; django.setup(); from webapp.accounts.tasks import clear_sessions; clear_sessions.delay()"
    subprocess.run([sys.executable, "-c", send], cwd=ROOT, env=environment, check=True)
    with a_worker(environment):
        deadline = time.monotonic() + 60
        while Session.objects.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
    assert not Session.objects.exists()
