import pytest

from webapp.pools.phases import condition_of


def a_pool(phase="", wanted=2, current=2, creating=0, deleting=0):
    status = {"phase": phase, "currentNode": current, "creatingNode": creating, "deletingNode": deleting}
    return {"spec": {"initialNodeCount": wanted}, "status": status}


@pytest.mark.parametrize(
    ("pool", "word"),
    [
        (a_pool(), "Ready"),
        (a_pool(wanted=0, current=0), "Ready"),
        (a_pool(current=1), "Waiting"),
        (a_pool("Synchronizing", current=0, creating=2), "Working"),
        (a_pool("Synchronized", current=1), "Working"),
        (a_pool(deleting=1), "Working"),
        (a_pool("Deleting"), "Being deleted"),
        (a_pool("SoldOut", current=0), "No capacity"),
        (a_pool("Error"), "Failed"),
        (a_pool("Meditating"), "Meditating"),
        ({}, "Ready"),
    ],
)
def test_counters_decide_and_the_phase_is_a_hint(pool, word):
    assert condition_of(pool).word == word


def test_an_unknown_phase_is_shown_as_it_is_and_is_not_final():
    found = condition_of(a_pool("Meditating"))
    assert "not in our catalogue" in found.sentence
    assert not found.is_final
