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


def guessed(data: bytes) -> str:
    """Return the name of the format: JSON begins with a bracket, Terraform has blocks, everything else is YAML."""
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in (b"{", b"["):
        return "json"
    return "terraform" if _TERRAFORM.search(text) else "yaml"
