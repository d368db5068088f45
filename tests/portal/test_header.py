"""How long the token of the cloud lives, as every page's header says it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template.loader import render_to_string
from django.utils import timezone

from tests.approvals.building import a_session
from webapp.accounts.models import User
from webapp.portal import context


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(90, "12:30 CET</time> (90 min)"), (121, "13:01 CET</time> (2 h)"), (1439, "6 Jan, 10:59 CET</time> (23 h)")],
)
def test_an_end_on_another_day_is_said_with_its_day_and_a_long_life_in_hours(rf, settings, minutes, said):
    settings.TIME_ZONE = "Europe/Berlin"
    with time_machine.travel(datetime(2026, 1, 5, 10, tzinfo=UTC), tick=False):
        request = rf.get("/")
        request.cloud = replace(a_session(), expires_at=timezone.now() + timedelta(minutes=minutes))
        page = render_to_string("base.html", context.cloud(request) | {"user": User(username="anna"), "nav": str})
    assert said in page
