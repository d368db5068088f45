"""What a person typed, and the body it makes: the two directions between form and body.

Answers are a tree of dicts whose leaves are the typed texts; the way to a leaf is the pointer's steps, so
`/spec/nodeTemplate/dataVolumes/0/size=100` is `{"spec": {"nodeTemplate": {"dataVolumes": {"0": {"size": "100"}}}}}`.
`body_of` and `answers_of` are inverse on all that the places can express (tests/wizard/test_answers.py).
What is left blank is not set; two quotation marks, `""`, say the empty text.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.pointers import JSON
from webapp.wizard import scripts
from webapp.wizard.places import Kind, Place, Rows

Tree = dict[str, Any]
Answer = Tree | str  # a row of plain values is its only answer
Places = tuple[Place | Rows, ...]

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
_MAX_ROWS = 1000  # far above every limit of the body: more rows than that is an attack, not an answer
_WORD_OF = {True: "true", False: "false"}
_YES_NO = {word: value for value, word in _WORD_OF.items()}
EMPTY_TEXT = '""'


class Unsayable(Exception):
    """Typed in a form that no body can hold: a key twice, or a value without a key.

    `problems` maps the name of the input to a sentence.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("The answers cannot be written as a body.")
        self.problems = problems


def tree_of(posted: Mapping[str, str]) -> Tree:
    """Return the answers in a posted form; fields that are no pointer are left out."""
    tree: Tree = {}
    for name, text in posted.items():
        if not name.startswith("/"):
            continue
        *way, last = pointers.split(name)
        node = tree
        for step in way:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                break
        else:
            node[last] = text
    return tree


def answer_at(tree: Answer, at: str) -> Any:
    """Return the answer, or the tree of answers, at a pointer; None where there is none."""
    return pointers.get(tree, at)


def rows_in(tree: Answer, at: str) -> list[str]:
    """Return the indexes of the rows at a pointer, in order."""
    rows = answer_at(tree, at)
    if not isinstance(rows, dict):
        return []
    return sorted((key for key in rows if key.isascii() and key.isdigit()), key=int)[:_MAX_ROWS]


def body_of(places: Places, tree: Tree) -> JSON:
    """Return the part of the body that these answers say; nothing is in it that was not typed.

    Raises Unsayable.
    """
    problems: dict[str, str] = {}
    body = _object_of(places, tree, "", problems)
    if problems:
        raise Unsayable(problems)
    return body


def answers_of(places: Places, body: JSON) -> Tree:
    """Return the answers that would say this body, as far as these places reach."""
    tree: Tree = {}
    for place in places:
        value = pointers.get(body, place.at)
        if value is not None:
            answer = _rows_of(place, value) if isinstance(place, Rows) else text_of(place, value)
            pointers.put(tree, place.at, answer)
        elif isinstance(place, Place) and place.always:
            pointers.put(tree, place.at, "")
    return tree


def renewed(places: Places, body: JSON, part: JSON) -> JSON:
    """Return a body in which `part` replaces all that these places held.

    Answers that say what the body says already leave it as it is, with all that no form can show.
    """
    return body if part == _said_by(places, body) else merged(without(places, body), part)


def _said_by(places: Places, body: JSON) -> JSON:
    """Return the part of a body that its own answers would say; None where no form can say it."""
    try:
        return body_of(places, answers_of(places, body))
    except Unsayable:
        return None


def without(places: Places, body: JSON) -> JSON:
    """Return a copy of a body without what these places hold; containers left empty go too."""
    copy = _copied(body)
    for place in places:
        _drop(copy, pointers.split(place.at))
    return copy


def merged(base: JSON, part: JSON) -> JSON:
    """Return `base` with `part` laid over it: objects are joined, everything else is replaced."""
    if not isinstance(base, dict) or not isinstance(part, dict):
        return part
    return {**base, **{key: merged(base.get(key), value) for key, value in part.items()}}


def _object_of(places: Places, tree: Tree, under: str, problems: dict[str, str]) -> JSON:
    body: JSON = {}
    for place in places:
        answer = answer_at(tree, place.at)
        if isinstance(place, Rows):
            value = _list_of(place, tree, under, problems)
        else:
            value = _value_of(place, answer if isinstance(answer, str) else None)
        if value is None:
            continue
        pointers.put(body, place.at, value)
    return body


