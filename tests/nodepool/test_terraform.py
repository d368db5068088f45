"""Terraform: what is written uses the provider's arguments, and what people write is read as the provider sends it."""

import json

import hcl2
import pytest
from hypothesis import given, settings

from tests.nodepool.generated import BODIES, TEXTS
from tests.nodepool.test_formats import IDS, SOME, lost, read, written
from tests.nodepool.test_rules import S, T, a_body, storage
from tests.wizard import bodies
from webapp.nodepool import check, pointers
from webapp.nodepool.formats import Target
from webapp.nodepool.formats.hcl import resources
from webapp.nodepool.formats.hcl_texts import heredoc, literal
from webapp.nodepool.formats.terraform import RESOURCE
from webapp.nodepool.reading import Unreadable

X, A = f"{T}/extendParam", "/spec/autoscaling"
# As the provider's documentation of the resource lists them, with their types.
DOCUMENTED = {
    **dict.fromkeys(("cluster_id", "flavor", "availability_zone", "key_pair", "password", "os", "name"), str),
    **dict.fromkeys(("subnet_id", "preinstall", "postinstall", "docker_lvm_config_override", "runtime"), str),
    **dict.fromkeys(("agency_name", "server_group_reference", "storage"), str),
    **dict.fromkeys(("initial_node_count", "max_pods", "docker_base_size", "min_node_count", "max_node_count"), int),
    **dict.fromkeys(("scale_down_cooldown_time", "priority"), int),
    "scale_enable": bool,
    **dict.fromkeys(("security_group_ids", "taints", "root_volume", "data_volumes"), list),
    **dict.fromkeys(("user_tags", "k8s_tags"), dict),
}
IN_BLOCKS = {
    "taints": {"key": str, "value": str, "effect": str},
    "root_volume": {"size": int, "volumetype": str, "extend_params": dict, "kms_id": str},
    "data_volumes": {"size": int, "volumetype": str, "extend_params": dict, "kms_id": str},
}
REQUIRED = {"cluster_id", "flavor", "name", "initial_node_count", "key_pair", "root_volume", "data_volumes"}


def arguments_of(text):
    """The arguments in a text, as python-hcl2 reads it."""
    ((kind, named),) = hcl2.loads(text)["resource"][0].items()
    assert kind.strip('"') == RESOURCE
    (arguments,) = named.values()
    return {name: value for name, value in arguments.items() if name != "__is_block__"}


@pytest.mark.parametrize("body", SOME, ids=IDS)
def test_what_is_written_has_the_documented_arguments_and_types(body):
    arguments = arguments_of(written("terraform", body, Target("cluster-1")).text)
    assert REQUIRED <= set(arguments) <= set(DOCUMENTED)
    for name, value in arguments.items():
        assert type(value) is DOCUMENTED[name], name
        for block in value if name in IN_BLOCKS else ():
            members = {key: one for key, one in block.items() if key != "__is_block__"}
            assert {key: type(one) for key, one in members.items()}.items() <= IN_BLOCKS[name].items()
    assert len(arguments["root_volume"]) == 1


# Said by the provider itself.
IMPLIED = {f"{T}/count", f"{T}/billingMode", "/spec/type"}


@pytest.mark.parametrize("body", SOME, ids=IDS)
def test_what_terraform_does_not_carry_is_named(body):
    made = written("terraform", body, Target("cluster-1"))
    found = read("terraform", made.text)
    named = {note.pointer for note in made.left_out}
    assert lost(body, found.body) <= named | IMPLIED
    came_back = {at for at, value in pointers.leaves(found.body) if pointers.get(body, at) == value}
    assert not named & came_back
    assert found.left_out == ()


