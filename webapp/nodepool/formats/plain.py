"""The body itself: JSON and YAML."""

import json
from collections.abc import Hashable

import yaml

from webapp.nodepool.formats.base import Exported, Imported, Target, as_yaml, without_password
from webapp.nodepool.formats.cleaning import cleaned
from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import MAX_BYTES, MAX_DEPTH, TooLarge, Unreadable, read_json


def write_json(body: JSON, _: Target) -> Exported:
    """Return the body as indented JSON in ASCII."""
    body, notes = without_password(body)
    return Exported(json.dumps(body, indent=2) + "\n", notes)


def read_json_body(data: bytes) -> Imported:
    """Read a request body, or a pool as the cloud answers it. Raises Unreadable."""
    return cleaned(read_json(data))


def write_yaml(body: JSON, _: Target) -> Exported:
    """Return the body as YAML, keys in their order."""
    body, notes = without_password(body)
    return Exported(as_yaml(body), notes)


def read_yaml(data: bytes) -> Imported:
    """Read YAML without tags of its own, anchors or keys that stand twice. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"The text has more than {MAX_BYTES // 1024} KiB, which no node pool needs.")
    try:
        return cleaned(yaml.load(data, Loader=_Strict))  # noqa: S506 - a safe loader, made stricter
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        place = f" at line {where.line + 1}, column {where.column + 1}" if where else ""
        raise Unreadable(f"This is not YAML that can be taken: {error.problem}{place}.") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("This is not YAML in UTF-8.") from None


class _Strict(yaml.SafeLoader):
    """YAML that stands for the same JSON with every reader: no aliases, no dates, no keys twice."""

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

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, JSON]:
        """Refuse a key that stands twice or is no text."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                raise yaml.MarkedYAMLError(problem="a key must be a text", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem="a key stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


# Dates and base64 are no JSON: what looks like a date stays the text that it was.
_Strict.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if not tag.endswith((":timestamp", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
