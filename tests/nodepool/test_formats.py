"""Bodies leave and enter: what is written says the same when it is read or run."""

import json
import os
import subprocess
import sys

import pytest
import yaml
from hypothesis import given, settings

from tests.conftest import ANNA, EXAMPLES
from tests.nodepool.generated import BODIES, WILD
from tests.nodepool.test_rules import S, T, a_body, storage
from tests.wizard import bodies
from webapp.nodepool import pointers
from webapp.nodepool.formats import FORMATS, Target
from webapp.nodepool.formats.guessing import guessed
from webapp.nodepool.reading import TooLarge, Unreadable
from webapp.nodepool.shells import without_shells

EXAMPLE, TURBO_EXAMPLE = (
    json.loads((EXAMPLES / f"{name}.json").read_text()) for name in ("request-cce", "request-cce-turbo")
)
SOME = [EXAMPLE, TURBO_EXAMPLE, bodies.WIDE, bodies.BARE_METAL, bodies.OLD]
IDS = ["example", "turbo example", "wide", "bare metal", "old"]
NOWHERE = Target()
READ = [one.name for one in FORMATS.values() if one.read]


def written(name, body, target=NOWHERE):
    return FORMATS[name].write(body, target)


def read(name, text):
    return FORMATS[name].read(text if isinstance(text, bytes) else text.encode(errors="surrogatepass"))


def lost(body, back):
    """The places of a body whose values did not come back; what means nothing is not missed."""
    found = dict(pointers.leaves(back))
    return {
        at
        for at, value in pointers.leaves(body)
        if not isinstance(value, dict | list)
        and value not in ("", 0, None)
        and found.get(at, pointers) != value
        # Not encrypted is what a disk is anyway.
        and not (at.endswith("__system__encrypted") and value == "0")
    }


@pytest.mark.parametrize("body", SOME, ids=IDS)
@pytest.mark.parametrize("name", READ)
def test_the_format_of_a_text_is_found_out(name, body):
    text = written(name, body).text.encode()
    assert guessed(text) == guessed(b"\xef\xbb\xbf\n" + text) == name


@pytest.mark.parametrize("body", SOME, ids=IDS)
@pytest.mark.parametrize("name", ["json", "yaml"])
def test_json_and_yaml_carry_a_body_there_and_back(name, body):
    made = written(name, body)
    assert made.left_out == ()
    back = read(name, made.text)
    assert (back.body, back.left_out) == (body, ())


@settings(max_examples=150, deadline=None)
@given(body=BODIES)
def test_json_and_yaml_carry_every_body_of_the_right_form_there_and_back(body):
    for name in ("json", "yaml"):
        back = read(name, written(name, body).text)
        assert (back.body, back.left_out) == (without_shells(without_shells(body)), ())


@settings(max_examples=100, deadline=None)
@given(value=WILD)
def test_every_reader_of_yaml_finds_the_same_in_what_is_written(value):
    text = written("yaml", {"x": value}).text
    assert FORMATS["yaml"].parse(text.encode(errors="surrogatepass")) == {"x": value}
    assert yaml.safe_load(text) == {"x": value}  # a reader of YAML 1.1


@pytest.mark.parametrize("text", ["0o17", "1e3", "+.5e1", "12:30", "017", "yes", "null", "2024-01-01"])
def test_yaml_puts_in_quotes_what_some_readers_take_for_a_number(text):
    assert f"'{text}'" in written("yaml", {"x": text}).text


def test_json_is_yaml_as_well():
    body = a_body(**{f"{T}/k8sTags": {"\U0001f600": "größer \u2028"}})
    assert read("yaml", written("json", body).text).body == body


@pytest.mark.parametrize(
    ("text", "value"),
    [("on", "on"), ("017", "017"), ("12:30", "12:30"), ("2024-01-01", "2024-01-01"), ("1_000", "1_000"), ("~", None)],
)
def test_yaml_takes_for_numbers_and_truth_only_what_json_does(text, value):
    assert FORMATS["yaml"].parse(f"x: {text}".encode()) == {"x": value}


