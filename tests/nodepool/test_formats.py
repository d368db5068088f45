"""Bodies leave and enter: what is written says the same when it is read or run."""

import json
import os
import re
import subprocess
import sys

import hcl2
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ANNA, EXAMPLES
from tests.nodepool.test_rules import S, T, a_body, storage
from tests.wizard import bodies
from webapp.nodepool.formats import FORMATS, Target
from webapp.nodepool.formats.ansible import ARGUMENTS as MODULE_ARGUMENTS
from webapp.nodepool.formats.terraform import ARGUMENTS, BLOCKS, RESOURCE
from webapp.nodepool.reading import TooLarge, Unreadable

EXAMPLE, TURBO_EXAMPLE = (
    json.loads((EXAMPLES / f"{name}.json").read_text()) for name in ("request-cce", "request-cce-turbo")
)
SOME = [EXAMPLE, TURBO_EXAMPLE, bodies.WIDE, bodies.BARE_METAL, bodies.OLD]
IDS = ["example", "turbo example", "wide", "bare metal", "old"]
NOWHERE = Target()


def written(name, body, target=NOWHERE):
    return FORMATS[name].write(body, target)


def read(name, text):
    return FORMATS[name].read(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize("body", SOME, ids=IDS)
@pytest.mark.parametrize("name", ["json", "yaml"])
def test_json_and_yaml_carry_a_body_there_and_back(name, body):
    made = written(name, body)
    assert made.left_out == ()
    back = read(name, made.text)
    assert (back.body, back.left_out) == (body, ())


TEXTS = st.text(max_size=20)


@settings(max_examples=100, deadline=None)
@given(label=TEXTS, value=TEXTS, script=TEXTS)
def test_any_text_survives_every_format_that_is_read(label, value, script):
    body = a_body(**{f"{T}/k8sTags": {f"x{label}": value}, f"{T}/os": f"os {script}"})
    for name in ("json", "yaml", "terraform"):
        assert read(name, written(name, body).text).body["spec"]["nodeTemplate"] == body["spec"]["nodeTemplate"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_password_leaves_in_no_format(name):
    body = a_body(**{f"{T}/login": {"userPassword": {"username": "root", "password": "s3cret-word"}}})
    made = written(name, body)
    assert "s3cret-word" not in made.text
    assert f"{T}/login/userPassword" in [note.pointer for note in made.left_out]


@pytest.mark.parametrize("body", SOME, ids=IDS)
def test_terraform_uses_documented_arguments_and_names_what_it_lacks(body):
    made = written("terraform", body, Target("cluster-1"))
    ((kind, named),) = hcl2.loads(made.text)["resource"][0].items()
    (arguments,) = named.values()
    assert kind.strip('"') == RESOURCE
    assert set(arguments) - {"__is_block__"} <= ARGUMENTS | set(BLOCKS)
    back = read("terraform", made.text).body
    lost = {note.pointer for note in made.left_out}
    assert differing(body, back) <= lost | set(IMPLIED)


IMPLIED = [f"{T}/count", f"{T}/billingMode"]
NO_ENCRYPTION = "__system__encrypted"


def differing(body, back):
    from webapp.nodepool import pointers

    found = dict(pointers.leaves(back))
    return {
        at
        for at, value in pointers.leaves(body)
        if found.get(at, pointers) != value and not at.endswith(NO_ENCRYPTION) and not isinstance(value, dict | list)
    }


def test_terraform_carries_storage_as_a_json_text_and_scripts_in_plain_text():
    text = written("terraform", bodies.WIDE).text
    assert 'preinstall = "#!/bin/sh\\necho' in text
    assert json.loads(json.loads(re.search(r"storage = (.*)", text)[1])) == bodies.STORAGE


def test_terraform_as_people_write_it_is_read():
    text = """
    variable "cluster_id" {}
    resource "opentelekomcloud_cce_node_pool_v3" "pool" {
      cluster_id         = var.cluster_id
      name               = "pool-1"
      os                 = "HCE OS 2.0"
      flavor             = "c7n.xlarge.2"
      initial_node_count = 2
      availability_zone  = var.zone
      key_pair           = "id_rsa"
      runtime            = "containerd"
      colour             = "red"
      k8s_tags           = { "example.com/a" = "b", plain = "" }
      user_tags          = { owner = "me" }
      storage            = jsonencode({ storageSelectors = [{ name = "cceUse" }], storageGroups = [] })
      preinstall         = <<-EOT
        #!/bin/sh
        echo hello
      EOT
      root_volume {
        size       = 50
        volumetype = "SAS"
      }
      data_volumes {
        size       = 100
        volumetype = "SSD"
        kms_id     = "1cdfa9f2-2a88-517f-b742-58567ecfce7c"
      }
      taints {
        key    = "a"
        value  = "b"
        effect = "NoSchedule"
      }
    }
    """
    found = read("terraform", text)
    template = found.body["spec"]["nodeTemplate"]
    assert found.body["metadata"] == {"name": "pool-1"}
    assert template["k8sTags"] == {"example.com/a": "b", "plain": ""}
    assert template["userTags"] == [{"key": "owner", "value": "me"}]
    assert template["rootVolume"] == {"size": 50, "volumetype": "SAS"}
    assert template["dataVolumes"][0]["metadata"]["__system__encrypted"] == "1"
    assert template["taints"] == [{"key": "a", "value": "b", "effect": "NoSchedule"}]
    assert template["storage"]["storageSelectors"][0]["name"] == "cceUse"
    assert template["extendParam"] == {"alpha.cce/preInstall": bodies.script("#!/bin/sh\necho hello\n")}
    assert [(note.pointer, note.message.split()[0]) for note in found.left_out] == [
        (f"{T}/az", "Terraform"),
        ("", "The"),
    ]


def test_terraform_leaves_the_zone_to_the_cloud_when_none_is_named():
    body = read("terraform", f'resource "{RESOURCE}" "p" {{\n  name = "a"\n}}\n').body
    assert body["spec"]["nodeTemplate"]["az"] == "random"


def test_a_pool_as_the_cloud_answers_it_becomes_a_request():
    answer = json.loads((EXAMPLES / "response-cce.json").read_text())
    found = read("json", json.dumps(answer))
    pointers = {note.pointer for note in found.left_out}
    assert {"/status", "/metadata/uid"} <= pointers
    assert set(found.body) == {"kind", "apiVersion", "metadata", "spec"}
    assert not [key for key in found.body["spec"]["nodeTemplate"].get("k8sTags", {}) if "cce.cloud.com" in key]


def test_a_body_as_the_go_sdk_sends_it_is_taken():
    body = a_body(
        **{
            f"{T}/login": {"sshKey": "id_rsa", "userPassword": {"username": "", "password": ""}},
            f"{T}/publicIP": {"eip": {"bandwidth": {}}},
            f"{T}/nodeNicSpec": {"primaryNic": {}},
            "/spec/nodeManagement": {"serverGroupReference": ""},
        }
    )
    body["apiversion"] = body.pop("apiVersion")
    assert read("json", json.dumps(body)).body == a_body()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("json", "[]"),
        ("json", '{"a": 1, "a": 2}'),
        ("yaml", "- a"),
        ("yaml", "a: 1\na: 2"),
        ("yaml", "a: &x [1]\nb: *x"),
        ("yaml", "a: !!python/object:os.system x"),
        ("yaml", "1: 2"),
        ("yaml", "a: [" + "[" * 70 + "]" * 71),
        ("yaml", b"\xff\xfe\xff"),
        ("terraform", 'resource "x" "y" {}'),
        ("terraform", "not hcl {{{"),
        ("terraform", b"\xff"),
    ],
    ids=range(12),
)
def test_what_cannot_be_taken_is_refused_with_a_sentence(name, text):
    with pytest.raises(Unreadable) as caught:
        read(name, text)
    assert str(caught.value).endswith(".")


