"""Reading Terraform's language (HCL): the values that a text says by itself.

python-hcl2 parses; what only Terraform can know (resources, data, most functions) is COMPUTED.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import hcl2
from lark import Discard, Token, Transformer, Tree
from lark.exceptions import LarkError

from webapp.nodepool.formats.computed import COMPUTED, Encoded, typed
from webapp.nodepool.formats.hcl_texts import from_heredoc, from_quotes
from webapp.nodepool.reading import MAX_LANGUAGE_BYTES, Unreadable, finite, refuse_larger_than

Syntax = Tree[Token]
# The parser's time grows with the square of these.
_TOO_BLANK = re.compile(r"\s{1000}")
# How deep local values may stand on others.
_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Block:
    """A resource: its name, its arguments (blocks as lists of objects), and the names of blocks that are computed."""

    name: str
    arguments: dict[str, Any]
    dynamic: tuple[str, ...] = ()


def resources(data: bytes, kind: str) -> list[Block]:
    """Return the resources of a kind in a configuration. Raises Unreadable."""
    refuse_larger_than(MAX_LANGUAGE_BYTES, data)
    try:
        text = data.decode("utf-8-sig")
        if _TOO_BLANK.search(text):
            raise Unreadable("The text has a thousand blanks in a row.")
        blocks = list(_blocks(hcl2.parses_to_tree(text).children[0]))
        known = _known(blocks)
        return [_block(one, known) for one in blocks if _labels(one)[:2] == ["resource", kind]]
    except (LarkError, UnicodeDecodeError, RecursionError):
        raise Unreadable("This is not Terraform's language (HCL), or not in UTF-8.") from None


def _blocks(body: Syntax) -> Iterator[Syntax]:
    return (one for one in body.children if isinstance(one, Tree) and one.data == "block")


def _attributes(block: Syntax) -> Iterator[tuple[str, Syntax]]:
    for one in _body(block).children:
        if isinstance(one, Tree) and one.data == "attribute":
            name, _, value = one.children
            yield str(name.children[0]), value  # type: ignore[union-attr, misc]


def _body(block: Syntax) -> Syntax:
    return next(one for one in block.children if isinstance(one, Tree) and one.data == "body")


def _labels(block: Syntax) -> list[str]:
    """Return the type of a block and the labels behind it."""
    parts = (one for one in block.children if isinstance(one, Tree))
    return [str(_Values(_Names()).transform(one)) for one in parts if one.data not in ("body", "new_line_or_comment")]


class _Names:
    """What `var.` and `local.` names stand for. Values that grow by standing on each other end up COMPUTED."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._left = MAX_LANGUAGE_BYTES

    def get(self, name: str) -> Any:
        """Return the value of a name."""
        if self._left > 0:
            self._left -= _size(self.values.get(name))
        return self.values.get(name, COMPUTED) if self._left > 0 else COMPUTED


def _size(value: Any) -> int:
    """Return about how long a value is, written out."""
    if isinstance(value, Encoded):
        return _size(value.value)
    if isinstance(value, dict):
        return 2 + sum(len(key) + _size(one) for key, one in value.items())
    if isinstance(value, list):
        return 2 + sum(map(_size, value))
    return len(value) + 1 if isinstance(value, str) else 1


def _known(blocks: Iterable[Syntax]) -> _Names:
    """Return the names, as far as the text says what they stand for: defaults of variables, and local values."""
    known = _Names()
    own: list[tuple[str, Syntax]] = []
    for block in blocks:
        kind, *names = _labels(block)
        if kind == "variable" and names:
            defaults = [_value(one, known) for name, one in _attributes(block) if name == "default"]
            known.values |= {f"var.{names[0]}": one for one in defaults}
        elif kind == "locals":
            own += _attributes(block)
    for _ in range(_DEPTH):
        known.values |= {f"local.{name}": _value(one, known) for name, one in own}
    return known


def _block(block: Syntax, known: _Names) -> Block:
    arguments = {name: _value(one, known) for name, one in _attributes(block)}
    dynamic = []
    for inner in _blocks(_body(block)):
        name, *labels = _labels(inner)
        if name == "dynamic":
            dynamic += labels
        else:
            arguments.setdefault(name, []).append(_block(inner, known).arguments)
    return Block(_labels(block)[-1], arguments, tuple(dynamic))


