"""YAML that stands for the same JSON with every reader, old (YAML 1.1) and new (1.2)."""

import json
import math
import re
from collections.abc import Hashable

import yaml

from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import MAX_DEPTH, MAX_LANGUAGE_BYTES, TooLarge, Unreadable, refuse_larger_than

_TAG = "tag:yaml.org,2002:"
# What readers of YAML 1.2 take for numbers, and those of 1.1 for texts.
_NUMBERS_OF_1_2 = re.compile(r"(?:[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+)$")


class Dumper(yaml.SafeDumper):
    """Writes no anchors, and puts in quotes what any reader could take for something else than text."""

    def ignore_aliases(self, _: object) -> bool:
        """Never write an alias."""
        return True


Dumper.add_implicit_resolver(f"{_TAG}float", _NUMBERS_OF_1_2, list("-+.0123456789"))


def write(value: JSON) -> str:
    """Return a JSON value as YAML, keys in their order."""
    return yaml.dump(value, Dumper=Dumper, sort_keys=False, default_flow_style=False)


def read(data: bytes) -> JSON:
    """Return the JSON value in a YAML text: what is neither null, true, false nor a number of JSON is a text.

    Raises Unreadable, also for aliases, tags of other types, and keys that stand twice or are no text.
    """
    refuse_larger_than(MAX_LANGUAGE_BYTES, data)
    try:
        value = yaml.load(data, Loader=_Strict)  # noqa: S506 - a safe loader, made stricter
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        place = f" at line {where.line + 1}, column {where.column + 1}" if where else ""
        raise Unreadable(f"This is not YAML that can be taken: {error.problem}{place}.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise Unreadable("This is not YAML in UTF-8.") from None
    if value is None:
        raise Unreadable("The text is empty.")
    return value


class _Strict(yaml.SafeLoader):
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases, which grow without bound, and deep nesting."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases are not taken", problem_mark=mark)
        self.depth += 1
        if self.depth > MAX_DEPTH + 1:
            raise TooLarge(f"Objects and lists stand more than {MAX_DEPTH} deep in each other.")
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
        """Join what JSON writes as two halves of one letter."""
        text = str(super().construct_scalar(node))
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, JSON]:
        """Refuse a key that stands twice or is no text."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != f"{_TAG}str":
                raise yaml.MarkedYAMLError(problem="a key must be a text", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem="a key stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _number(_: yaml.SafeLoader, node: yaml.ScalarNode) -> JSON:
    try:
        value = json.loads(node.value)
    except ValueError:
        value = math.inf
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise yaml.MarkedYAMLError(problem="a number that JSON does not have", problem_mark=node.start_mark)


_KEPT: tuple[str | None, ...] = (*(_TAG + name for name in ("null", "bool", "str", "seq", "map")), None)
_Strict.yaml_constructors = {
    **{tag: yaml.SafeLoader.yaml_constructors[tag] for tag in _KEPT},
    f"{_TAG}int": _number,
    f"{_TAG}float": _number,
}
_FORMS: tuple[tuple[str, str, list[str]], ...] = (
    ("null", r"~|null|Null|NULL|", [*"~nN", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", r"-?(0|[1-9][0-9]*)", [*"-0123456789"]),
    ("float", r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", [*"-0123456789"]),
)
_Strict.yaml_implicit_resolvers = {}
for _name, _form, _first_letters in _FORMS:
    _Strict.add_implicit_resolver(_TAG + _name, re.compile(f"(?:{_form})$"), _first_letters)
