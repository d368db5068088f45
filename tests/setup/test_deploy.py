"""What of the chart and the dashboard can be proven without a cluster."""

import copy
import json
import re

import jsonschema
import kubernetes_validate
import pytest
import yaml

from tests.conftest import ROOT
from tests.setup.helm import Chart
from webapp.config import environment as env

CHART = ROOT / "deploy" / "helm" / "poolwright"
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA = json.loads((CHART / "values.schema.json").read_text())


def changed(path, value):
    values = copy.deepcopy(VALUES)
    *steps, last = path.split(".")
    holder = values
    for step in steps:
        holder = holder[step]
    holder[last] = value
    return values


def rendered(values=VALUES):
    return {(one["kind"], one["metadata"]["name"]): one for one in Chart(CHART, values).documents()}


def pods(documents):
    workloads = (one for one in documents.values() if "template" in one.get("spec", {}))
    return {one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in workloads}


def test_the_charts_own_values_fit_its_schema():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.validate(VALUES, SCHEMA)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("databaseUrl", "mysql://db/x"),
        ("databaseUrl", "postgresql://me:in-clear@db/x"),
        ("redisUrl", "redis://:in-clear@redis:6379/0"),
        ("brokerUrl", "amqp://me:in-clear@rabbitmq/"),
        ("brokerPasswordKey", "../token"),
        ("web.replicas", 0),
        ("web.replica", 2),
        ("settings", {"PORTAL_URL": "https://pools.example.com"}),
        ("settings", {"ALLOWED_HOSTS": "pools.example.com"}),
        ("settings.PORTAL_URL", "http://127.0.0.1:8000"),
        ("settings.POLL_INTERVAL_S", 5),
        ("networkPolicy.enabled", "yes"),
    ],
)
def test_wrong_values_are_refused(path, value):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed(path, value), SCHEMA)


def secrets_that_the_settings_read():
    source = (ROOT / "webapp" / "config" / "settings.py").read_text()
    addresses = re.findall(r'env\.address\("(\w+)_URL"\)', source)
    names = re.findall(r'env\.(?:secret|optional_secret|fernet_keys)\("(\w+)"\)', source)
    return [*names, *(f"{one}_{what}" for one in addresses for what in ("URL", "PASSWORD"))]


@pytest.mark.parametrize("name", secrets_that_the_settings_read())
def test_a_secret_may_stand_in_a_file_and_not_in_clear(name):
    jsonschema.validate(changed(f"settings.{name}_FILE", f"/run/secrets/poolwright/{name.lower()}"), SCHEMA)
    with pytest.raises(jsonschema.ValidationError, match="should not be valid"):
        jsonschema.validate(changed(f"settings.{name}", "in clear"), SCHEMA)


def test_the_chart_gives_what_a_portal_needs():
    assert set(rendered(changed("ingress.enabled", True))) == {
        ("Deployment", "pw-web"),
        ("Deployment", "pw-worker"),
        ("Deployment", "pw-beat"),
        ("Service", "pw-web"),
        ("Ingress", "pw-web"),
        ("HorizontalPodAutoscaler", "pw-web"),
        ("PodDisruptionBudget", "pw-web"),
        ("PodDisruptionBudget", "pw-worker"),
        ("NetworkPolicy", "pw"),
        ("NetworkPolicy", "pw-web"),
        ("NetworkPolicy", "pw-worker"),
        ("Job", "pw-migrate"),
    }


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("web.autoscaling.enabled", "HorizontalPodAutoscaler"),
        ("networkPolicy.enabled", "NetworkPolicy"),
        ("ingress.enabled", "Ingress"),
    ],
)
def test_what_is_switched_off_is_not_there(path, kind):
    assert kind not in {one for one, _ in rendered(changed(path, False))}


KUBERNETES = "1.33"
MAIL = [{"ports": [{"port": 587, "protocol": "TCP"}]}]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("web.replicas", 3),
        ("ingress.enabled", True),
        ("web.autoscaling.enabled", False),
        ("networkPolicy.enabled", False),
        ("imagePullSecrets", [{"name": "registry"}]),
        ("networkPolicy.moreEgress", MAIL),
    ],
)
def test_kubernetes_knows_every_word_of_what_the_chart_gives(path, value):
    for document in rendered(changed(path, value)).values():
        kubernetes_validate.validate(document, KUBERNETES, strict=True)


def test_a_word_that_kubernetes_does_not_know_is_found():
    wrong = rendered()["Deployment", "pw-worker"]
    wrong["spec"]["template"]["spec"]["containers"][0]["port"] = 9464
    with pytest.raises(kubernetes_validate.ValidationError, match="'port' was unexpected"):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


def test_what_pods_may_call_besides_is_the_operators_to_say():
    allowed = rendered()["NetworkPolicy", "pw"]["spec"]["egress"]
    assert (
        rendered(changed("networkPolicy.moreEgress", MAIL))["NetworkPolicy", "pw"]["spec"]["egress"] == allowed + MAIL
    )


def test_the_number_of_web_pods_is_the_autoscalers_or_ours_but_not_both():
    assert "replicas" not in rendered()["Deployment", "pw-web"]["spec"]
    assert rendered(changed("web.autoscaling.enabled", False))["Deployment", "pw-web"]["spec"]["replicas"] == 2


