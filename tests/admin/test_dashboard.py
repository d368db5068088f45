"""The dashboard: what waits, what fails, what happened by day, and whether the trail holds."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from tests.admin.rows import a_request
from webapp.approvals.catalogue import count_unmatched
from webapp.audit.trail import note
from webapp.notices.models import Delivery
from webapp.portal.dashboard import DAYS, days_until_now
from webapp.portal.plot import HEIGHT, WIDTH, plot_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def shown(client) -> str:
    return " ".join(client.get("/admin/").content.decode().split())


def test_it_tells_what_waits_for_how_long_and_what_failed(looking, admin):
    for number in range(8):
        a_request(admin, number, submitted_at=timezone.now() - timedelta(hours=number)).save()
    page = shown(looking)
    assert 'state__exact=submitted">2</a>' in page
    assert "the oldest for 4 hours" in page
    assert 'state__exact=failed">2</a>' in page


def test_nothing_is_told_where_there_is_nothing(looking):
    page = shown(looking)
    assert "nothing waits" in page
    assert "None: every failure that came was known." in page


def test_acts_are_counted_by_day(admin):
    for act in ("request.submitted", "request.submitted", "request.failed", "request.done", "request.launched"):
        note(act, by=admin, about="request NP-1001")
    days = days_until_now()
    assert len(days) == DAYS
    assert days[-1].day == timezone.localdate()
    assert days[-1].counts == (2, 1, 1)
    assert {one.counts for one in days[:-1]} == {(0, 0, 0)}


def test_codes_that_are_not_known_and_deliveries_that_failed_are_shown(looking):
    count_unmatched({"code": "New.42"})
    Delivery.objects.create(channel="mail", event="ready", address="a@example.com", subject="x", state="failed")
    page = shown(looking)
    assert "New.42" in page
    assert 'state__exact=failed">1</a><small>mails' in page


def test_a_broken_trail_is_an_alarm(looking, admin):
    note("request.submitted", by=admin)
    assert "The audit trail does not hold together" not in shown(looking)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditline SET actor = 'nobody' WHERE number = 1")
    page = shown(looking)
    assert 'role="alert"' in page
    assert "Line 1 was altered." in page


@pytest.mark.parametrize("most", [0, 1, 3, 9, 10, 11, 99, 12345])
def test_no_bar_leaves_the_drawing_and_what_is_there_is_seen(most):
    plot = plot_of([("1 Jan", (most, 1, 0)), ("2 Jan", (0, most, most))], ["a", "b", "c"])
    assert all(bar.height >= 1 and bar.y >= 0 and bar.y + bar.height <= HEIGHT for bar in plot.bars)
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in plot.bars)
    assert len(plot.bars) == (1 if most == 0 else 4)
    assert int(plot.up[-1].text) >= most
