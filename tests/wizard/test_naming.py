"""What places and values of a body are called outside of the wizard: as in its forms."""

import pytest

from webapp.approvals.differences import parts_of
from webapp.nodepool.defaults import blank_body, blank_with
from webapp.wizard import steps
from webapp.wizard.naming import told
from webapp.wizard.places import Place, patterns
from webapp.wizard.scripts import encoded

T = "/spec/nodeTemplate"
CHOICES = [
    (at.replace("*", "0"), value, label)
    for step in steps.STEPS
    for at, place in patterns(step.places)
    if isinstance(place, Place)
    for value, label in place.choices
]


@pytest.mark.parametrize(("at", "value", "label"), CHOICES)
def test_a_value_is_told_in_the_words_of_its_choice(at, value, label):
    assert told(at, value) == label


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        (f"{T}/rootVolume/volumetype", "SAS", "SAS: High I/O"),
        (f"{T}/dataVolumes/3/volumetype", "odd", "odd"),
        (f"{T}/az", "random", "random: the cloud picks"),
        (f"{T}/publicIP/eip/iptype", "5_other", "5_other"),
        (f"{T}/k8sTags/tier", "1", "1"),
        ("/spec/autoscaling/enable", True, "Yes"),
        ("/spec/initialNodeCount", 1200, "1,200"),
        ("/odd", {}, "{}"),
    ],
)
def test_what_is_no_choice_of_a_form_is_told_as_people_read_it(at, value, words):
    assert told(at, value) == words


def test_a_difference_shows_a_script_as_it_was_typed():
    script = f"{T}/extendParam/alpha.cce~1preInstall"
    parts = parts_of(blank_body(), blank_with({script: encoded("echo hello")}))
    assert [one.new for part in parts for one in part.changes] == ["echo hello"]
