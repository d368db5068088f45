"""Numbers for Prometheus, for whom the operator allows them."""

import subprocess
import sys

import pytest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import ROOT
from tests.nodepool.test_rules import a_body
from webapp.accounts.actions import person_of
from webapp.pools.models import Creation
from webapp.telemetry import metrics

pytestmark = pytest.mark.django_db


def numbers(client, name, **labels):
    """Return the sum of the samples of this name that carry these labels."""
    answer = client.get("/metrics")
    families = text_string_to_metric_families(answer.content.decode())
    found = (one for family in families for one in family.samples if one.name == name)
    return sum(one.value for one in found if labels.items() <= one.labels.items())


def test_requests_are_counted_by_view_method_and_status(client):
    labels = {"view": "portal:sign-in", "method": "GET", "status": "200"}
    before = numbers(client, "poolwright_request_seconds_count", **labels)
    client.get("/sign-in")
    assert numbers(client, "poolwright_request_seconds_count", **labels) == before + 1


def test_addresses_and_methods_that_somebody_made_up_make_no_labels(client):
    client.get("/no/such/page")
    client.generic("MADEUP", "/sign-in")
    text = client.get("/metrics").content.decode()
    assert "no/such" not in text
    assert "MADEUP" not in text


def test_calls_of_the_cloud_are_counted_by_service_and_status(client, anna, local_cloud):
    from webapp.cloud.client import Cloud

    Cloud(anna).clusters()
    assert numbers(client, "poolwright_cloud_call_seconds_count", service="ccev2.0", status="200") >= 1
    assert numbers(client, "poolwright_cloud_call_seconds_count", service="identity", status="201") >= 1


def test_a_call_without_an_answer_is_counted_as_such(client, settings):
    from webapp.cloud.errors import CloudUnreachable
    from webapp.cloud.transport import Call, send

    before = numbers(client, "poolwright_cloud_call_seconds_count", service="dead", status="none")
    with pytest.raises(CloudUnreachable):
        send(Call("POST", "http://127.0.0.1:9/", service="dead"))
    assert numbers(client, "poolwright_cloud_call_seconds_count", service="dead", status="none") == before + 1


def test_orders_that_wait_are_told_with_the_age_of_the_oldest(client, anna):
    Creation.objects.create(key="k", author=person_of(anna), name="pool", body=a_body())
    assert numbers(client, "poolwright_orders_open", state="queued") == 1
    assert 0 < numbers(client, "poolwright_oldest_waiting_seconds") < 60


def test_a_room_can_add_what_is_asked_for_at_each_scrape(client, monkeypatch):
    monkeypatch.setattr(metrics, "_questions", dict(metrics._questions))
    answers = iter((3, 4))

    @metrics.on_scrape
    def beds():
        yield GaugeMetricFamily("beds", "Beds.", value=next(answers))

    assert [numbers(client, "beds"), numbers(client, "beds")] == [3, 4]


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("192.0.2.7", {}, 403),
        ("not an address", {}, 403),
        ("192.0.2.7", {"Authorization": "Bearer for-prometheus"}, 200),
        ("192.0.2.7", {"Authorization": "Bearer wrong"}, 403),
        ("192.0.2.7", {"Authorization": "Bearer "}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
    ],
)
def test_the_numbers_are_for_near_addresses_and_whoever_has_the_token(client, settings, address, headers, status):
    settings.METRICS_TOKEN = "for-prometheus"
    assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == status


def test_without_a_token_in_the_settings_none_opens(client):
    answer = client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"Authorization": "Bearer "})
    assert answer.status_code == 403


def test_processes_of_one_server_tell_the_sum_of_what_each_has_counted(tmp_path):
    count = "from webapp.telemetry import metrics; metrics.LAUNCHES.labels('accepted').inc()"
    tell = f"from webapp.telemetry import metrics; print(metrics.exposition({str(tmp_path)!r}).decode())"
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    for code in (count, count, tell):
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert 'poolwright_launches_total{outcome="accepted"} 2.0' in done.stdout