def _list_of(rows: Rows, tree: Tree, under: str, problems: dict[str, str]) -> JSON:
    at = under + rows.at
    if rows.is_map:
        return _map_of(rows, tree, at, problems) or None
    items = []
    for index in rows_in(tree, rows.at):
        row = answer_at(tree, f"{rows.at}/{index}")
        if is_blank(row):
            continue
        first = rows.places[0]
        if isinstance(row, dict):
            items.append(_object_of(rows.places, row, f"{at}/{index}", problems))
        elif isinstance(first, Place):
            items.append(_value_of(first, row))
    return items or None


def _map_of(rows: Rows, tree: Tree, at: str, problems: dict[str, str]) -> dict[str, str]:
    entries: dict[str, str] = {}
    for index, key, value in _pairs(answer_at(tree, rows.at)):
        if not key and value:
            problems[f"{at}/{index}/key"] = "Enter a key for this value."
        elif key in entries:
            problems[f"{at}/{index}/key"] = f"The key “{key[:60]}” stands here twice. Change or remove one of them."
        elif key:
            entries[key] = value
    return entries


def _pairs(answers: Any) -> Iterator[tuple[str, str, str]]:
    """Yield row, key and value: of a row's two inputs, or of an input that is named by its key."""
    if not isinstance(answers, dict):
        return
    for index, row in answers.items():
        if isinstance(row, dict):
            key, value = row.get("key", ""), row.get("value", "")
            yield index, key.strip() if isinstance(key, str) else "", value.strip() if isinstance(value, str) else ""
        elif row.strip():
            yield index, index, row.strip()


def is_blank(answer: Any) -> bool:
    """Whether nothing at all was typed here."""
    if isinstance(answer, dict):
        return all(is_blank(value) for value in answer.values())
    return not (isinstance(answer, str) and answer.strip())


def _value_of(place: Place, typed: str | None) -> JSON:
    """Return the typed text as the body holds it; None for "not set", and where there was no input at all.

    What is no number stays the text that was typed: the rules say so at its place, and nothing is lost.
    """
    text = (typed or "").strip()
    if not text:
        return "" if place.always and typed is not None else None
    if text == EMPTY_TEXT:
        return ""
    if place.kind is Kind.SCRIPT:
        return scripts.encoded(typed or "")
    if place.kind is Kind.NUMBER and _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if place.kind is Kind.YES_NO:
        return _YES_NO.get(text, text)
    return text


def text_of(place: Place, value: JSON) -> str:
    """Return the text that would be typed for a value."""
    if isinstance(value, bool):
        return _WORD_OF[value]
    if value == "":
        return "" if place.always else EMPTY_TEXT
    if place.kind is Kind.SCRIPT and isinstance(value, str):
        return scripts.decoded(value)
    return value if isinstance(value, str) else str(value)


def _rows_of(rows: Rows, value: JSON) -> Tree:
    if rows.is_map:
        entries = value.items() if isinstance(value, dict) else ()
        return {str(i): {"key": key, "value": str(text)} for i, (key, text) in enumerate(entries)}
    items = value if isinstance(value, list) else ()
    return {str(index): _row_of(rows, item) for index, item in enumerate(items)}


def _row_of(rows: Rows, item: JSON) -> Answer:
    first = rows.places[0]
    is_plain = isinstance(first, Place) and not first.at
    return text_of(first, item) if is_plain and isinstance(first, Place) else answers_of(rows.places, item)


def _copied(body: JSON) -> JSON:
    if isinstance(body, dict):
        return {key: _copied(value) for key, value in body.items()}
    return [_copied(value) for value in body] if isinstance(body, list) else body


def _drop(container: JSON, steps: tuple[str, ...]) -> None:
    if not isinstance(container, dict) or not steps or steps[0] not in container:
        return
    if len(steps) == 1:
        del container[steps[0]]
        return
    _drop(container[steps[0]], steps[1:])
    if container[steps[0]] == {}:
        del container[steps[0]]
