"""What the formats have in common."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from webapp.nodepool import pointers
from webapp.nodepool.pointers import JSON

PASSWORD = "/spec/nodeTemplate/login/userPassword"  # noqa: S105 - a place


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a format cannot carry, or that was not taken over; `pointer` is its place in the body."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where a pool is meant for; names of variables stand where something is not known."""

    cluster_id: str = ""
    project_id: str = ""
    endpoint: str = "https://cce.eu-de.otc.t-systems.com"


@dataclass(frozen=True, slots=True)
class Exported:
    """A body in a format, and what the format cannot express."""

    text: str
    left_out: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """A body read from a format, and what was not taken over."""

    body: dict[str, Any]
    left_out: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a body and, where `read` is given, to read one; `read` raises Unreadable.

    `needs_form` says that only a body without errors can be written, because it is laid out anew.
    """

    name: str
    label: str
    suffix: str
    write: Callable[[JSON, Target], Exported]
    read: Callable[[bytes], Imported] | None = None
    needs_form: bool = False


def without_password(body: JSON) -> tuple[JSON, tuple[Note, ...]]:
    """Return the body without a password, which leaves the portal in no format, and a note where there was one."""
    if not pointers.get(body, PASSWORD):
        return body, ()
    login = {key: value for key, value in body["spec"]["nodeTemplate"]["login"].items() if key != "userPassword"}
    template = {**body["spec"]["nodeTemplate"], "login": login}
    note = Note(PASSWORD, "A password is never written out: add it where the text is used.")
    return {**body, "spec": {**body["spec"], "nodeTemplate": template}}, (note,)


def not_said(body: JSON, said: Collection[str], implied: Mapping[str, JSON], why: str) -> Iterator[Note]:
    """Yield a note for each value that was not said, nor is implied, nor is an empty list or object."""
    for at, value in pointers.leaves(body):
        is_said = any(at == one or at.startswith(f"{one}/") for one in said)
        is_implied = at in implied and implied[at] == value
        if not is_said and not is_implied and not isinstance(value, dict | list):
            yield Note(at, why)


class PlainDumper(yaml.SafeDumper):
    """YAML without anchors: what stands twice is written twice."""

    def ignore_aliases(self, _: object) -> bool:
        """Never write an alias."""
        return True


def as_yaml(value: JSON) -> str:
    """Return a value as YAML, keys in their order."""
    return yaml.dump(value, Dumper=PlainDumper, sort_keys=False, default_flow_style=False)
