"""Which of the readable formats a text is in, by its first signs."""

import re

_TERRAFORM = re.compile(
    rb"""
    ^[ \t]*(?:
        (?:resource|data)[ \t]+"[^"\n]*"[ \t]+"
        | (?:variable|provider|module|output)[ \t]+"
        | (?:locals|terraform)[ \t]*\{
    )
    """,
    re.MULTILINE | re.VERBOSE,
)

_ANSIBLE = re.compile(rb"^[ \t-]*(?:opentelekomcloud\.cloud\.)?cce_node_pool[ \t]*:", re.MULTILINE)


def guessed(data: bytes) -> str:
    """Return the name of the format: JSON begins with a bracket, Terraform has blocks, Ansible names its module.

    Everything else is YAML.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in (b"{", b"["):
        return "json"
    if _TERRAFORM.search(text):
        return "terraform"
    return "ansible" if _ANSIBLE.search(text) else "yaml"