@pytest.mark.parametrize("name", ["pw-web", "pw-worker", "pw-beat", "pw-migrate"])
def test_no_pod_is_root_or_can_write_to_its_image_or_holds_a_secret_in_its_environment(name):
    pod = pods(rendered())[name]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    named = {one["name"] for one in container["env"]}
    assert {"SECRET_KEY_FILE", "CLOUD_TOKEN_KEYS_FILE", "DATABASE_PASSWORD_FILE"} <= named
    assert not {"SECRET_KEY", "CLOUD_TOKEN_KEYS", "DATABASE_PASSWORD"} & named


def broker_of(values, tmp_path, monkeypatch):
    """The address of the broker that a pod comes to, where each key of the Secret holds its own name."""
    (container,) = pods(rendered(values))["pw-worker"]["containers"]
    for key in ("redis_password", "rabbitmq_password"):
        (tmp_path / key).write_text(key)
    for one in container["env"]:
        monkeypatch.setenv(one["name"], one["value"].replace("/run/secrets/poolwright", str(tmp_path)))
    return env.address("BROKER_URL")


@pytest.mark.parametrize(
    ("wanted", "address"),
    [
        ({}, "redis://:redis_password@redis:6379/1"),
        (
            {"brokerUrl": "amqp://me@rabbitmq:5672/", "brokerPasswordKey": "rabbitmq_password"},
            "amqp://me:rabbitmq_password@rabbitmq:5672/",
        ),
        ({"brokerUrl": "amqp://rabbitmq:5672/", "brokerPasswordKey": ""}, "amqp://rabbitmq:5672/"),
    ],
)
def test_the_broker_is_given_the_password_that_is_its_own(tmp_path, monkeypatch, wanted, address):
    values = VALUES | wanted
    jsonschema.validate(values, SCHEMA)
    monkeypatch.delenv("BROKER_PASSWORD_FILE", raising=False)
    assert broker_of(values, tmp_path, monkeypatch) == address


def test_every_pod_that_stays_is_probed_and_the_web_is_asked_where_it_answers():
    found = pods(rendered())
    assert all("livenessProbe" in found[name]["containers"][0] for name in ("pw-web", "pw-worker", "pw-beat"))
    web = found["pw-web"]["containers"][0]
    assert web["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert web["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_a_worker_is_asked_at_its_own_port_and_not_by_the_broker():
    (worker,) = pods(rendered())["pw-worker"]["containers"]
    assert worker["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "metrics"}
    assert [one["containerPort"] for one in worker["ports"] if one["name"] == "metrics"] == [
        int(one["value"]) for one in worker["env"] if one["name"] == "METRICS_PORT"
    ]


@pytest.mark.parametrize("name", ["pw-web", "pw-worker"])
def test_prometheus_finds_whoever_counts_and_is_let_in(name):
    documents = rendered()
    template = documents["Deployment", name]["spec"]["template"]
    port = int(template["metadata"]["annotations"]["prometheus.io/port"])
    assert [one["containerPort"] for one in template["spec"]["containers"][0]["ports"]] == [port]
    rule = documents["NetworkPolicy", name]["spec"]
    assert rule["podSelector"]["matchLabels"].items() <= template["metadata"]["labels"].items()
    assert rule["ingress"][0]["ports"] == [{"port": port, "protocol": "TCP"}]


@pytest.mark.parametrize("kind", ["Service", "PodDisruptionBudget", "NetworkPolicy"])
def test_what_selects_pods_selects_those_of_its_name(kind):
    documents = rendered()
    labels = documents["Deployment", "pw-web"]["spec"]["template"]["metadata"]["labels"]
    spec = documents[kind, "pw-web"]["spec"]
    selector = spec["selector"] if kind == "Service" else spec.get("selector", spec.get("podSelector"))["matchLabels"]
    assert selector.items() <= labels.items()
    assert "app.kubernetes.io/component" in selector


def test_migrations_run_before_an_upgrade():
    assert "pre-upgrade" in rendered()["Job", "pw-migrate"]["metadata"]["annotations"]["helm.sh/hook"]


def test_links_lead_to_where_the_portal_answers():
    lines = (ROOT / "deploy" / "portal.env").read_text().splitlines()
    for settings in (VALUES["settings"], dict(line.split("=", 1) for line in lines if not line.startswith("#"))):
        assert settings["PORTAL_URL"] == f"https://{settings['ALLOWED_HOSTS']}"


def test_the_dashboard_shows_metrics_that_exist(client, db):
    dashboard = json.loads((ROOT / "deploy" / "grafana" / "dashboard.json").read_text())
    asked = {word for text in expressions(dashboard) for word in re.findall(r"poolwright_\w+", text)}
    known = re.findall(r"^# TYPE (\w+) (\w+)", client.get("/metrics").content.decode(), re.M)
    endings = {"histogram": ("_bucket", "_count", "_sum")}
    samples = {f"{name}{ending}" for name, kind in known for ending in endings.get(kind, ("",))}
    assert asked
    assert asked <= samples


def expressions(found):
    if isinstance(found, dict):
        return [value for key, value in found.items() if key == "expr"] + expressions(list(found.values()))
    return [one for item in found for one in expressions(item)] if isinstance(found, list) else []