@settings(max_examples=60, deadline=None)
@given(body=BODIES)
def test_every_body_of_the_right_form_comes_back_but_for_what_was_named(body):
    made = written("terraform", body)
    found = read("terraform", made.text)
    named = {note.pointer for note in made.left_out}
    assert {at for at in lost(body, found.body) if not at.endswith("/hw:passthrough")} <= named | IMPLIED
    assert lost(found.body, body) <= {f"{T}/az", "/spec/type"}
    again = written("terraform", found.body)
    assert read("terraform", again.text).body == found.body


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_any_text_is_read_as_it_was_written_in_quotes_and_as_a_heredoc(text):
    for value in filter(None, (literal(text), heredoc(text))):
        found = resources(f'resource "x" "y" {{\n  a = {value}\n}}\n'.encode(), "x")
        assert found[0].arguments == {"a": text}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # What `terraform console` of version 1.11 answers for these.
        (r'"\u00e9 \U0001F600 \t \\ \""', 'é \U0001f600 \t \\ "'),
        ('"$${x} %%{y} $$${z} $$ %% $ { %"', "${x} %{y} $${z} $$ %% $ { %"),
        (r'"\u0024{x}"', "${x}"),
        ('<<E\n  keep\\n "q" $${x} %%{y}\n\n    E\n', '  keep\\n "q" ${x} %{y}\n\n'),
        ("<<E\nE\n", ""),
        ("<<-E\n      x\n    y\n\n      z\n   \n          \n  E\n", "  x\ny\n\n  z\n   \n          \n"),
        ("<<-E\n  \ttab\n    sp\n  E\n", "tab\n sp\n"),
        ("<<-E\r\n    a\r\n      b\r\n  E\r\n", "a\r\n  b\r\n"),
        ('base64encode("abc")', "YWJj"),
        ("tostring(100.0)", "100"),
        ('"a${true}b${1.50}c"', "atrueb1.5c"),
        ('("x")', "x"),
    ],
    ids=range(12),
)
def test_texts_are_read_as_terraform_reads_them(text, meant):
    assert resources(f'resource "x" "y" {{\n  a = {text}\n}}\n'.encode(), "x")[0].arguments == {"a": meant}


def test_storage_is_a_json_text_and_scripts_are_plain():
    text = written("terraform", bodies.WIDE).text
    assert json.loads(json.loads(arguments_of(text)["storage"])) == bodies.STORAGE
    assert "preinstall = <<EOT\n#!/bin/sh\necho 'größer'  \nEOT\n" in text
    assert r'postinstall = "line one\nline two"' in text


