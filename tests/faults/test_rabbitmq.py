"""The same site with RabbitMQ as its broker, by configuration alone."""

import os

import pytest

from tests.faults.asking import Asker
from tests.faults.rabbitmq import SERVER
from tests.faults.site import Site

pytestmark = pytest.mark.skipif(
    not SERVER.exists() and os.environ.get("REQUIRE_RABBITMQ") != "1", reason="Needs RabbitMQ: apt-get install it"
)
SITE = Site(has_rabbitmq=True)


@pytest.fixture(scope="module")
def asker(site):
    return Asker(site, site.make_people(), seed=1)


def test_workers_are_given_their_tasks_by_rabbitmq_and_a_launch_becomes_a_pool(site, asker):
    reference = asker.ask("careful", "by-rabbitmq", nodes=1)
    assert asker.act(reference, "approve", "approver").status_code == 200
    site.wait_for_state(reference, "active")


def test_a_task_waits_at_rabbitmq_while_there_is_no_worker(site, asker):
    reference = asker.ask("careful", "handed-on")
    site.kill("worker")
    asker.act(reference, "approve", "approver")
    site.start("worker")
    site.wait_for_state(reference, "active")


def test_without_rabbitmq_launches_wait_in_the_database_until_it_is_back(site, asker):
    site.rabbitmq.kill()
    reference = asker.ask("careful", "without-rabbitmq")
    assert asker.act(reference, "approve", "approver").status_code == 200
    assert site.state(reference) == "approved"
    site.rabbitmq.start()
    site.wait_for_state(reference, "active")
