"""What can go wrong with the cloud, as one family that carries a sentence and a remedy."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CloudError(Exception):
    """A call that did not do what was asked.

    `message` says what happened, `remedy` what to do, `detail` is the cloud's own text; `pointer` is the place
    of the body to blame, where that is known. No secret is in any of them. `is_passing` says that nothing was done, and
    that the same may well be done in a moment.
    """

    is_passing = False

    def __init__(  # noqa: PLR0913 - one keyword each
        self,
        message: str,
        *,
        remedy: str = "",
        status: int | None = None,
        code: str = "",
        request_id: str = "",
        detail: str = "",
        pointer: str = "",
    ) -> None:
        super().__init__(message)
        self.message, self.remedy, self.status, self.code = message, remedy, status, code
        self.request_id, self.detail, self.pointer = request_id, detail, pointer

    def as_dict(self) -> dict[str, Any]:
        """Return the error as JSON keeps it."""
        names = ("message", "remedy", "status", "code", "request_id", "detail", "pointer")
        return {name: getattr(self, name) for name in names}


class CloudUnreachable(CloudError):
    """No answer; nothing was changed."""

    is_passing = True


class LeftAlone(CloudUnreachable):
    """A service that hangs and is not asked for now; nothing was sent, and to ask again at once is of no use."""


class OutcomeUnknown(CloudError):
    """A change was sent and its answer never came: it may have been done or not."""


class TokenRejected(CloudError):
    """The token is not or no longer valid."""


class Throttled(CloudError):
    """Too many requests; nothing was done. `retry_after_s` says how long to wait."""

    is_passing = True
    retry_after_s: float = 60.0


class Refused(CloudError):
    """The cloud said no."""


class HostNotAllowed(CloudError):
    """An address outside of what the operator allows; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code of the cloud means for a person: what happened, whose move it is, what to do, and which field.

    `is_of_creation` says that it means this only where a pool was to be made.
    """

    message: str
    remedy: str
    whose: str = "yours"
    pointer: str = ""
    is_retryable: bool = False
    is_of_creation: bool = False


def _read(text: str) -> dict[str, Meaning]:
    """Return what each code of the file of failures means."""
    return {
        code: Meaning(
            one["sentence"],
            one["remedy"],
            one["whose"],
            pointer=one.get("pointer", ""),
            is_retryable=one.get("retryable", False),
            is_of_creation=one.get("creation", False),
        )
        for one in tomllib.loads(text)["failures"]
        for code in one["codes"]
    }


MEANINGS = _read(Path(__file__).with_name("failures.toml").read_text())


def meaning_of(status: int, code: str) -> Meaning:
    """Return what an answer of the cloud means: by its code, else by its status."""
    if found := MEANINGS.get(code) or MEANINGS.get(f"HTTP {status}"):
        return found
    if status >= 500:
        return Meaning("The cloud has a problem of its own.", "Try again in a minute; what you typed is kept.")
    return Meaning("The cloud refused the request.", "See the cloud's own words.")


def as_of_a_change(error: CloudError) -> CloudError:
    """Return the refusal of a change or deletion; a code that speaks of a new pool means what its status does."""
    known = MEANINGS.get(error.code)
    if known is None or not known.is_of_creation:
        return error
    meaning = meaning_of(error.status or 0, "")
    return type(error)(
        meaning.message,
        remedy=meaning.remedy,
        status=error.status,
        request_id=error.request_id,
        detail=error.detail,
        pointer=meaning.pointer,
    )