@settings(max_examples=150, deadline=None)
@given(body=WILD)
def test_any_value_is_written_in_every_format(body):
    for name in FORMATS:
        assert written(name, body).text
        assert written(name, {"spec": body, "metadata": body}).text
        assert written(name, {"spec": {"nodeTemplate": body, "autoscaling": body}}).text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("at", "secret"),
    [
        (f"{T}/login/userPassword", {"username": "root", "password": "s3cret-word"}),
        (f"{T}/login/userPassword", "s3cret-word"),
        (f"{T}/extendParam/init-node-password", "s3cret-word"),
    ],
    ids=["object", "text", "in an answer"],
)
def test_a_password_leaves_in_no_format_and_enters_by_none(name, at, secret):
    body = a_body(**{at: secret})
    made = written(name, body)
    assert "s3cret-word" not in made.text
    assert at in [note.pointer for note in made.left_out]
    found = read("json", json.dumps(body))
    assert "s3cret-word" not in repr(found.body)
    assert at in [note.pointer for note in found.left_out]


@pytest.mark.parametrize("name", ["yaml", "curl", "terraform", "python", "ansible"])
def test_what_a_text_lacks_stands_at_its_head_as_comments(name):
    secret = {"username": "root", "password": "s3cret-word"}
    body = a_body(**{f"{T}/login": {"userPassword": secret}, f"{T}/x\nrm -rf /": 1, "/spec/x\ny": 2})
    made = written(name, body)
    comments = [line for line in made.text.splitlines() if line.startswith("#")]
    for note in made.left_out:
        assert any(note.pointer.replace("\n", "\\n") in line and note.message in line for line in comments)
    assert "\nrm -rf" not in made.text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("json", "[]"),
        ("json", '{"a": 1, "a": 2}'),
        ("json", '{"a": 1e999}'),
        ("json", '{"kind": "List", "items": [{}, {}]}'),
        ("yaml", "- a"),
        ("yaml", "a: 1\na: 2"),
        ("yaml", "a: &x [1]\nb: *x"),
        ("yaml", "a: !!python/object:os.system x"),
        ("yaml", "a: !!binary aGk="),
        ("yaml", "a: !!set {x: null}"),
        ("yaml", "a: !!timestamp 2024-01-01"),
        ("yaml", "a: !!omap [{x: 1}]"),
        ("yaml", "a: !!float .nan"),
        ("yaml", "a: 1.0e+999"),
        ("yaml", "a: " + "9" * 5000),
        ("yaml", "1: 2"),
        ("yaml", "a: 1\n---\nb: 2"),
        ("yaml", "a: [" + "[" * 70 + "]" * 71),
        ("yaml", b"\xff\xfe\xff"),
        ("yaml", ""),
        ("terraform", 'resource "x" "y" {}'),
        ("terraform", "not hcl {{{"),
        ("terraform", "a = <<EOT\n" + "\n" * 50_000),
        ("terraform", "a = " + "[" * 5000 + "]" * 5000),
        ("terraform", b"\xff"),
        ("ansible", "- hosts: all\n  tasks: []"),
        ("ansible", "x"),
        ("ansible", "- cce_node_pool: {name: a, state: absent}"),
        ("ansible", "- cce_node_pool: {name: a}\n- cce_node_pool: {name: b}"),
    ],
    ids=range(29),
)
def test_what_cannot_be_taken_is_refused_with_a_sentence(name, text):
    with pytest.raises(Unreadable) as caught:
        read(name, text)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("name", READ)
def test_large_texts_are_refused(name):
    with pytest.raises(TooLarge):
        read(name, b" " * (1_048_577 if name == "json" else 65_537))


