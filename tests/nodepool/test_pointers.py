import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.nodepool import pointers, versions


@given(st.lists(st.text(max_size=6), max_size=4))
def test_splitting_undoes_joining(steps):
    assert list(pointers.split(pointers.join(*steps))) == steps


def test_a_slash_and_a_tilde_in_a_key_are_escaped():
    assert pointers.join("alpha.cce/x~y") == "/alpha.cce~1x~0y"


def test_putting_makes_the_objects_and_lists_on_the_way():
    body = {}
    pointers.put(body, "/a/0/b", 1)
    assert body == {"a": [{"b": 1}]}


def test_putting_past_the_end_of_a_list_is_refused():
    with pytest.raises(LookupError):
        pointers.put({"a": []}, "/a/2", 1)


def test_getting_what_is_not_there_gives_the_default():
    assert pointers.get({"a": [1]}, "/a/5/b", "none") == "none"


@pytest.mark.parametrize(
    ("version", "wanted", "expected"),
    [("v1.29", (1, 25), False), ("v1.19", (1, 25), True), ("v1.25", (1, 25, 9), False), ("odd", (1, 25), False)],
)
def test_an_older_version_is_told_where_it_surely_is_older(version, wanted, expected):
    assert versions.is_before(version, wanted) is expected


@pytest.mark.parametrize(
    ("version", "expected"), [("v1.29", False), ("v1.29.4-r0", True), ("v1.29.11-r0", False), ("v1.23", True)]
)
def test_a_patch_is_looked_for_in_its_series(version, expected):
    assert versions.lacks_patch(version, ((1, 25, 16), (1, 29, 10))) is expected
