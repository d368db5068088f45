"""Scripts: typed in plain text, sent in base64 (rule NP-SCRIPT-01).

What is no text that comes back the same (binary, other line ends, odd base64) is shown and kept encoded,
behind a mark; a text that begins with the mark is taken as encoded already.
"""

import base64
import binascii

MARK = "base64:"


def encoded(typed: str) -> str:
    """Return the body's value for a typed script; line ends become those of Linux."""
    if typed.startswith(MARK):
        return typed.removeprefix(MARK).strip()
    return base64.b64encode(_with_unix_lines(typed).encode()).decode()


def decoded(value: str) -> str:
    """Return what to show of a body's value, so that `encoded` gives the same value again."""
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return MARK + value
    return text if text.strip() and encoded(text) == value else MARK + value


def _with_unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
