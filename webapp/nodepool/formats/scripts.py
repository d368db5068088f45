"""Exports that are run: a shell script with curl, and Python with the official SDK."""

import json
from pprint import pformat

from webapp.nodepool import pointers
from webapp.nodepool.formats.base import Exported, Note, Target, remarks, written_out
from webapp.nodepool.pointers import JSON

# What the SDK takes for a node pool; other members at the top are dropped by it.
_SENT = ("kind", "apiVersion", "metadata", "spec")


def write_curl(body: JSON, target: Target) -> Exported:
    """Return a shell script that posts the body; the token comes from the environment."""
    body, notes = written_out(body)
    text = f"""#!/bin/sh
{remarks(notes)}# Creates the node pool. Needs OS_TOKEN, a token of the project; the rest can be set in the environment.
set -eu
: "${{OS_TOKEN:?Set OS_TOKEN to a token of the cloud.}}"
: "${{PROJECT_ID:={_word(target.project_id)}}}" "${{CLUSTER_ID:={_word(target.cluster_id)}}}"
: "${{CCE_ENDPOINT:={_word(target.endpoint)}}}"
: "${{PROJECT_ID:?Set PROJECT_ID.}}" "${{CLUSTER_ID:?Set CLUSTER_ID.}}"

# The token goes to curl by a file that only curl reads, not by its command line.
printf 'header = "X-Auth-Token: %s"\\n' "$OS_TOKEN" | curl --config - --fail-with-body --silent --show-error \\
  --request POST "$CCE_ENDPOINT/api/v3/projects/$PROJECT_ID/clusters/$CLUSTER_ID/nodepools" \\
  --header 'Content-Type: application/json' --data-binary @/dev/fd/3 3<<'BODY'
{json.dumps(body, indent=2)}
BODY
"""
    return Exported(text, notes)


def write_python(body: JSON, target: Target) -> Exported:
    """Return a Python program for otcextensions; the cloud comes from clouds.yaml or the environment."""
    body, notes = written_out(body)
    unsent = sorted(set(body) - set(_SENT)) if isinstance(body, dict) else []
    notes = (*notes, *(Note(pointers.join(name), "The SDK does not send this.") for name in unsent))
    body = {name: value for name, value in body.items() if name in _SENT} if unsent else body
    text = f'''"""Creates the node pool with the official SDK: pip install otcextensions "openstacksdk>=4.5,<4.22"."""

import os

import openstack
from otcextensions import sdk

CLUSTER_ID = os.environ.get("CLUSTER_ID", {target.cluster_id!a})
BODY = {_indented(body)}

connection = openstack.connect(cloud=os.environ.get("OS_CLOUD"))
sdk.register_otc_extensions(connection)
pool = connection.cce.create_node_pool(CLUSTER_ID, **BODY)
print(pool.id)
'''
    return Exported(remarks(notes) + text, notes)


def _word(text: str) -> str:
    """Return only what is harmless inside a shell's default value."""
    return "".join(letter for letter in text if letter.isascii() and (letter.isalnum() or letter in "-_.:/"))


def _indented(body: JSON) -> str:
    return pformat(body, indent=1, width=110, sort_dicts=False).encode("ascii", "backslashreplace").decode()