@settings(max_examples=200, deadline=None)
@given(text=WILD.map(json.dumps) | WILD.map(lambda value: yaml.dump(value)) | WILD.map(str))
def test_any_text_is_read_or_refused(text):
    for name in READ:
        try:
            found = read(name, text)
        except Unreadable:
            continue
        assert json.loads(json.dumps(found.body, allow_nan=False)) == found.body


@pytest.fixture
def run_exported(anna, cloud_url, tmp_path):
    """Export a body for a cluster of the local cloud, and run the program."""
    from webapp.cloud.client import Cloud

    ids = {one["metadata"]["name"]: one["metadata"]["uid"] for one in Cloud(anna).clusters()}
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "OS_AUTH_URL": f"{cloud_url}/v3",
        "OS_USERNAME": ANNA["user"],
        "OS_PASSWORD": ANNA["password"],
        "OS_USER_DOMAIN_NAME": ANNA["domain"],
        "OS_PROJECT_NAME": ANNA["project"],
        "OS_PROJECT_DOMAIN_NAME": ANNA["domain"],
        "OS_REGION_NAME": "eu-de",
        "PYTHONWARNINGS": "ignore",
    }

    def run(name, body, cluster="prod-standard"):
        text = written(name, body, Target(ids[cluster], anna.project_id, cloud_url)).text
        assert anna.token not in text
        program = tmp_path / "program"
        program.write_text(text)
        own = {"OS_TOKEN": anna.token} if name == "curl" else {}
        command = ["sh" if name == "curl" else sys.executable, program]
        return subprocess.run(
            command, env={**environment, **own}, cwd=tmp_path, capture_output=True, text=True, timeout=60
        )

    return run


GOOD = [
    ("prod-standard", a_body(**{S: storage(), f"{T}/os": "EulerOS 2.9"})),
    ("prod-standard", bodies.WIDE),
    ("turbo", bodies.BARE_METAL),
    ("turbo", TURBO_EXAMPLE),
    ("legacy-standard", bodies.OLD),
]


@pytest.mark.parametrize(("cluster", "body"), GOOD, ids=["small", "wide", "bare metal", "turbo example", "old"])
@pytest.mark.parametrize("name", ["curl", "python"])
def test_an_exported_program_sends_the_very_body(local_cloud, run_exported, name, cluster, body):
    done = run_exported(name, body, cluster)
    assert done.returncode == 0, done.stderr
    assert [one["body"] for one in local_cloud.log("POST", "nodepools")] == [body]


ODD_TEXTS = [
    "'; touch made; '",
    '"; touch made; "',
    "$(touch made) `touch made` $HOME ${HOME}",
    "\nBODY\ntouch made\n",
    "''' + open('made', 'w').name + '''",
    '"""\nopen("made", "w")\n"""',
    "\\",
    "\\\\n %s %d {x} {{x}}",
    "größer \U0001f600 \u2028 \x00 \x1b",
    "a" * 300 + " " + "b" * 300,
]


@pytest.mark.parametrize("name", ["curl", "python"])
def test_no_value_leaves_its_place_in_an_exported_program(local_cloud, run_exported, tmp_path, name):
    tags = {f"{index}{text}": text for index, text in enumerate(ODD_TEXTS)}
    body = a_body(**{f"{T}/os": "\n".join(ODD_TEXTS), f"{T}/k8sTags": tags, "/spec/x": ODD_TEXTS})
    run_exported(name, body)  # the cloud refuses such a pool, after it has noted what arrived
    assert [one["body"] for one in local_cloud.log("POST", "nodepools")] == [body]
    assert [file.name for file in tmp_path.iterdir()] == ["program"]


def test_what_the_sdk_does_not_send_is_named_beside_the_program(local_cloud, run_exported):
    body = {**a_body(), "extra": 1}
    assert [note.pointer for note in written("python", body).left_out] == ["/extra"]
    assert run_exported("python", body).returncode == 0
    assert [one["body"] for one in local_cloud.log("POST", "nodepools")] == [a_body()]
