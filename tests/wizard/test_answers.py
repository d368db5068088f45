"""Form and body are two sides of the same thing."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import EXAMPLES
from webapp.nodepool import pointers
from webapp.nodepool.rules.shape import BODY, Free, Many, Thing
from webapp.wizard import preview, scripts, steps
from webapp.wizard.answers import Unsayable, answers_of, body_of, merged, renewed, tree_of, without
from webapp.wizard.places import Kind, Place, Rows, patterns

WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=8
)


def value_of(place):
    if place.kind is Kind.NUMBER:
        return st.integers(-(10**17), 10**17)
    if place.kind is Kind.YES_NO:
        return st.booleans()
    if place.kind is Kind.SCRIPT:
        return st.binary(min_size=1, max_size=30).map(lambda raw: base64.b64encode(raw).decode())
    return st.just("") | WORDS


@st.composite
def bodies(draw, places):
    body = {}
    for place in places:
        if isinstance(place, Place) and (place.always or draw(st.booleans())):
            pointers.put(body, place.at, draw(value_of(place)))
        elif isinstance(place, Rows) and draw(st.booleans()):
            pointers.put(body, place.at, draw(rows(place)))
    return body


def rows(place):
    if place.is_map:
        return st.dictionaries(WORDS, st.just("") | WORDS, min_size=1, max_size=3)
    first = place.places[0]
    item = value_of(first) if isinstance(first, Place) and not first.at else bodies(place.places)
    return st.lists(item.filter(lambda one: one not in ({}, {"value": ""})), min_size=1, max_size=3)


@pytest.mark.parametrize(
    "template",
    [
        {"taints": [{"key": "a", "effect": "NoSchedule"}], "k8sTags": {}, "userTags": []},
        {"runtime": {"name": ""}, "extendParam": {"known-to-nobody": {"deep": [1]}}},
    ],
    ids=["left out and empty", "unknown"],
)
def test_a_step_that_nobody_changed_keeps_what_no_form_can_show(template):
    body = {"spec": {"nodeTemplate": {"az": "x", **template}}}
    places = steps.NODE_TEMPLATE.places
    part = body_of(places, answers_of(places, body))
    assert renewed(places, body, part) == body


def test_a_step_with_a_part_that_no_form_can_say_is_replaced_by_what_was_typed():
    body = {"spec": {"nodeTemplate": {"k8sTags": {"": "a value without a key"}}}}
    part = {"spec": {"nodeTemplate": {"az": "y"}}}
    assert renewed(steps.NODE_TEMPLATE.places, body, part) == part


def test_a_step_that_was_changed_says_just_what_was_typed():
    body = {"metadata": {"name": "a"}, "spec": {"nodeTemplate": {"az": "x", "taints": []}}}
    part = {"spec": {"nodeTemplate": {"az": "y"}}}
    assert renewed(steps.NODE_TEMPLATE.places, body, part) == {**part, "metadata": {"name": "a"}}


def test_two_quotation_marks_say_the_empty_text():
    at = "/spec/nodeManagement/serverGroupReference"
    assert body_of(steps.AUTOSCALING.places, tree_of({at: '""'})) == {
        "spec": {"nodeManagement": {"serverGroupReference": ""}}
    }
    assert body_of(steps.AUTOSCALING.places, tree_of({at: ""})) == {}


def test_a_value_that_was_not_asked_for_is_left_out_and_a_blank_one_is_empty():
    at = "/spec/nodeTemplate/taints/0"
    without_value = {f"{at}/key": "a", f"{at}/effect": "NoSchedule"}
    taint = body_of(steps.NODE_TEMPLATE.places, tree_of(without_value))["spec"]["nodeTemplate"]["taints"]
    assert taint == [{"key": "a", "effect": "NoSchedule"}]
    taint = body_of(steps.NODE_TEMPLATE.places, tree_of({**without_value, f"{at}/value": ""}))
    assert taint["spec"]["nodeTemplate"]["taints"] == [{"key": "a", "value": "", "effect": "NoSchedule"}]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(steps.STEPS).flatmap(lambda step: st.tuples(st.just(step.places), bodies(step.places))))
def test_a_body_becomes_answers_and_the_same_body_again(case):
    places, body = case
    assert body_of(places, answers_of(places, body)) == body


@settings(max_examples=100, deadline=None)
@given(bodies(steps.DISKS.places))
def test_the_names_of_the_inputs_carry_the_whole_body(body):
    tree = answers_of(steps.DISKS.places, body)
    posted = {at: text for at, text in pointers.leaves(tree) if isinstance(text, str)}
    assert body_of(steps.DISKS.places, tree_of(posted)) == body


@pytest.mark.parametrize("name", ["request-cce", "request-cce-turbo"])
def test_the_published_examples_can_be_typed_exactly(name):
    body = json.loads((EXAMPLES / f"{name}.json").read_text())
    made = {"kind": body["kind"], "apiVersion": body["apiVersion"]}
    for step in steps.STEPS:
        made = merged(made, body_of(step.places, answers_of(step.places, body)))
    assert made == body


# What the wizard does not ask for: the constants, a password (not supported by the API), free maps,
# and values that only the server or old clients write.
NOT_ASKED = {"/kind", "/apiVersion", "/spec/nodeTemplate/login/userPassword/username"}
NOT_ASKED |= {"/spec/nodeTemplate/login/userPassword/password"}


def shape_patterns(shape, at=""):
    if isinstance(shape, Thing):
        for name, member in shape.members.items():
            yield from shape_patterns(member, at + pointers.join(name))
    elif isinstance(shape, Many):
        yield from shape_patterns(shape.item, f"{at}/*")
    elif not isinstance(shape, Free):
        yield at


def test_every_field_of_the_api_has_a_place_in_the_wizard():
    known = {at for step in steps.STEPS for at, _ in patterns(step.places)}
    assert set(shape_patterns(BODY)) - known == NOT_ASKED


def test_a_number_that_is_none_stays_as_it_was_typed():
    tree = tree_of({"/spec/initialNodeCount": "many"})
    assert body_of(steps.BASICS.places, tree) == {"spec": {"initialNodeCount": "many"}}


def test_a_key_that_stands_twice_cannot_be_said():
    at = "/spec/nodeTemplate/k8sTags"
    tree = tree_of({f"{at}/0/key": "a", f"{at}/0/value": "1", f"{at}/1/key": "a", f"{at}/1/value": "2"})
    with pytest.raises(Unsayable) as caught:
        body_of(steps.NODE_TEMPLATE.places, tree)
    assert list(caught.value.problems) == [f"{at}/1/key"]


def test_an_input_named_by_its_label_is_taken_as_well():
    tree = tree_of({"/spec/nodeTemplate/k8sTags/tier": "web"})
    assert body_of(steps.NODE_TEMPLATE.places, tree) == {"spec": {"nodeTemplate": {"k8sTags": {"tier": "web"}}}}


def test_blank_rows_are_not_sent():
    tree = tree_of({"/spec/nodeTemplate/taints/0/key": "", "/spec/nodeTemplate/taints/0/effect": ""})
    assert body_of(steps.NODE_TEMPLATE.places, tree) == {}


def test_what_a_step_held_can_be_taken_out_and_the_rest_stays():
    body = {"metadata": {"name": "a", "uid": "kept"}, "spec": {"type": "vm", "nodeTemplate": {"az": "x"}}}
    left = without(steps.BASICS.places, body)
    assert left == {"metadata": {"uid": "kept"}, "spec": {"nodeTemplate": {"az": "x"}}}


@given(st.binary(max_size=40))
def test_any_script_comes_back_as_it_was(raw):
    value = base64.b64encode(raw).decode()
    assert not value or scripts.encoded(scripts.decoded(value)) == value


def test_a_typed_script_gets_the_line_ends_of_linux():
    assert base64.b64decode(scripts.encoded("ls\r\npwd\r\n")) == b"ls\npwd\n"


def test_the_preview_prints_the_body_as_json_does():
    body = json.loads((EXAMPLES / "request-cce.json").read_text())
    assert "\n".join(line.text for line in preview.lines(body)) == json.dumps(body, indent=2)


@pytest.mark.parametrize(
    ("pointer", "step"),
    [
        ("/metadata/name", steps.BASICS),
        ("/spec/nodeTemplate/k8sTags/a~1b", steps.NODE_TEMPLATE),
        ("/spec/nodeTemplate/storage", steps.DISKS),
        ("/spec/nodeTemplate/dataVolumes/3/size", steps.DISKS),
        ("/spec/nodeTemplate/publicIP/eip", steps.NETWORKING),
        ("/spec/customSecurityGroups/0", steps.NETWORKING),
        ("/spec/nodeManagement", steps.AUTOSCALING),
    ],
)
def test_every_problem_has_a_step_to_blame(pointer, step):
    assert steps.owner(pointer) is step
