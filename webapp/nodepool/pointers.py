"""JSON pointers (RFC 6901): the address of a value in a body.

A pattern is a pointer in which `*` stands for any one step: `/spec/nodeTemplate/dataVolumes/*/size`.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

JSON = Any
_MISSING: Any = object()


def split(pointer: str) -> tuple[str, ...]:
    """Return the steps of a pointer, unescaped; the empty pointer has none."""
    if not pointer:
        return ()
    if "~" not in pointer:
        return tuple(pointer[1:].split("/"))
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))


def join(*steps: str | int) -> str:
    """Return the pointer that these steps make, escaped."""
    return "".join([f"/{_escaped(str(step))}" for step in steps])


def get(document: JSON, pointer: str, default: JSON = None) -> JSON:
    """Return the value at a pointer, or `default` when there is none. Never raises."""
    for step in split(pointer):
        document = document.get(step, _MISSING) if type(document) is dict else _step_into(document, step)
        if document is _MISSING:
            return default
    return document


def put(document: JSON, pointer: str, value: JSON) -> None:
    """Write a value at a pointer, making the objects and lists on the way.

    A list grows by one when the index equals its length. A step is taken for a list index where the
    container is a list already, or where a new container is needed below it and the step is a number.

    Raises LookupError when the way is blocked by a scalar or a list would get a gap.
    """
    steps = split(pointer)
    for step, following in pairwise(steps):
        child = _step_into(document, step)
        if child is _MISSING or child is None:
            child = [] if following.isdigit() else {}
            _set(document, step, child)
        document = child
    _set(document, steps[-1], value)


def without(document: JSON, pointer: str) -> JSON:
    """Return a copy that lacks the member at a pointer; only the objects on the way are copied."""
    first, *rest = split(pointer)
    if not isinstance(document, dict) or first not in document:
        return document
    if not rest:
        return {key: value for key, value in document.items() if key != first}
    return {**document, first: without(document[first], join(*rest))}


def matches(pointer: str, pattern: str) -> bool:
    """Whether a pointer has the form of a pattern."""
    steps, wanted = split(pointer), split(pattern)
    return len(steps) == len(wanted) and all(w in ("*", s) for s, w in zip(steps, wanted, strict=True))


def leaves(document: JSON, at: Sequence[str | int] = ()) -> Iterator[tuple[str, JSON]]:
    """Yield pointer and value of every scalar and every empty container, depth first."""
    if isinstance(document, dict) and document:
        for key, value in document.items():
            yield from leaves(value, (*at, key))
    elif isinstance(document, list) and document:
        for index, value in enumerate(document):
            yield from leaves(value, (*at, index))
    else:
        yield join(*at), document


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1") if "~" in step or "/" in step else step


def _step_into(container: JSON, step: str) -> JSON:
    if isinstance(container, dict):
        return container.get(step, _MISSING)
    if isinstance(container, list) and step.isascii() and step.isdigit() and len(step) < 10:
        index = int(step)
        return container[index] if index < len(container) else _MISSING
    return _MISSING


def _set(container: JSON, step: str, value: JSON) -> None:
    if isinstance(container, dict):
        container[step] = value
    elif isinstance(container, list) and step.isascii() and step.isdigit() and int(step) <= len(container):
        index = int(step)
        container[index : index + 1] = [value]
    else:
        raise LookupError(f"no room at step {step!r}")
