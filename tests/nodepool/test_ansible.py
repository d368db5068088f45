"""Ansible: the module's arguments, written and read, and what it refuses or loses."""

import pytest
import yaml
from hypothesis import given, settings

from tests.nodepool.generated import BODIES
from tests.nodepool.test_formats import EXAMPLE, IDS, SOME, lost, read, written
from tests.nodepool.test_rules import S, T, a_body
from webapp.nodepool.formats import Target

X, A, NIC = f"{T}/extendParam", "/spec/autoscaling", f"{T}/nodeNicSpec/primaryNic/subnetId"
MODULE = "opentelekomcloud.cloud.cce_node_pool"
# As the module's documentation lists them, with their types.
DOCUMENTED = {
    **dict.fromkeys(("availability_zone", "cluster", "ecs_group", "flavor", "lvm_config", "name", "network"), str),
    **dict.fromkeys(("node_image_id", "os", "postinstall_script", "preinstall_script", "public_key"), str),
    **dict.fromkeys(("root_volume_type", "ssh_key", "state"), str),
    **dict.fromkeys(("initial_node_count", "max_node_count", "min_node_count", "max_pods", "priority"), int),
    **dict.fromkeys(("root_volume_size", "scale_down_cooldown_time"), int),
    "autoscaling_enabled": bool,
    **dict.fromkeys(("data_volumes", "tags", "taints"), list),
    "k8s_tags": dict,
}


def arguments_of(text):
    (task,) = yaml.safe_load(text)
    assert set(task) == {"name", MODULE}
    return task[MODULE]


@pytest.mark.parametrize("body", SOME, ids=IDS)
def test_what_is_written_has_the_documented_arguments_and_types(body):
    arguments = arguments_of(written("ansible", body, Target("cluster-1")).text)
    for name, value in arguments.items():
        assert type(value) is DOCUMENTED[name], name
    assert arguments["name"] == body["metadata"]["name"]
    assert arguments["cluster"] == "cluster-1"
    assert {key for disk in arguments["data_volumes"] for key in disk} <= {"volumetype", "size", "encrypted", "cmk_id"}


@pytest.mark.parametrize("body", SOME, ids=IDS)
def test_what_ansible_does_not_carry_is_named(body):
    made = written("ansible", body)
    found = read("ansible", made.text)
    named = {note.pointer for note in made.left_out}
    assert lost(body, found.body) <= named | {f"{T}/count", f"{T}/billingMode"}
    assert found.left_out == ()
    if "storage" in body["spec"]["nodeTemplate"]:
        assert any(at.startswith(S) for at in named)


@settings(max_examples=60, deadline=None)
@given(body=BODIES)
def test_every_body_of_the_right_form_comes_back_but_for_what_was_named(body):
    made = written("ansible", body)
    found = read("ansible", made.text)
    named = {note.pointer for note in made.left_out} | {f"{T}/count", f"{T}/billingMode"}
    assert {at for at in lost(body, found.body) if not at.endswith("/hw:passthrough")} <= named


def reasons(body):
    return {note.pointer: note.message for note in written("ansible", body).left_out}


def test_what_the_module_refuses_stays_and_is_named():
    body = a_body(
        **{
            f"{T}/rootVolume/volumetype": "GPSSD",
            f"{T}/dataVolumes/0/volumetype": "ESSD",
            f"{T}/taints": [
                {"key": "a", "value": "", "effect": "NoSchedule"},
                {"key": "b", "value": "x", "effect": "PreferNoSchedule"},
            ],
        }
    )
    refused = [at for at, why in reasons(body).items() if why == "The module stops at this value."]
    assert refused == [
        f"{T}/rootVolume/volumetype",
        f"{T}/dataVolumes/0/volumetype",
        f"{T}/taints/0/value",
        f"{T}/taints/1/effect",
    ]
    arguments = arguments_of(written("ansible", body).text)
    assert (arguments["root_volume_type"], arguments["data_volumes"][0]["volumetype"]) == ("GPSSD", "ESSD")


def test_what_the_module_takes_but_does_not_send_is_named():
    body = a_body(
        **{
            NIC: "31be174a",
            f"{X}/DockerLVMConfigOverride": "diskType=evs",
            "/spec/initialNodeCount": 0,
            A: {"enable": False, "minNodeCount": 0, "maxNodeCount": 3},
        }
    )
    found = reasons(body)
    assert found[NIC] == "The module misspells this: the nodes get the subnet of the cluster."
    assert found[f"{X}/DockerLVMConfigOverride"] == "The module does not send this."
    assert found["/spec/initialNodeCount"] == "The module does not send 0."
    assert found[f"{A}/maxNodeCount"] == "The module sends this only with autoscaling."
    assert f"{A}/minNodeCount" not in found
    on = a_body(**{A: {"enable": True, "scaleDownCooldownTime": 5}})
    assert reasons(on)[f"{A}/scaleDownCooldownTime"] == "The module sends this only together with a priority."


