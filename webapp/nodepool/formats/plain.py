"""The body itself: JSON and YAML."""

import json

from webapp.nodepool.formats import strict_yaml
from webapp.nodepool.formats.base import Exported, Imported, Target, remarks, written_out
from webapp.nodepool.formats.cleaning import cleaned
from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import read_json


def write_json(body: JSON, _: Target) -> Exported:
    """Return the body as indented JSON in ASCII."""
    body, notes = written_out(body)
    return Exported(json.dumps(body, indent=2) + "\n", notes)


def read_json_body(data: bytes) -> Imported:
    """Read a request body, or a pool as the cloud answers it. Raises Unreadable."""
    return cleaned(read_json(data))


def write_yaml(body: JSON, _: Target) -> Exported:
    """Return the body as YAML, keys in their order."""
    body, notes = written_out(body)
    return Exported(remarks(notes) + strict_yaml.write(body), notes)


def read_yaml(data: bytes) -> Imported:
    """Read the same in YAML. Raises Unreadable."""
    return cleaned(strict_yaml.read(data))
