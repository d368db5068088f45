"""What a reader wants to know of an OpenAPI document: operations by subject, members of bodies, an example each."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.nodepool.defaults import blank_body

Schema = Mapping[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")
_DEPTH = 3
# What an example says where the document has no choice of its own to offer.
_SAID: dict[str, Any] = {
    "body": blank_body(),
    "format": "json",
    "category": "standard",
    "version": "v1.29",
    "text": json.dumps(blank_body()),
    "If-Match": '"1"',
    "Idempotency-Key": "order-2041",
}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_VARIABLES = {"X-Cloud-Token": "$CLOUD_TOKEN"}


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a JSON object, or a parameter; `place` says where a parameter stands."""

    name: str
    kind: str
    is_needed: bool
    says: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of an operation."""

    status: str
    says: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, ready to be read."""

    id: str
    method: str
    path: str
    summary: str
    says: str
    parameters: list[Member]
    body: list[Member]
    answer: list[Member]
    answers: list[Answer]
    example: str


@dataclass(frozen=True, slots=True)
class Group:
    """The operations on one subject."""

    name: str
    id: str
    operations: list[Operation]


def groups(document: Schema, base: str) -> list[Group]:
    """Return the operations of a document by their first tag, in the order of the document."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if one := methods.get(method):
                found.setdefault(one["tags"][0], []).append(_operation(document, base, path, method, one))
    return [Group(name, f"about-{name.lower().replace(' ', '-')}", found[name]) for name in sorted(found)]


def members_of(document: Schema, schema: Schema, under: str = "", depth: int = _DEPTH) -> list[Member]:
    """Return the members of an object, those of objects inside it after it, as far as a reader follows."""
    return list(_members(document, schema, under, depth))


def example_of(document: Schema, schema: Schema) -> Any:
    """Return a call that fits a schema: everything that is needed, and what has a value worth showing."""
    schema = _resolved(document, schema)
    needed = set(schema.get("required", ()))
    members = schema.get("properties", {})
    return {name: _value_of(document, name, one) for name, one in members.items() if name in needed or name in _SAID}


def _operation(document: Schema, base: str, path: str, method: str, one: Schema) -> Operation:
    said = _content(one.get("requestBody", {}))
    good = next((code for code in one["responses"] if code.startswith("2")), "")
    return Operation(
        id=one["operationId"],
        method=method.upper(),
        path=path,
        summary=one.get("summary") or one["operationId"],
        says=one.get("description", ""),
        parameters=[_parameter(document, parameter) for parameter in one.get("parameters", ())],
        body=members_of(document, said) if said else [],
        answer=members_of(document, _content(one["responses"].get(good, {}))),
        answers=[Answer(code, _says(code, answer)) for code, answer in sorted(one["responses"].items())],
        example=_curl(document, base + path, method, one),
    )


def _members(document: Schema, schema: Schema, under: str, depth: int) -> Iterator[Member]:
    schema = _resolved(document, schema)
    if schema.get("type") == "array":
        yield from _members(document, schema["items"], f"{under}[]." if under == "" else under, depth)
        return
    needed = set(schema.get("required", ()))
    for name, one in schema.get("properties", {}).items():
        says = one.get("description") or _resolved(document, one).get("description", "")
        yield Member(under + name, _kind(document, one), name in needed, says)
        inside = _resolved(document, _item(one))
        if depth > 1 and inside.get("properties"):
            step = f"{under}{name}[]." if one.get("type") == "array" else f"{under}{name}."
            yield from _members(document, inside, step, depth - 1)


def _parameter(document: Schema, one: Schema) -> Member:
    kind = _kind(document, one.get("schema", {}))
    return Member(one["name"], kind, bool(one.get("required")), one.get("description", ""), one["in"])


def _kind(document: Schema, schema: Schema) -> str:
    """Return what a value is, in a word or two."""
    if schema.get("type") == "array":
        return f"list of {_kind(document, schema['items'])}"
    schema = _resolved(document, schema)
    if choices := schema.get("enum"):
        return "one of " + ", ".join(str(one) for one in choices)
    kinds = schema.get("type", "any JSON value")
    named = [kinds] if isinstance(kinds, str) else list(kinds)
    words = " or ".join("nothing (null)" if one == "null" else one for one in named)
    return f"{words} ({schema['format']})" if "format" in schema else words


def _item(schema: Schema) -> Schema:
    found: Schema = schema["items"] if schema.get("type") == "array" else schema
    return found


def _resolved(document: Schema, schema: Schema) -> Schema:
    """Return the schema that a reference, or the only part of a whole, stands for."""
    for whole in ("allOf", "oneOf", "anyOf"):
        if whole in schema:
            schema = next((one for one in schema[whole] if one.get("type") != "null"), {})
    if "$ref" in schema:
        found: Schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _content(holder: Schema) -> Schema:
    content = holder.get("content", {})
    found: Schema = content.get("application/json", {}).get("schema", {})
    return found


def _says(code: str, answer: Schema) -> str:
    return answer.get("description") or ("Done." if code.startswith("2") else "")


def _value_of(document: Schema, name: str, schema: Schema) -> Any:
    if name in _SAID:
        return _SAID[name]
    schema = _resolved(document, schema)
    if schema.get("properties"):
        return example_of(document, schema)
    if choices := schema.get("enum"):
        return choices[0]
    return name.upper()


def _curl(document: Schema, url: str, method: str, one: Schema) -> str:
    """Return the call as a command for a shell; what differs from caller to caller is a variable."""
    parameters = one.get("parameters", ())
    query = "&".join(
        f"{each['name']}={_value_of(document, each['name'], each['schema'])}"
        for each in parameters
        if each["in"] == "query" and each.get("required")
    )
    parts = ["curl" if method == "get" else f"curl -X {method.upper()}", '-H "Authorization: Token $TOKEN"']
    parts += [_header(each) for each in parameters if each["in"] == "header" and _is_shown(each)]
    if said := _content(one.get("requestBody", {})):
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d {shlex.quote(json.dumps(example_of(document, said)))}")
    where = _PLACEHOLDER.sub(lambda found: f"${found[1].upper()}", f"{url}?{query}" if query else url)
    return " \\\n  ".join([*parts, f'"{where}"'])


def _is_shown(parameter: Schema) -> bool:
    return bool(parameter.get("required")) or parameter["name"] in _SAID or parameter["name"] in _VARIABLES


def _header(parameter: Schema) -> str:
    name = parameter["name"]
    if name in _VARIABLES:
        return f'-H "{name}: {_VARIABLES[name]}"'
    return f"-H {shlex.quote(f'{name}: {_SAID[name]}')}"
