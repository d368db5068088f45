"""What is wrong with a body, and where."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"  # the cloud would refuse, or would build something broken
    WARNING = "warning"  # accepted, but deprecated or unwise


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule at one place of the body.

    `pointer` is a JSON pointer (RFC 6901) into the body, `code` the rule's stable id (`NP-NAME-02`),
    `message` a sentence that says what to do, `source` where the rule is written.
    """

    pointer: str
    code: str
    severity: Severity
    message: str
    source: str

    @property
    def is_error(self) -> bool:
        """Whether this problem stops a submission."""
        return self.severity is Severity.ERROR

    def as_dict(self) -> dict[str, str]:
        """Return the problem as JSON carries it."""
        return asdict(self)
