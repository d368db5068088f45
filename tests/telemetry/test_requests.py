"""Every request has an id, which goes along to the cloud, one line in the log, and a place in the metrics."""

import io
import json
import logging
import logging.config

import pytest

from tests.people import a_person
from webapp.accounts.roles import Role
from webapp.telemetry import request_ids
from webapp.telemetry.logs import JsonLineFormatter, LineFormatter, WithRequestId, logging_settings


def line_of(caplog):
    return next(one for one in caplog.records if one.name == "webapp.request")


def formatted(record, formatter):
    WithRequestId().filter(record)
    return formatter.format(record)


def test_an_id_that_is_given_comes_back_and_goes_along_to_the_cloud(anna_client, local_cloud, caplog):
    caplog.set_level(logging.INFO)
    answer = anna_client.get("/clusters?x=1", headers={"X-Request-Id": "from-the-proxy-1"})
    assert answer["X-Request-Id"] == "from-the-proxy-1"
    assert local_cloud.log("GET", "/clusters")[-1]["request_id"] == "from-the-proxy-1"


@pytest.mark.parametrize("given", ["short", "x" * 65, "a b c d e f g h", "abcdefgh\u00e4", "'; drop table --"])
@pytest.mark.django_db
def test_an_id_that_is_not_well_formed_is_replaced(client, given):
    answer = client.get("/sign-in", headers={"X-Request-Id": given})
    assert len(answer["X-Request-Id"]) == 32


def test_outside_of_a_request_there_is_no_id(anna_client):
    anna_client.get("/")
    assert request_ids.current() == ""


def test_a_line_says_who_asked_what_and_how_it_went_without_the_query(anna_client, caplog):
    caplog.set_level(logging.INFO)
    caplog.clear()
    anna_client.get("/?token=abc")
    said = json.loads(formatted(line_of(caplog), JsonLineFormatter()))
    user = int(anna_client.session["_auth_user_id"])
    assert [said[name] for name in ("method", "path", "status", "user")] == ["GET", "/", 200, user]
    assert said["view"] == "portal:home"
    assert said["duration_ms"] > 0
    assert {"time", "level", "logger", "message", "request_id"} <= set(said)
    assert "abc" not in str(said)


@pytest.fixture
def written():
    """What the console gets of a request, by the settings of the log."""
    stream = io.StringIO()
    settings = logging_settings("line", "INFO")
    configurator = logging.config.DictConfigurator({})
    handler = logging.StreamHandler(stream)
    for name in settings["handlers"]["console"]["filters"]:
        handler.addFilter(configurator.configure_custom(dict(settings["filters"][name])))
    handler.setFormatter(LineFormatter())
    logging.getLogger().addHandler(handler)
    yield stream.getvalue
    logging.getLogger().removeHandler(handler)


def test_a_page_that_somebody_may_not_see_is_one_line_without_a_traceback(client, db, written):
    client.force_login(a_person("anna", Role.REQUESTER))
    assert client.get("/requests/waiting").status_code == 403
    (line,) = [one for one in written().splitlines() if "django.request" in one]
    assert "WARNING" in line
    assert "Traceback" not in written()


def test_what_broke_keeps_its_traceback(written):
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: /")
    assert "ValueError: broken" in written()


def test_whoever_uses_the_api_is_named_by_id_as_well(client, db, caplog):
    from webapp.accounts.actions import make_api_token
    from webapp.accounts.models import User

    robot = User.objects.create_user("robot")
    caplog.set_level(logging.INFO)
    client.get("/api/v1/drafts", headers={"Authorization": f"Token {make_api_token(robot, 'ci', 1)}"})
    assert line_of(caplog).user == robot.pk


def test_a_traceback_is_one_json_line(caplog):
    try:
        raise ValueError("broken\nin two lines")
    except ValueError:
        logging.getLogger("x").exception("it broke")
    text = formatted(caplog.records[-1], JsonLineFormatter())
    assert "\n" not in text
    assert "ValueError" in json.loads(text)["exc_info"]


def test_a_line_for_people_carries_the_id(caplog):
    request_ids.begin("the-request-1")
    logging.getLogger("x").warning("something")
    request_ids.end()
    record = logging.makeLogRecord({"name": "x", "msg": "m", "request_id": "the-request-1"})
    assert "[the-request-1] m" in formatted(record, LineFormatter())