SCRIPTS = {
    "plain": "echo ${HOME} %{x}\n",
    "like base64": "true",
    "like base64, with a line end": "abcd\n",
    "with an accent of its own": "echo e\u0301\n",
    "with a control letter": "echo \x1b[0m\n",
    "with the end of a heredoc": "cat <<EOT\nx\nEOT\n",
    "empty lines": "\n\n",
    "emoji": "echo \U0001f600",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_reaches_the_cloud_as_it_was(script):
    body = a_body(**{f"{X}/alpha.cce~1preInstall": bodies.script(script)})
    assert read("terraform", written("terraform", body).text).body == body


@pytest.mark.parametrize("script", ["/////w==", "bHMgLWx=", "bHMg\nLWwK"], ids=["bytes", "loose end", "two lines"])
def test_base64_that_is_no_plain_text_is_written_as_it_is(script):
    body = a_body(**{f"{X}/alpha.cce~1postInstall": script})
    made = written("terraform", body)
    assert literal(script) in made.text
    assert read("terraform", made.text).body == body


def test_what_the_provider_refuses_or_changes_is_named():
    body = a_body(
        **{
            "/spec/type": "ElasticBMS",
            f"{T}/count": 0,
            f"{T}/k8sTags": {"empty": "", "good": "x"},
            f"{T}/userTags": [{"key": "twice", "value": "1"}, {"key": "twice", "value": "2"}],
            f"{T}/rootVolume/extendParam": {"useType": 5},
            f"{T}/dataVolumes/0/metadata": {"__system__encrypted": "1"},
            S: storage(**{"/storageSelectors/0/own": 1}),
        }
    )
    reasons = {note.pointer: note.message for note in written("terraform", body).left_out}
    assert reasons == {
        "/spec/type": "The provider always sends vm.",
        f"{T}/count": "The provider always sends 1.",
        f"{T}/k8sTags/empty": "The provider refuses a label without a value.",
        f"{S}/storageSelectors/0/own": "The provider drops this.",
        **dict.fromkeys(
            (
                f"{T}/userTags/1/key",
                f"{T}/userTags/1/value",
                f"{T}/rootVolume/extendParam/useType",
                f"{T}/dataVolumes/0/metadata/__system__encrypted",
            ),
            "The provider has no argument for this, or does not take this value.",
        ),
    }


def test_what_terraform_needs_and_the_body_lacks_is_asked_for():
    left_out = written("terraform", {"kind": "NodePool"}).left_out
    assert {note.pointer for note in left_out if "needs this" in note.message} == {
        "/metadata/name",
        f"{T}/flavor",
        "/spec/initialNodeCount",
        f"{T}/login/sshKey",
        f"{T}/rootVolume",
        f"{T}/dataVolumes",
    }


def pool(text, **more):
    return read("terraform", f'resource "{RESOURCE}" "pool" {{\n{text}\n}}\n{more.get("beside", "")}')


# A whole configuration, as people keep them: a pool among other things.
CONFIGURATION = r"""
terraform {
  required_providers {
    opentelekomcloud = {
      source  = "opentelekomcloud/opentelekomcloud"
      version = "~> 1.36"
    }
  }
}

provider "opentelekomcloud" {
  cloud = "sandbox"
}

/* The sizes
   that we like. */
variable "disk_size" {
  type    = number
  default = 150
}

variable "ssh_key" {}

locals {
  team   = "blue"
  name   = "${local.team}-workers"
  labels = { "example.com/team" = local.team, weight = 5 }
}

data "opentelekomcloud_cce_cluster_v3" "cluster" {
  name = "prod"
}

resource "opentelekomcloud_networking_secgroup_v2" "nodes" {
  name = "nodes-%{if true}a%{else}b%{endif}"
}

resource "opentelekomcloud_kms_key_v1" "disks" {
  count     = var.ssh_key == null ? 0 : 1
  key_alias = "${local.team}-disks"
}

resource "opentelekomcloud_cce_node_pool_v3" "workers" {
  cluster_id         = data.opentelekomcloud_cce_cluster_v3.cluster.id
  name               = local.name # inline
  os                 = "HCE OS 2.0"
  flavor             = "c7n.2xlarge.2"
  initial_node_count = "3"
  availability_zone  = "eu-de-02"
  key_pair           = var.ssh_key
  runtime            = "containerd"
  security_group_ids = ["2b5c3d8e-0000-4000-8000-000000000001", opentelekomcloud_networking_secgroup_v2.nodes.id]

  scale_enable   = "true"
  min_node_count = 1
  max_node_count = 5
  priority       = null

  // Zeros and empty texts that mean "not set".
  max_pods                   = 0
  docker_base_size           = 0
  agency_name                = ""
  server_group_reference     = ""
  docker_lvm_config_override = ""

  preinstall = base64encode(<<-EOT
    #!/bin/sh
    echo "$${HOME}"
  EOT
  )
  postinstall = <<EOT
mount | grep data
EOT

  root_volume {
    size       = 50
    volumetype = "SSD"
    kms_id     = opentelekomcloud_kms_key_v1.disks[0].id
  }

  data_volumes {
    size       = var.disk_size
    volumetype = "SSD"
    kms_id     = null
    extend_params = {
      "useType" = "docker"
    }
  }

  data_volumes {
    size         = 200
    volumetype   = var.fast ? "ESSD" : "SAS"
    extend_param = "old"
  }

  storage = jsonencode(
    {
      "storageSelectors" : [
        {
          "name" : "cceUse",
          "storageType" : "evs",
          "matchLabels" : { "size" : tostring(var.disk_size), "metadataCmkid" : var.key }
        }
      ],
      "storageGroups" : [
        {
          "name" : "vgpaas", "cceManaged" : true, "selectorNames" : ["cceUse"],
          "virtualSpaces" : [{ "name" : "runtime", "size" : "90%" }, { "name" : "kubernetes", "size" : "10%" }]
        }
      ]
  })

  k8s_tags  = local.labels
  user_tags = { team = local.team, cost = 42 }

  taints {
    key    = "example.com/team"
    value  = local.team
    effect = "NoSchedule"
  }

  dynamic "taints" {
    for_each = var.taints
    content {
      key = taints.value.key
    }
  }

  lifecycle {
    ignore_changes = [initial_node_count]
  }

  timeouts {
    create = "60m"
  }

  depends_on = [opentelekomcloud_networking_secgroup_v2.nodes]
}

output "pool" {
  value = opentelekomcloud_cce_node_pool_v3.workers.id
}
"""


def test_a_pool_is_found_in_a_whole_configuration():
    found = read("terraform", CONFIGURATION)
    assert found.body == {
        "kind": "NodePool",
        "apiVersion": "v3",
        "metadata": {"name": "blue-workers"},
        "spec": {
            "type": "vm",
            "initialNodeCount": 3,
            "customSecurityGroups": ["2b5c3d8e-0000-4000-8000-000000000001"],
            "autoscaling": {"enable": True, "minNodeCount": 1, "maxNodeCount": 5},
            "nodeTemplate": {
                "flavor": "c7n.2xlarge.2",
                "az": "eu-de-02",
                "os": "HCE OS 2.0",
                "runtime": {"name": "containerd"},
                "login": {},
                "extendParam": {
                    "alpha.cce/preInstall": bodies.script('#!/bin/sh\necho "${HOME}"\n'),
                    "alpha.cce/postInstall": bodies.script("mount | grep data\n"),
                },
                "rootVolume": {"size": 50, "volumetype": "SSD", "metadata": {"__system__encrypted": "1"}},
                "dataVolumes": [
                    {"size": 150, "volumetype": "SSD", "extendParam": {"useType": "docker"}},
                    {"size": 200},
                ],
                "storage": {
                    "storageSelectors": [{"name": "cceUse", "storageType": "evs", "matchLabels": {"size": "150"}}],
                    "storageGroups": storage()["storageGroups"],
                },
                "k8sTags": {"example.com/team": "blue", "weight": "5"},
                "userTags": [{"key": "team", "value": "blue"}, {"key": "cost", "value": "42"}],
                "taints": [{"key": "example.com/team", "value": "blue", "effect": "NoSchedule"}],
            },
        },
    }
    computed = "Terraform computes this: choose the value here."
    assert {(note.pointer, note.message) for note in found.left_out} == {
        (f"{T}/dataVolumes/1/extendParam", "The provider does not send extend_param: use extend_params."),
        *(
            (at, computed)
            for at in (
                f"{T}/login/sshKey",
                "/spec/customSecurityGroups/1",
                f"{T}/rootVolume/metadata/__system__cmkid",
                f"{T}/dataVolumes/1/volumetype",
                f"{S}/storageSelectors/0/matchLabels/metadataCmkid",
                f"{T}/taints",
            )
        ),
    }


def test_local_values_that_grow_on_each_other_are_left_to_terraform():
    levels = [f"l{index + 1} = [{f'local.l{index},' * 200}]" for index in range(4)]
    texts = [f't{index + 1} = "{f"${{local.t{index}}}" * 200}"' for index in range(4)]
    own = "\n".join(['l0 = "x"', 't0 = "x"', *levels, *texts])
    found = pool("name = local.t4\nsecurity_group_ids = local.l4", beside=f"locals {{\n{own}\n}}\n")
    assert "/metadata/name" in [note.pointer for note in found.left_out]
    assert len(json.dumps(found.body)) < 100_000


def test_what_was_read_of_a_configuration_survives_further_rounds():
    first = read("terraform", CONFIGURATION).body
    first["spec"]["nodeTemplate"]["rootVolume"].pop("metadata")
    first["spec"]["nodeTemplate"]["login"] = {"sshKey": "id_rsa"}
    second = read("terraform", written("terraform", first).text)
    assert (second.body, second.left_out) == (first, ())


def test_the_zone_is_left_to_the_cloud_when_none_is_named():
    assert pool('name = "a"').body["spec"]["nodeTemplate"]["az"] == "random"
    assert pool('name = "a"\navailability_zone = null').body["spec"]["nodeTemplate"]["az"] == "random"


def test_autoscaling_of_zeros_is_what_the_provider_sends():
    text = "scale_enable = false\nmin_node_count = 0\nmax_node_count = 0\nscale_down_cooldown_time = 0\npriority = 0"
    assert pool(text).body["spec"]["autoscaling"] == {
        "enable": False,
        "minNodeCount": 0,
        "maxNodeCount": 0,
        "scaleDownCooldownTime": 0,
        "priority": 0,
    }


def test_a_storage_text_that_is_no_json_is_named_and_left():
    found = pool('name = "a"\nstorage = "{"')
    assert "storage" not in found.body["spec"]["nodeTemplate"]
    assert [note.pointer for note in found.left_out] == [S]


def test_a_storage_heredoc_is_read():
    text = f"storage = <<EOF\n   {json.dumps(storage(), indent=4)}\nEOF"
    assert pool(text).body["spec"]["nodeTemplate"]["storage"] == storage()


def test_a_password_is_not_taken():
    found = pool('password = "s3cret-word"')
    assert "s3cret-word" not in repr(found)
    assert [note.pointer for note in found.left_out] == [f"{T}/login/userPassword"]


@pytest.mark.parametrize("text", ["count = 2", 'for_each = toset(["a", "b"])'])
def test_a_resource_that_stands_for_many_pools_is_one_and_says_so(text):
    found = pool(f'{text}\nname = "pool-${{each.key}}"')
    assert found.left_out[0].message.startswith("Terraform makes as many pools")
    assert "/metadata/name" in [note.pointer for note in found.left_out]


def test_unknown_arguments_are_named():
    found = pool('colour = "red"\nroot_volume {\n  size = 50\n  iops = 5\n}')
    assert [(note.pointer, note.message) for note in found.left_out] == [
        ("", "The argument colour is not known and was not taken over."),
        (f"{T}/rootVolume", "The argument iops is not known and was not taken over."),
    ]


def test_of_two_pools_in_one_text_the_names_are_said():
    with pytest.raises(Unreadable, match=r"2 resources .* \(pool, other\): leave one"):
        pool('name = "a"', beside=f'resource "{RESOURCE}" "other" {{\n}}\n')
    with pytest.raises(Unreadable, match="There is no resource"):
        read("terraform", 'resource "opentelekomcloud_cce_node_v3" "x" {}')


def test_what_terraform_says_of_a_good_body_is_good():
    for body in (a_body(), bodies.WIDE):
        found = read("terraform", written("terraform", body).text).body
        assert not [one for one in check(found, {"category": "standard", "version": "v1.29"}) if one.is_error]
