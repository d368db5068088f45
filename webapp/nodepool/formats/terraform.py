"""Terraform: the resource opentelekomcloud_cce_node_pool_v3, written and read."""

import base64
import binascii
import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import hcl2
from lark.exceptions import LarkError

from webapp.nodepool import pointers
from webapp.nodepool.formats.base import PASSWORD, Exported, Imported, Note, Target, not_said, without_password
from webapp.nodepool.formats.cleaning import cleaned
from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import MAX_BYTES, TooLarge, Unreadable, read_json

RESOURCE = "opentelekomcloud_cce_node_pool_v3"
_T, _X, _A = "/spec/nodeTemplate", "/spec/nodeTemplate/extendParam", "/spec/autoscaling"
_SCRIPTS = {"preinstall": f"{_X}/alpha.cce~1preInstall", "postinstall": f"{_X}/alpha.cce~1postInstall"}
_TAGS, _LABELS, _TAINTS, _STORAGE = f"{_T}/userTags", f"{_T}/k8sTags", f"{_T}/taints", f"{_T}/storage"
# Argument of the provider -> place in the body, in the order in which they are written.
_PLAIN = {
    "name": "/metadata/name",
    "flavor": f"{_T}/flavor",
    "availability_zone": f"{_T}/az",
    "os": f"{_T}/os",
    "runtime": f"{_T}/runtime/name",
    "key_pair": f"{_T}/login/sshKey",
    "subnet_id": f"{_T}/nodeNicSpec/primaryNic/subnetId",
    "initial_node_count": "/spec/initialNodeCount",
    "scale_enable": f"{_A}/enable",
    "min_node_count": f"{_A}/minNodeCount",
    "max_node_count": f"{_A}/maxNodeCount",
    "scale_down_cooldown_time": f"{_A}/scaleDownCooldownTime",
    "priority": f"{_A}/priority",
    "server_group_reference": "/spec/nodeManagement/serverGroupReference",
    "max_pods": f"{_X}/maxPods",
    "docker_base_size": f"{_X}/dockerBaseSize",
    "docker_lvm_config_override": f"{_X}/DockerLVMConfigOverride",
    "agency_name": f"{_X}/agency_name",
}
ARGUMENTS = frozenset({"cluster_id", *_PLAIN, *_SCRIPTS, "storage", "user_tags", "k8s_tags"})
BLOCKS = {"root_volume": f"{_T}/rootVolume", "data_volumes": f"{_T}/dataVolumes", "taints": _TAINTS}
# What the provider sends by itself: no argument, and nothing lost.
_IMPLIED = {"/kind": "NodePool", "/apiVersion": "v3", "/spec/type": "vm", f"{_T}/count": 1, f"{_T}/billingMode": 0}
_NO_ARGUMENT = "The provider has no argument for this."


def write_terraform(body: JSON, target: Target) -> Exported:
    """Return a resource; what the provider has no argument for is named beside it."""
    body, notes = without_password(body)
    said: set[str] = set()
    lines = [f'resource "{RESOURCE}" "node_pool" {{', f"  cluster_id = {_literal(target.cluster_id or 'CLUSTER_ID')}"]
    lines += _attributes(body, said)
    lines += [line for name, at in BLOCKS.items() for line in _blocks(name, at, body, said)]
    return Exported("\n".join([*lines, "}"]) + "\n", (*notes, *not_said(body, said, _IMPLIED, _NO_ARGUMENT)))


def _attributes(body: JSON, said: set[str]) -> Iterator[str]:
    for name, at in _PLAIN.items():
        value = pointers.get(body, at)
        if value is not None:
            said.add(at)
            yield f"  {name} = {_literal(value)}"
    for name, at in _SCRIPTS.items():
        script = _decoded(pointers.get(body, at))
        if script is not None:
            said.add(at)
            yield f"  {name} = {_literal(script)}"
    if storage := pointers.get(body, _STORAGE):
        said.add(_STORAGE)
        yield f"  storage = {_literal(json.dumps(storage))}"
    tags = pointers.get(body, _TAGS) or []
    if tags:
        said.add(_TAGS)
        yield from _map("user_tags", {tag["key"]: tag["value"] for tag in tags})
    if labels := pointers.get(body, _LABELS):
        said.add(_LABELS)
        yield from _map("k8s_tags", labels)


