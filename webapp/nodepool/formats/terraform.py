"""Terraform: the arguments of opentelekomcloud_cce_node_pool_v3, and a body written with them.

Source: the provider's documentation and source, `resource_opentelekomcloud_cce_node_pool_v3.go`.
"""

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.formats.base import (
    Exported,
    Note,
    Target,
    encryption_of,
    missing,
    not_said,
    remarks,
    written_out,
)
from webapp.nodepool.formats.hcl_texts import heredoc, literal
from webapp.nodepool.pointers import JSON
from webapp.nodepool.rules.shape import BODY, Many, Thing, Value

RESOURCE = "opentelekomcloud_cce_node_pool_v3"
_T, _X, _A = "/spec/nodeTemplate", "/spec/nodeTemplate/extendParam", "/spec/autoscaling"
SCRIPTS = {"preinstall": f"{_X}/alpha.cce~1preInstall", "postinstall": f"{_X}/alpha.cce~1postInstall"}
TAGS, LABELS, TAINTS, STORAGE = f"{_T}/userTags", f"{_T}/k8sTags", f"{_T}/taints", f"{_T}/storage"
GROUPS = "/spec/customSecurityGroups"
# Argument of the provider -> place in the body and type, in the order in which they are written.
PLAIN: dict[str, tuple[str, type]] = {
    "name": ("/metadata/name", str),
    "flavor": (f"{_T}/flavor", str),
    "availability_zone": (f"{_T}/az", str),
    "os": (f"{_T}/os", str),
    "runtime": (f"{_T}/runtime/name", str),
    "key_pair": (f"{_T}/login/sshKey", str),
    "subnet_id": (f"{_T}/nodeNicSpec/primaryNic/subnetId", str),
    "initial_node_count": ("/spec/initialNodeCount", int),
    "scale_enable": (f"{_A}/enable", bool),
    "min_node_count": (f"{_A}/minNodeCount", int),
    "max_node_count": (f"{_A}/maxNodeCount", int),
    "scale_down_cooldown_time": (f"{_A}/scaleDownCooldownTime", int),
    "priority": (f"{_A}/priority", int),
    "server_group_reference": ("/spec/nodeManagement/serverGroupReference", str),
    "max_pods": (f"{_X}/maxPods", int),
    "docker_base_size": (f"{_X}/dockerBaseSize", int),
    "docker_lvm_config_override": (f"{_X}/DockerLVMConfigOverride", str),
    "agency_name": (f"{_X}/agency_name", str),
}
OTHER = {"security_group_ids": GROUPS, "storage": STORAGE, "user_tags": TAGS, "k8s_tags": LABELS}
BLOCKS = {"root_volume": f"{_T}/rootVolume", "data_volumes": f"{_T}/dataVolumes", "taints": TAINTS}
_ALWAYS_SENT = ("name", "flavor", "availability_zone", "initial_node_count")
_NEEDED = (
    *(PLAIN[name][0] for name in ("name", "flavor", "initial_node_count", "key_pair")),
    *list(BLOCKS.values())[:2],
)
# What the provider sends by itself: no argument, and nothing lost.
_IMPLIED = {"/kind": "NodePool", "/apiVersion": "v3", "/spec/type": "vm", f"{_T}/count": 1, f"{_T}/billingMode": 0}
_NO_ARGUMENT = "The provider has no argument for this, or does not take this value."
_REASONS = {"/spec/type": "The provider always sends vm.", f"{_T}/count": "The provider always sends 1."}
_LABEL = re.compile(r"[./\-_A-Za-z0-9]+")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def is_unset(name: str, value: JSON) -> bool:
    """Whether the provider sends nothing for this value of an argument: it leaves out empty texts and most zeros."""
    is_sent = name in _ALWAYS_SENT or PLAIN.get(name, ("", str))[0].startswith(_A)
    return value is None or (not is_sent and value in ("", 0, [], {}))


def is_base64(script: str) -> bool:
    """Whether the provider sends a script as it is, because it takes it for base64."""
    return bool(_BASE64.fullmatch(script.replace("\r", "").replace("\n", "")))


def write_terraform(body: JSON, target: Target) -> Exported:
    """Return a resource; what the provider has no argument for is named beside it, and at the head of the text."""
    body, notes = written_out(body)
    made = _Resource(body)
    parts = [
        _aligned([("cluster_id", literal(target.cluster_id or "CLUSTER_ID")), *made.plain()]),
        *([line] for line in made.scripts()),
        *made.maps(),
        *made.blocks(),
    ]
    text = "\n\n".join("\n".join(part) for part in parts)
    lost = not_said(body, made.said, _IMPLIED, _NO_ARGUMENT, _REASONS)
    needed = missing(body, _NEEDED, "Terraform needs this: add it.")
    zone = missing(body, [PLAIN["availability_zone"][0]], "The provider takes a random zone where none is said.")
    notes = (*notes, *made.notes, *lost, *needed, *zone)
    return Exported(f'{remarks(notes)}resource "{RESOURCE}" "node_pool" {{\n{text}\n}}\n', notes)


