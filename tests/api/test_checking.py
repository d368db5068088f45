"""The API's checks, over real HTTP semantics through Django's client."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.nodepool.test_rules import S, T, a_body, storage
from webapp.accounts.models import ApiToken

pytestmark = pytest.mark.django_db(transaction=True)

VALIDATE, LAYOUT = "/api/v1/node-pools/validate", "/api/v1/node-pools/layout"
STANDARD = {"category": "standard", "version": "v1.29"}


def test_a_good_body_is_valid(call):
    answer = call(VALIDATE, {"cluster": STANDARD, "body": a_body()})
    assert answer.status_code == 200
    assert answer.json() == {"valid": True, "errors": [], "warnings": []}


def test_errors_and_warnings_come_with_pointer_code_and_source(call):
    body = a_body(**{"/metadata/name": "Bad", f"{T}/colour": "red"})
    found = call(VALIDATE, {"cluster": STANDARD, "body": body}).json()
    assert not found["valid"]
    (error,), (warning,) = found["errors"], found["warnings"]
    assert (error["pointer"], error["code"], error["source"]) == (
        "/metadata/name",
        "NP-NAME-02",
        "API reference, table 4",
    )
    assert error["message"].startswith("Use small letters")
    assert (warning["pointer"], warning["code"]) == (f"{T}/colour", "NP-SPEC-01")


@pytest.mark.parametrize("body", [None, 1, "x", [], {}, {"spec": {"nodeTemplate": "\ud800"}}, {"\ud800": "\0"}])
def test_any_json_value_gets_a_verdict(call, body):
    answer = call(VALIDATE, {"cluster": STANDARD, "body": body})
    assert answer.status_code == 200
    assert not answer.json()["valid"]


def test_the_kind_of_cluster_decides(call):
    body = a_body(**{"/spec/type": "ElasticBMS", f"{T}/rootVolume/hw:passthrough": True})
    body["spec"]["nodeTemplate"]["dataVolumes"][0]["hw:passthrough"] = True
    assert not call(VALIDATE, {"cluster": STANDARD, "body": body}).json()["valid"]
    assert call(VALIDATE, {"cluster": {"category": "turbo", "version": "v1.29"}, "body": body}).json()["valid"]


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (b"{", 400, "not JSON"),
        (b'{"body": {"a": 1, "a": 2}}', 400, "'a' stands twice"),
        (b"[" * 100 + b"]" * 100, 413, "more than 65 deep"),
        (b'"' + b"a" * 1_100_000 + b'"', 413, "KiB"),
        (b'"\xff"', 400, "UTF-8"),
        (b"[]", 400, "Send a JSON object."),
        (b"{}", 400, "cannot be understood"),
        (b'{"cluster": {"category": "other"}, "body": 1}', 400, "is not a valid choice."),
        (b'{"cluster": 1, "body": 1}', 400, "Expected a dictionary"),
        (b'{"cluster": {"id": "x"}, "body": 1}', 403, "X-Cloud-Token"),
    ],
    ids=range(10),
)
def test_a_call_that_cannot_be_understood_is_a_problem_document(call, content, status, says):
    answer = call(VALIDATE, content)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert says in problem["detail"]
    assert all(place["pointer"].startswith(("/", "")) for place in problem.get("errors", []))


def test_a_misread_place_is_named(call):
    problem = call(VALIDATE, {"cluster": {"category": "other"}, "body": 1}).json()
    assert [place["pointer"] for place in problem["errors"]] == ["/cluster/category"]


def test_another_content_type_is_refused(call, client, robot):
    client.force_login(robot)
    answer = client.post(VALIDATE, {"a": "b"})
    assert answer.status_code == 415
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_layout_says_what_becomes_of_the_disks(call):
    found = call(LAYOUT, {"body": a_body(**{S: storage()})}).json()
    assert not found["is_default"]
    group = found["groups"][0]
    assert (group["name"], group["size_gib"], [one["size_gib"] for one in group["volumes"]]) == (
        "vgpaas",
        100,
        [90, 10],
    )
    assert found["disks"][0]["selector"] == "cceUse"
    assert call(LAYOUT, {"body": None}).json()["disks"] == []


def test_with_a_cluster_and_a_cloud_token_the_live_facts_are_checked(call, anna):
    from webapp.cloud.client import Cloud

    cluster = next(one for one in Cloud(anna).clusters() if one["metadata"]["name"] == "prod-standard")
    body = a_body(**{f"{T}/login/sshKey": "ben-desk", f"{T}/flavor": "p2s.8xlarge.8"})
    answer = call(
        VALIDATE, {"cluster": {"id": cluster["metadata"]["uid"]}, "body": body}, **{"X-Cloud-Token": anna.token}
    )
    codes = {(one["pointer"], one["code"]) for one in answer.json()["errors"]}
    assert {(f"{T}/login/sshKey", "NP-LOGIN-02"), (f"{T}/flavor", "NP-FLAV-03")} <= codes


def test_an_unknown_cluster_is_not_found_and_a_dead_cloud_token_is_refused(call, anna):
    wanted = {"cluster": {"id": "no-such-cluster"}, "body": a_body()}
    assert call(VALIDATE, wanted, **{"X-Cloud-Token": anna.token}).status_code == 404
    refused = call(VALIDATE, wanted, **{"X-Cloud-Token": "dead"})
    assert refused.status_code == 403
    assert "dead" not in refused.content.decode()


def test_a_cloud_that_does_not_answer_is_a_bad_gateway(call, anna, local_cloud):
    local_cloud.fault(kind="status", status=503)
    answer = call(VALIDATE, {"cluster": {"id": "x"}, "body": {}}, **{"X-Cloud-Token": anna.token})
    assert answer.status_code == 502
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", [VALIDATE, LAYOUT])
@pytest.mark.parametrize("header", [None, "Token wrong", "Token \xff", "Token \0x", "Token a b", "Token", "Basic YTpi"])
def test_nobody_gets_nothing(client, db, path, header):
    headers = {"HTTP_AUTHORIZATION": header} if header else {}
    answer = client.post(path, **headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Token"
    assert answer.json()["title"] == "Unauthorized"


def test_a_browser_session_needs_the_csrf_token(robot):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(robot)
    assert browser.post(LAYOUT, {"body": {}}, content_type="application/json").status_code == 403


def test_a_token_that_ran_out_or_was_revoked_is_refused(call):
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert call(LAYOUT, {"body": {}}).status_code == 401


def test_the_use_of_a_token_is_noted_once_a_minute(call):
    call(LAYOUT, {"body": {}})
    first = ApiToken.objects.get().last_used_at
    call(LAYOUT, {"body": {}})
    assert first is not None
    assert ApiToken.objects.get().last_used_at == first


def test_the_schema_names_every_operation_and_its_errors(client):
    found = client.get("/api/v1/schema/").json()
    assert found["openapi"].startswith("3.1")
    operation = found["paths"]["/api/v1/node-pools/validate"]["post"]
    assert {"200", "400", "401", "403", "413", "415", "429", "502"} <= set(operation["responses"])


@pytest.mark.parametrize("method", ["get", "post", "patch"])
def test_an_address_that_is_none_is_a_problem_document(call, client, robot, method):
    client.force_login(robot)
    answer = getattr(client, method)("/api/v1/no/such/place")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("cluster", "pointer"),
    [({"version": 129}, "/cluster/version"), ({"category": 1}, "/cluster/category"), ({"id": 5}, "/cluster/id")],
)
def test_a_number_is_no_text(call, cluster, pointer):
    answer = call(VALIDATE, {"cluster": cluster, "body": {}})
    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
