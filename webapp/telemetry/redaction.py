"""Takes secrets out of what is logged. Nothing should log one; this is for the day when something does."""

import re

HIDDEN = "[hidden]"
_NAMES = r"pass(?:word|wd|code|phrase)|secret(?:_key)?|(?:[\w-]*[_-])?token|authorization|api[_-]?key|cookie|sessionid"
_PATTERNS = (
    # name = value, "name": "value", Name: Token value; quotes may be escaped, as in JSON
    re.compile(
        rf"""(?P<kept>(?<![\w-])(?:{_NAMES})\\?["']?\s*[:=]\s*\\?["']?(?:(?:Bearer|Token|Basic)\s+)?)[^\s"'\\,;&}})]+""",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<kept>://[^/\s:@]*:)[^/\s@]+(?=@)"),  # a password in an address
    re.compile(r"(?P<kept>)\bpw_[A-Za-z0-9]{20,}"),  # API tokens of this portal
    re.compile(r"(?P<kept>)\bgAAAAA[A-Za-z0-9_-]{40,}={0,2}"),  # what Fernet has sealed
    re.compile(r"(?P<kept>)\b[A-Za-z0-9+/_-]{180,}={0,2}"),  # tokens of the cloud
)
_known: set[str] = set()


def hide(*secrets: str) -> None:
    """Take these very texts out from now on."""
    _known.update(one for one in secrets if one)


def redacted(text: str) -> str:
    """Return a text without the secrets that it names or that are known."""
    for secret in _known:
        text = text.replace(secret, HIDDEN)
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\g<kept>{HIDDEN}", text)
    return text