def _blocks(name: str, at: str, body: JSON, said: set[str]) -> Iterator[str]:
    value = pointers.get(body, at)
    listed = [(f"{at}/{index}", one) for index, one in enumerate(value)] if isinstance(value, list) else [(at, value)]
    for where, one in listed if value else ():
        members = _taint(where, one, said) if at == _TAINTS else _volume(where, one, said)
        yield f"  {name} {{"
        for key, member in members.items():
            yield from _map(key, member, "    ") if isinstance(member, dict) else [f"    {key} = {_literal(member)}"]
        yield "  }"


def _taint(at: str, taint: dict[str, Any], said: set[str]) -> dict[str, Any]:
    said.update(f"{at}/{name}" for name in taint)
    return {"key": taint.get("key"), "value": taint.get("value", ""), "effect": taint.get("effect")}


def _volume(at: str, disk: dict[str, Any], said: set[str]) -> dict[str, Any]:
    said.update((f"{at}/size", f"{at}/volumetype"))
    made = {"size": disk.get("size"), "volumetype": disk.get("volumetype")}
    metadata = disk.get("metadata") or {}
    if metadata.get("__system__encrypted") == "1" and metadata.get("__system__cmkid"):
        made["kms_id"] = metadata["__system__cmkid"]
        said.add(f"{at}/metadata/__system__cmkid")
        said.add(f"{at}/metadata/__system__encrypted")
    elif metadata.get("__system__encrypted") == "0":
        said.add(f"{at}/metadata/__system__encrypted")
    if disk.get("extendParam"):
        made["extend_params"] = disk["extendParam"]
        said.add(f"{at}/extendParam")
    return made


def _map(name: str, entries: dict[str, Any], indent: str = "  ") -> list[str]:
    inside = [f"{indent}  {_literal(key)} = {_literal(value)}" for key, value in entries.items()]
    return [f"{indent}{name} = {{", *inside, f"{indent}}}"]


def _literal(value: JSON) -> str:
    """Return a value as HCL writes it; templates in a text are escaped, so that it stays a text."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=True).replace("${", "$${").replace("%{", "%%{")
    return json.dumps(value)


def _decoded(script: JSON) -> str | None:
    """Return a script in plain text: the provider encodes it; None where there is none that it could take."""
    try:
        return base64.b64decode(script, validate=True).decode() if isinstance(script, str) and script else None
    except (binascii.Error, ValueError):
        return None


def read_terraform(data: bytes) -> Imported:
    """Read the one node pool resource of a configuration. Raises Unreadable.

    Values that Terraform would compute (variables, functions, other resources) are not taken over.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"The text has more than {MAX_BYTES // 1024} KiB, which no node pool needs.")
    try:
        document = hcl2.loads(data.decode("utf-8-sig"))
    except (LarkError, UnicodeDecodeError, ValueError, RecursionError):
        raise Unreadable("This is not Terraform's language (HCL), or not in UTF-8.") from None
    found = [
        arguments
        for resource in document.get("resource", [])
        for kind, named in resource.items()
        if _text(kind) == RESOURCE and isinstance(named, dict)
        for name, arguments in named.items()
        if name != "__is_block__" and isinstance(arguments, dict)
    ]
    if len(found) != 1:
        raise Unreadable(f"There must be one resource {RESOURCE}; here are {len(found)}.")
    return _body_of(_plain(found[0]))


