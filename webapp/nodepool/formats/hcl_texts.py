"""Texts in Terraform's language (HCL), written and read: in quotes, and as heredocs."""

import json
import re

from webapp.nodepool.pointers import JSON

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_LONG = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_SIGN = re.compile(r"[$%](?=\{)")
# An escape; a sign that is doubled because it begins no template; the beginning of a template.
_IN_QUOTES = re.compile(r'\\([nrt"\\])|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\$(\$\{)|%(%\{)|([$%]\{)')
_IN_HEREDOC = re.compile(r"\$(\$\{)|%(%\{)|([$%]\{)")


def literal(value: JSON) -> str:
    """Return a text, number or truth value as HCL writes it; what looks like a template stays a text."""
    return f'"{_in_quotes(value)}"' if isinstance(value, str) else json.dumps(value)


def _in_quotes(text: str) -> str:
    letters = "".join(_SHORT.get(one) or (one if " " <= one <= "~" else _code(one)) for one in text)
    last = letters.rfind("}")
    # People double the sign. python-hcl2 knows that only where a bracket closes: elsewhere its number stands.
    return _SIGN.sub(lambda sign: sign[0] * 2 if sign.end() < last else _code(sign[0]), letters)


def _code(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


def heredoc(text: str, word: str = "EOT") -> str | None:
    """Return a text of whole printable lines as a heredoc; None for other texts, which need quotes."""
    *lines, rest = text.split("\n")
    if rest or not lines or any(line.strip() == word for line in lines):
        return None
    if not all(line.replace("\t", " ").isprintable() for line in lines):
        return None
    return f"<<{word}\n{_SIGN.sub(lambda sign: sign[0] * 2, text)}{word}"


def from_quotes(raw: str) -> str | None:
    """Return the text that stands between quotes, None where a template is in it. Raises ValueError."""
    if any(found[6] for found in _IN_QUOTES.finditer(raw)):
        return None
    return _IN_QUOTES.sub(_meant, raw)


def _meant(found: re.Match[str]) -> str:
    if found[1]:
        return _LONG[found[1]]
    code = found[2] or found[3]
    return chr(int(code, 16)) if code else found[4] or found[5]


def from_heredoc(raw: str) -> str | None:
    """Return the text of a heredoc, markers included in `raw`; None where a template is in it."""
    opening, _, rest = raw.partition("\n")
    text = rest[: rest.rstrip("\r\n").rfind("\n") + 1]
    if any(found[3] for found in _IN_HEREDOC.finditer(text)):
        return None
    text = _IN_HEREDOC.sub(lambda found: found[1] or found[2], text)
    return _flush(text) if opening.startswith("<<-") else text


def _flush(text: str) -> str:
    """Remove the indentation that all lines have in common; empty lines stay as they are."""
    lines = text.split("\n")
    common = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[common:] if line.strip() else line for line in lines)
