"""Regions: where people may work, and the only hosts that are called."""

import json
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from tests.conftest import ANNA
from webapp.audit.models import AuditLine
from webapp.cloud import iam, places
from webapp.cloud.errors import HostNotAllowed
from webapp.cloud.models import Region
from webapp.cloud.transport import demand_allowed

ADD = "/admin/cloud/region/add/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def table(the_region_of_the_settings):
    places.forget()


def typed(**values):
    known = {
        "name": "eu-de",
        "auth_url": "https://iam.eu-de.otc.t-systems.com/v3",
        "hosts": "*.eu-de.otc.t-systems.com",
        "is_active": "on",
    }
    return known | values


def a_region(name="eu-de", auth_url="https://iam.example.com/v3", hosts=("*.example.com",), **facts):
    return Region.objects.create(name=name, auth_url=auth_url, hosts=list(hosts), **facts)


def test_without_a_row_the_settings_count(settings):
    settings.CLOUD_AUTH_URL, settings.CLOUD_ALLOWED_HOSTS = "https://iam.test/v3", ["*.test.example"]
    assert places.place_of(region="eu-nl").auth_url == "https://iam.test/v3"
    assert places.allowed_hosts() == ("*.test.example",)


def test_a_region_counts_at_once_and_its_hosts_alone(at_desk):
    demand_allowed("http://127.0.0.1/v3")
    assert at_desk.post(ADD, typed()).status_code == 302
    demand_allowed("https://ecs.eu-de.otc.t-systems.com/v1")
    with pytest.raises(HostNotAllowed):
        demand_allowed("http://127.0.0.1/v3")
    line = AuditLine.objects.get(act="region.created")
    assert json.loads(line.after)["hosts"] == ["*.eu-de.otc.t-systems.com"]
    region = Region.objects.get()
    at_desk.post(f"/admin/cloud/region/{region.pk}/delete/", {"post": "yes"})
    demand_allowed("http://127.0.0.1/v3")


@pytest.mark.parametrize(
    "url",
    [
        "http://iam.example.com/v3",
        "ftp://iam.example.com",
        "iam.example.com",
        "https://",
        "https://user:pw@iam.example.com",
        "https://iam.example.com:x",
        "https://iam.example.com/v3?x=1",
        "https://iam.example.com\\@evil.example",
    ],
)
def test_passwords_go_by_https_or_to_this_machine_alone(at_desk, url):
    answer = at_desk.post(ADD, typed(auth_url=url))
    assert "auth_url" in answer.context["adminform"].form.errors
    assert not Region.objects.exists()


@pytest.mark.parametrize(
    "hosts", ["", "*", "*.com", "**.example.com", "a.*.example.com", "*example.com", "Bad_Host", "a/b"]
)
def test_no_pattern_allows_everything(at_desk, hosts):
    answer = at_desk.post(ADD, typed(hosts=hosts))
    assert "hosts" in answer.context["adminform"].form.errors


@pytest.mark.parametrize("hosts", [["127.0.0.1"], ["*.eu-de.otc.t-systems.com", "obs.example.com"], ["localhost"]])
def test_names_and_leading_stars_are_taken(hosts):
    Region(name="x", auth_url="http://127.0.0.1:8900/v3", hosts=hosts).full_clean()


def test_hosts_that_are_no_list_are_refused():
    with pytest.raises(ValidationError):
        Region(name="x", auth_url="https://iam.example.com", hosts="*").full_clean()


def test_a_region_is_chosen_by_name_then_by_the_project(at_desk):
    a_region()
    a_region("eu-nl", "https://iam.nl.example.com/v3", ["*.nl.example.com"])
    a_region("eu-ch2", "https://iam.ch.example.com/v3", is_active=False)
    assert places.place_of(region="eu-nl").name == "eu-nl"
    assert places.place_of(project="eu-nl_team").name == "eu-nl"
    assert places.place_of(region="eu-ch2").name == "eu-de"
    assert places.allowed_hosts() == ("*.example.com", "*.nl.example.com")


def test_the_sign_in_page_asks_for_the_region_where_there_are_several(client, local_cloud, settings):
    a_region("eu-de", settings.CLOUD_AUTH_URL, ["127.0.0.1"])
    places.forget()
    assert 'name="region"' not in client.get("/sign-in").content.decode()
    a_region("eu-nl", "https://iam.nl.example.com/v3")
    places.forget()
    assert 'name="region"' in client.get("/sign-in").content.decode()
    answer = client.post("/sign-in", {"way": "cloud", "region": "eu-de", **ANNA})
    assert answer.status_code == 302


def test_a_session_knows_where_it_came_from(local_cloud, settings):
    address = settings.CLOUD_AUTH_URL
    a_region("eu-de", address, ["127.0.0.1"])
    settings.CLOUD_AUTH_URL = "http://127.0.0.1:9/v3"
    places.forget()
    session = iam.sign_in(**ANNA)
    assert session.auth_url == address
    Region.objects.update(auth_url="http://127.0.0.1:9/v3")
    places.forget()
    assert isinstance(iam.groups_of(session), tuple)


def test_a_thread_that_looks_leaves_no_connection_behind():
    a_region()
    left = []

    def look():
        assert places.places()[0].name == "eu-de"
        left.append(connections["default"].connection)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert left == [None]
