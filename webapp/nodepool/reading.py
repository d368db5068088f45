"""Reading JSON text strictly: what two readers could understand differently is refused."""

import json
import math
import re
from typing import Any

from webapp.nodepool.pointers import JSON, leaves

MAX_BYTES = 1024 * 1024
# Of YAML and Terraform, which are read slowly: enough for any node pool, too little to keep a server busy.
MAX_LANGUAGE_BYTES = 64 * 1024
MAX_DEPTH = 64
# A string (whose brackets do not count), or a bracket.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)

_HALF = re.compile("[\ud800-\udfff]")
HALF = "This has half of a character (a lone surrogate), which nobody can read or write."


class Unreadable(ValueError):
    """A text that cannot be taken as a body; the message is a sentence for people."""


class TooLarge(Unreadable):
    """A text that is longer or nested deeper than any body."""


def read_json(data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> JSON:
    """Return the value that a JSON text in UTF-8 stands for.

    Raises TooLarge for texts over `max_bytes` bytes or nested over `max_depth` levels; Unreadable for texts that
    are no JSON or have a key twice in one object, NaN, Infinity, or a number that no computer takes.
    """
    refuse_larger_than(max_bytes, data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"This is not UTF-8 text: byte {error.start + 1} does not fit.") from None
    _measure(text, max_depth)
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=finite)
    except json.JSONDecodeError as error:
        raise Unreadable(f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable("A number has too many digits.") from None


def half_texts(document: JSON) -> list[str]:
    """Return where a document has a text or key with half of a character, which stands in no page and no file."""
    said = ((at, value if isinstance(value, str) else "") for at, value in leaves(document))
    return [at for at, text in said if _HALF.search(at) or _HALF.search(text)]


def refuse_larger_than(limit: int, data: bytes) -> None:
    """Raise TooLarge for more than `limit` bytes."""
    if len(data) > limit:
        raise TooLarge(f"The text has more than {limit // 1024} KiB, which no node pool needs.")


def finite(text: str) -> float:
    """Return the number that a text stands for. Raises Unreadable for one that only infinity comes near."""
    value = float(text)
    if math.isinf(value):
        raise Unreadable(f"The number {text[:20]} is too large.")
    return value


def _measure(text: str, max_depth: int) -> None:
    depth = 0
    for found in _TOKEN.finditer(text):
        sign = found[0][0]
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(sign, 0)
        if depth > max_depth:
            raise TooLarge(f"Objects and lists stand more than {max_depth} deep in each other.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Unreadable(f"The key {twice[:60]!a} stands twice in one object.")
    return made


def _no_constant(name: str) -> None:
    raise Unreadable(f"{name} is not a JSON value.")