def test_what_the_module_needs_and_the_body_lacks_is_asked_for():
    found = reasons(a_body())
    assert [at for at, why in found.items() if "add it" in why] == [NIC]


@pytest.mark.parametrize("text", ["{{ lookup('pipe', 'id') }}", "{% set x = 1 %}", "a{# b #}"])
def test_no_value_is_written_that_ansible_would_run(text):
    changes = {f"{T}/flavor": text, f"{T}/k8sTags": {text: "x"}, f"{T}/dataVolumes/0/volumetype": text}
    changes[f"{T}/userTags"] = [{"key": "a", "value": text}]
    made = written("ansible", a_body(**changes))
    code = "".join(line for line in made.text.splitlines(keepends=True) if not line.startswith("#"))
    assert text not in code
    assert {f"{T}/flavor", f"{T}/userTags/0/value", f"{T}/dataVolumes/0/volumetype"} <= set(reasons(a_body(**changes)))


PLAYBOOK = """
- hosts: localhost
  vars:
    os_name: HCE OS 2.0
  tasks:
    - name: Remove the old pool
      opentelekomcloud.cloud.cce_node_pool:
        cluster: blue
        name: old
        state: absent
    - name: Create the pool
      opentelekomcloud.cloud.cce_node_pool:
        cloud: "{{ test_cloud }}"
        cluster: "{{ cluster.cce_cluster.id }}"
        name: workers
        autoscaling_enabled: yes
        min_node_count: 1
        max_node_count: "3"
        priority: 2
        data_volumes:
          - volumetype: SSD
            size: 120
          - volumetype: SAS
            size: 100
            encrypted: true
            cmk_id: 1cdfa9f2-2a88-517f-b742-58567ecfce7c
          - volumetype: SATA
            size: 100
            encrypted: false
            cmk_id: ''
        flavor: "{{ node_flavor }}"
        initial_node_count: 0
        k8s_tags:
          team: blue
        network: 31be174a-0c7f-4b71-bb0d-d325fecb90ef
        os: "{{ os_name }}"
        ssh_key: id_rsa
        network_id: x
        tags:
          - key: team
            value: blue
        taints:
          - key: team
            value: blue
            effect: NoExecute
        state: present
      register: pool
    - ansible.builtin.debug:
        var: pool.cce_node_pool
"""


def test_a_task_is_found_in_a_playbook_and_gets_the_modules_defaults():
    found = read("ansible", PLAYBOOK)
    template = found.body["spec"]["nodeTemplate"]
    assert found.body["metadata"] == {"name": "workers"}
    assert found.body["spec"]["initialNodeCount"] == 0
    assert found.body["spec"]["autoscaling"] == {"enable": True, "minNodeCount": 1, "maxNodeCount": 3, "priority": 2}
    assert template == {
        "az": "random",
        "login": {"sshKey": "id_rsa"},
        "nodeNicSpec": {"primaryNic": {"subnetId": "31be174a-0c7f-4b71-bb0d-d325fecb90ef"}},
        "rootVolume": {"volumetype": "SATA", "size": 40},
        "userTags": [{"key": "team", "value": "blue"}],
        "k8sTags": {"team": "blue"},
        "taints": [{"key": "team", "value": "blue", "effect": "NoExecute"}],
        "dataVolumes": [
            {"volumetype": "SSD", "size": 120},
            {
                "volumetype": "SAS",
                "size": 100,
                "metadata": {
                    "__system__encrypted": "1",
                    "__system__cmkid": "1cdfa9f2-2a88-517f-b742-58567ecfce7c",
                },
            },
            {"volumetype": "SATA", "size": 100},
        ],
    }
    assert [(note.pointer, note.message) for note in found.left_out] == [
        ("", "The argument network_id is not known and was not taken over."),
        (f"{T}/flavor", "Ansible computes this: choose the value here."),
        (f"{T}/os", "Ansible computes this: choose the value here."),
    ]


def test_the_short_name_and_the_least_that_the_module_needs_are_enough():
    text = "- cce_node_pool: {cluster: c, flavor: s2.large.2, os: EulerOS 2.9, name: a, network: n, ssh_key: k}"
    body = read("ansible", text).body
    assert body["spec"]["nodeTemplate"]["dataVolumes"] == [{"volumetype": "SATA", "size": 100}]


def test_the_example_survives_further_rounds():
    first = read("ansible", written("ansible", EXAMPLE).text)
    second = read("ansible", written("ansible", first.body).text)
    assert (second.body, second.left_out) == (first.body, ())
