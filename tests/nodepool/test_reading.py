import json

import pytest

from webapp.nodepool.reading import MAX_BYTES, MAX_DEPTH, TooLarge, Unreadable, read_json


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def test_what_json_says_is_read():
    body = {"a": [1, "ü", None, True, 1.5], "b": {"[{": '\\"['}}
    assert read_json(json.dumps(body).encode()) == body


def test_a_byte_order_mark_is_taken():
    assert read_json(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "line 1, column 1"),
        (b'{"a": 1,}', "line 1, column"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"b": {"x": 1, "x": 1}}', "'x' stands twice"),
        (b"[NaN]", "NaN is not a JSON value"),
        (b"[-Infinity]", "-Infinity is not"),
        (b"1" * 5000, "too many digits"),
        (b'"\xff"', "byte 2"),
        (b'"open', "not JSON"),
    ],
    ids=range(9),
)
def test_what_two_readers_could_take_differently_is_refused(text, says):
    with pytest.raises(Unreadable, match=says):
        read_json(text)


def test_the_limits_are_the_last_that_is_taken():
    assert read_json(b'"' + b"a" * (MAX_BYTES - 2) + b'"')
    assert read_json(nested(MAX_DEPTH))
    for text in (b'"' + b"a" * (MAX_BYTES - 1) + b'"', nested(MAX_DEPTH + 1), nested(500_000)):
        with pytest.raises(TooLarge):
            read_json(text)