def test_texts_over_a_mebibyte_are_refused():
    for name in ("json", "yaml", "terraform"):
        with pytest.raises(TooLarge):
            read(name, b" " * 1_048_577)


@pytest.mark.parametrize("body", SOME, ids=IDS)
def test_ansible_uses_documented_arguments_and_names_what_it_lacks(body):
    made = written("ansible", body)
    (task,) = yaml.safe_load(made.text)
    arguments = task["opentelekomcloud.cloud.cce_node_pool"]
    assert set(arguments) <= MODULE_ARGUMENTS
    assert arguments["name"] == body["metadata"]["name"]
    if "storage" in body["spec"]["nodeTemplate"]:
        assert any(note.pointer.startswith(S) for note in made.left_out)


@pytest.fixture
def run_exported(anna, cloud_url, tmp_path):
    """Export a body for a cluster of the local cloud, and run the program."""
    from webapp.cloud.client import Cloud

    ids = {one["metadata"]["name"]: one["metadata"]["uid"] for one in Cloud(anna).clusters()}
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "OS_AUTH_URL": f"{cloud_url}/v3",
        "OS_USERNAME": ANNA["user"],
        "OS_PASSWORD": ANNA["password"],
        "OS_USER_DOMAIN_NAME": ANNA["domain"],
        "OS_PROJECT_NAME": ANNA["project"],
        "OS_PROJECT_DOMAIN_NAME": ANNA["domain"],
        "OS_REGION_NAME": "eu-de",
        "PYTHONWARNINGS": "ignore",
    }
    target = Target(ids["prod-standard"], anna.project_id, cloud_url)

    def run(name, body):
        text = written(name, body, target).text
        assert anna.token not in text
        program = tmp_path / "program"
        program.write_text(text)
        own = {"OS_TOKEN": anna.token} if name == "curl" else {}
        command = ["sh" if name == "curl" else sys.executable, program]
        return subprocess.run(command, env={**environment, **own}, capture_output=True, text=True, timeout=60)

    return run


@pytest.mark.parametrize(
    "body", [a_body(**{S: storage(), f"{T}/os": "EulerOS 2.9"}), bodies.WIDE], ids=["small", "wide"]
)
@pytest.mark.parametrize("name", ["curl", "python"])
def test_an_exported_program_sends_the_very_body(local_cloud, run_exported, name, body):
    done = run_exported(name, body)
    assert done.returncode == 0, done.stderr
    assert [one["body"] for one in local_cloud.log("POST", "nodepools")] == [body]