def _body_of(arguments: dict[str, Any]) -> Imported:
    notes: list[Note] = []
    body: dict[str, Any] = {"kind": "NodePool", "apiVersion": "v3", "metadata": {}, "spec": {"type": "vm"}}
    # What the provider sends when nothing is said.
    for name, value in {"availability_zone": "random", **arguments}.items():
        at = {**_PLAIN, **_SCRIPTS, **BLOCKS, "storage": _STORAGE, "user_tags": _TAGS, "k8s_tags": _LABELS}.get(name)
        if name == "password":
            notes.append(Note(PASSWORD, "A password is not taken over: choose a key pair."))
        elif at is None:
            if name not in ("cluster_id", "timeouts"):
                notes.append(Note("", f"The argument {name[:60]} is not known and was not taken over."))
        elif _is_computed(value):
            notes.append(Note(at, "Terraform computes this: choose the value here."))
        else:
            pointers.put(body, at, _member(name, value))
    done = cleaned(body)
    return Imported(done.body, (*notes, *done.left_out))


def _member(name: str, value: Any) -> JSON:
    """Return what an argument is in the body."""
    if name in _SCRIPTS:
        return _encoded(str(value))
    if name == "storage":
        return read_json(str(value).encode())
    if name == "user_tags" and isinstance(value, dict):
        return [{"key": key, "value": str(one)} for key, one in value.items()]
    if name == "root_volume":
        return _disk(value[0] if isinstance(value, list) and value else value)
    if name == "data_volumes":
        return [_disk(one) for one in value] if isinstance(value, list) else value
    return value


def _disk(block: Any) -> JSON:
    if not isinstance(block, dict):
        return block
    made = {key: value for key, value in block.items() if key in ("volumetype", "size")}
    if block.get("extend_params"):
        made["extendParam"] = block["extend_params"]
    if block.get("kms_id"):
        made["metadata"] = {"__system__encrypted": "1", "__system__cmkid": block["kms_id"]}
    return made


def _encoded(script: str) -> str:
    """Encode a script as the provider does: what is base64 already stays."""
    return script if _decoded(script) is not None else base64.b64encode(script.encode()).decode()


def _is_computed(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_is_computed(one) for one in value.values())
    if isinstance(value, list):
        return any(_is_computed(one) for one in value)
    return isinstance(value, _Computed)


class _Computed(str):
    """An expression."""

    __slots__ = ()


def _plain(value: Any) -> Any:
    """Return what python-hcl2 read as JSON values; expressions become `_Computed`."""
    if isinstance(value, dict):
        return {_text(key): _plain(one) for key, one in value.items() if key not in ("__is_block__", "__comments__")}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, str):
        return _string(value)
    return value


_HEREDOC = re.compile(r'"<<(-?)(\w+)\n(.*?)\n?[ \t]*\2\s*"', re.DOTALL)
_JSONENCODE = re.compile(r"\$\{jsonencode\((.*)\)\}", re.DOTALL)


def _string(value: str) -> str:
    """Return a text: quoted, a heredoc, or an object that jsonencode would write; else `_Computed`."""
    if found := _HEREDOC.fullmatch(value):
        text = textwrap.dedent(found[3]) if found[1] else found[3]
        return _Computed(text) if _TEMPLATE.search(text) else f"{text}\n"
    if found := _JSONENCODE.fullmatch(value):
        return _encoded_object(found[1])
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        return _unquoted(value)
    return _Computed(value)


def _encoded_object(text: str) -> str:
    try:
        value = _plain(hcl2.loads(f"value = {text}\n")["value"])
    except (LarkError, ValueError, KeyError, RecursionError):
        return _Computed(text)
    return _Computed(text) if _is_computed(value) else json.dumps(value)


def _text(quoted: str) -> str:
    return _unquoted(quoted) if quoted.startswith('"') else quoted


_TEMPLATE = re.compile(r"(?<![$%])[$%]\{")


def _unquoted(quoted: str) -> str:
    if _TEMPLATE.search(quoted):
        return _Computed(quoted)
    try:
        text = json.loads(quoted.replace("\n", "\\n").replace("\t", "\\t"))
    except ValueError:
        return _Computed(quoted)
    return str(text).replace("$${", "${").replace("%%{", "%{")