def _value(expression: Syntax, known: _Names) -> Any:
    value = _Values(known).transform(expression)
    return COMPUTED if isinstance(value, _Name) else value


class _Name(str):
    """An identifier, which is no text."""

    __slots__ = ()


class _Values(Transformer[Token, Any]):
    """Makes a value of the syntax of an expression, from the inside out; rules without a method are COMPUTED."""

    def __init__(self, known: _Names) -> None:
        super().__init__()
        self.known = known

    def __default__(self, data: Any, children: Any, meta: Any) -> Any:
        return COMPUTED

    def new_line_or_comment(self, _: Any) -> Any:
        return Discard

    def identifier(self, parts: list[Any]) -> Any:
        return _Name(parts[0])

    keyword = identifier

    def literal_value(self, parts: list[Any]) -> Any:
        return {"true": True, "false": False, "null": None}[str(parts[0])]

    def int_lit(self, parts: list[Any]) -> Any:
        return int(parts[0])

    def float_lit(self, parts: list[Any]) -> Any:
        value = finite(parts[0])
        return int(value) if value.is_integer() else value

    def unary_op(self, parts: list[Any]) -> Any:
        sign, value = parts
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return -value if sign == "-" and is_number else COMPUTED

    def expr_term(self, parts: list[Any]) -> Any:
        return _inside(parts)[0]

    def get_attr(self, parts: list[Any]) -> Any:
        return parts[-1]

    def get_attr_expr_term(self, parts: list[Any]) -> Any:
        name = ".".join(parts) if all(isinstance(one, _Name) for one in parts) else ""
        return self.known.get(name)

    def interpolation(self, parts: list[Any]) -> Any:
        return _settled(_inside(parts)[0])

    def string_part(self, parts: list[Any]) -> Any:
        (part,) = parts
        return _or_computed(from_quotes(str(part))) if isinstance(part, Token) else part

    def string(self, parts: list[Any]) -> Any:
        found = _inside(parts)
        if len(found) == 1:
            return found[0]
        texts = [typed(one, str) for one in found]
        return "".join(texts) if all(isinstance(one, str) for one in texts) else COMPUTED

    def heredoc_template(self, parts: list[Any]) -> Any:
        return _or_computed(from_heredoc(str(parts[0])))

    heredoc_template_trim = heredoc_template

    def arguments(self, parts: list[Any]) -> Any:
        return [_settled(one) for one in _inside(parts)]

    def function_call(self, parts: list[Any]) -> Any:
        name, *arguments = _inside(parts)
        run = _FUNCTIONS.get(name) if len(arguments) == 1 and len(arguments[0]) == 1 else None
        return run(arguments[0][0]) if run else COMPUTED

    def object_elem_key(self, parts: list[Any]) -> Any:
        return str(typed(parts[0], str)) if isinstance(parts[0], str | int | float) else COMPUTED

    def object_elem(self, parts: list[Any]) -> Any:
        key, value = _inside(parts)
        return key, _settled(value)

    def object(self, parts: list[Any]) -> Any:
        pairs = _inside(parts)
        return COMPUTED if any(key is COMPUTED for key, _ in pairs) else dict(pairs)

    def tuple(self, parts: list[Any]) -> Any:
        return [_settled(one) for one in _inside(parts)]


def _inside(parts: Iterable[Any]) -> list[Any]:
    """Return the parts without brackets, commas and quotes."""
    return [one for one in parts if not isinstance(one, Token)]


def _settled(value: Any) -> Any:
    """Return a value as it stands in a list or object."""
    if isinstance(value, _Name):
        return COMPUTED
    return typed(value, str) if isinstance(value, Encoded) else value


def _or_computed(text: str | None) -> Any:
    return COMPUTED if text is None else text


def _base64(value: Any) -> Any:
    text = typed(value, str)
    return base64.b64encode(text.encode(errors="replace")).decode() if isinstance(text, str) else COMPUTED


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "jsonencode": Encoded,
    "base64encode": _base64,
    "tostring": lambda value: typed(value, str),
}