class _Resource:
    """The lines of a resource; `said` are the places that they carry."""

    def __init__(self, body: JSON) -> None:
        self.body = body
        self.said: set[str] = set()
        self.notes: list[Note] = []

    def plain(self) -> Iterator[tuple[str, str]]:
        for name, (at, kind) in PLAIN.items():
            value = pointers.get(self.body, at)
            if is_unset(name, value):
                self.said.add(at)
            elif type(value) is kind:
                self.said.add(at)
                yield name, literal(value)
        groups = pointers.get(self.body, GROUPS)
        if isinstance(groups, list) and groups and all(isinstance(one, str) for one in groups):
            self.said.add(GROUPS)
            yield "security_group_ids", f"[{', '.join(map(literal, groups))}]"
        if storage := pointers.get(self.body, STORAGE):
            self.said.add(STORAGE)
            self.notes += _unknown(_shape_of_storage(), storage, STORAGE)
            yield "storage", literal(json.dumps(storage))

    def scripts(self) -> Iterator[str]:
        for name, at in SCRIPTS.items():
            script = pointers.get(self.body, at)
            if script == "":
                self.said.add(at)
            elif isinstance(script, str) and is_base64(script):
                self.said.add(at)
                plain = _plain_script(script)
                yield f"  {name} = {heredoc(plain) or literal(plain)}"

    def maps(self) -> Iterator[list[str]]:
        tags = dict(self._tags())
        if tags:
            yield _map("user_tags", tags)
        labels = dict(self._labels())
        if labels:
            yield _map("k8s_tags", labels)

    def _tags(self) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        for at, tag in _items(self.body, TAGS):
            key, value = tag.get("key"), tag.get("value", "")
            if isinstance(key, str) and isinstance(value, str) and key not in seen:
                seen.add(key)
                self.said.update((f"{at}/key", f"{at}/value"))
                yield key, value

    def _labels(self) -> Iterator[tuple[str, str]]:
        labels = pointers.get(self.body, LABELS)
        for key, value in labels.items() if isinstance(labels, dict) else ():
            at = LABELS + pointers.join(key)
            if isinstance(value, str) and _LABEL.fullmatch(key) and _LABEL.fullmatch(value):
                self.said.add(at)
                yield key, value
            elif value == "":
                self.said.add(at)
                self.notes.append(Note(at, "The provider refuses a label without a value."))

    def blocks(self) -> Iterator[list[str]]:
        root = pointers.get(self.body, BLOCKS["root_volume"])
        if isinstance(root, dict):
            yield self._volume("root_volume", BLOCKS["root_volume"], root)
        for at, disk in _items(self.body, BLOCKS["data_volumes"]):
            yield self._volume("data_volumes", at, disk)
        for at, taint in _items(self.body, TAINTS):
            members = {name: taint.get(name, "") for name in ("key", "value", "effect")}
            if all(isinstance(one, str) for one in members.values()):
                self.said.update(f"{at}/{name}" for name in members)
                yield _block("taints", members)

    def _volume(self, name: str, at: str, disk: dict[str, Any]) -> list[str]:
        made: dict[str, Any] = {}
        for member, kind in (("size", int), ("volumetype", str)):
            if type(disk.get(member)) is kind:
                made[member] = disk[member]
                self.said.add(f"{at}/{member}")
        extend, (key, said) = disk.get("extendParam"), encryption_of(disk, at)
        self.said |= said
        if key:
            made["kms_id"] = key
        if isinstance(extend, dict) and extend and all(isinstance(one, str) for one in extend.values()):
            made["extend_params"] = extend
            self.said.add(f"{at}/extendParam")
        if disk.get("hw:passthrough") is False:
            self.said.add(f"{at}/hw:passthrough")
        return _block(name, made)


def _items(body: JSON, at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    found = pointers.get(body, at)
    listed = found if isinstance(found, list) else ()
    return ((f"{at}/{index}", one) for index, one in enumerate(listed) if isinstance(one, dict))


def _aligned(pairs: Iterable[tuple[str, str]], indent: str = "  ") -> list[str]:
    """Return assignments as `terraform fmt` lays them out."""
    pairs = list(pairs)
    width = max((len(name) for name, _ in pairs), default=0)
    return [f"{indent}{name:{width}} = {value}" for name, value in pairs]


def _map(name: str, entries: dict[str, str], indent: str = "  ") -> list[str]:
    inside = _aligned([(literal(key), literal(value)) for key, value in entries.items()], f"{indent}  ")
    return [f"{indent}{name} = {{", *inside, f"{indent}}}"]


def _block(name: str, members: dict[str, Any]) -> list[str]:
    plain = [(key, literal(value)) for key, value in members.items() if not isinstance(value, dict)]
    maps = [line for key, value in members.items() if isinstance(value, dict) for line in _map(key, value, "    ")]
    return [f"  {name} {{", *_aligned(plain, "    "), *maps, "  }"]


def _plain_script(script: str) -> str:
    """Return a script as the provider takes it: in plain text, which it encodes, where that comes to the same."""
    try:
        plain = base64.b64decode(script).decode()
    except (binascii.Error, ValueError):
        return script
    has_controls = any(unicodedata.category(one) == "Cc" and one not in "\n\r\t" for one in plain)
    # Terraform composes letters and accents (NFC), and the provider sends what looks like base64 as it is.
    is_kept = not has_controls and unicodedata.is_normalized("NFC", plain) and not is_base64(plain)
    return plain if is_kept and base64.b64encode(plain.encode()).decode() == script else script


def _shape_of_storage() -> Value:
    shape: Value = BODY
    for name in pointers.split(STORAGE):
        shape = shape.members[name] if isinstance(shape, Thing) else shape
    return shape


def _unknown(shape: Value, value: JSON, at: str) -> Iterator[Note]:
    """Yield a note for each member that the provider drops because it does not know it."""
    if isinstance(shape, Many) and isinstance(value, list):
        for index, one in enumerate(value):
            yield from _unknown(shape.item, one, f"{at}/{index}")
    if isinstance(shape, Thing) and isinstance(value, dict):
        for name, one in value.items():
            inside = at + pointers.join(name)
            if name in shape.members:
                yield from _unknown(shape.members[name], one, inside)
            else:
                yield Note(inside, "The provider drops this.")
