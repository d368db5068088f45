"""The states of a request, and the acts that lead from one to another. Data."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices


class State(TextChoices):
    """Where a request stands. A draft is not submitted yet, and lives in the wizard."""

    SUBMITTED = "submitted", "waits for approval"
    APPROVED = "approved", "approved, ready to launch"
    CHANGES = "changes_requested", "changes requested"
    REJECTED = "rejected", "rejected"
    WITHDRAWN = "withdrawn", "withdrawn"
    EXPIRED = "expired", "expired"
    LAUNCHING = "launching", "being sent to the cloud"
    PROVISIONING = "provisioning", "being provisioned"
    ACTIVE = "active", "done"
    FAILED = "failed", "failed"


class Who(StrEnum):
    """Who may do an act."""

    AUTHOR = "author"
    DECIDER = "decider"  # an approver of a team that is asked; never the author or the last editor
    INVOLVED = "involved"  # whoever may see the request, but for auditors
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Arrow:
    """An act: from which states, to which one (None: it stays), by whom, and what it is called.

    `answers` names what the failure catalogue must say of a failure for the act to make sense (see `Card`).
    """

    act: str
    label: str
    past: str
    sources: tuple[State, ...]
    target: State | None
    who: Who
    needs_comment: bool = False
    answers: str = ""


LONGEST_TEXT = 5000  # characters of a reason or comment
_S = State
UNDECIDED = (_S.SUBMITTED,)
EDITABLE = (_S.SUBMITTED, _S.CHANGES, _S.APPROVED)
ENDED = (_S.REJECTED, _S.WITHDRAWN, _S.EXPIRED, _S.ACTIVE)
_ARROWS = (
    Arrow("approve", "Approve", "approved", UNDECIDED, _S.APPROVED, Who.DECIDER),
    Arrow("reject", "Reject", "rejected", UNDECIDED, _S.REJECTED, Who.DECIDER, needs_comment=True),
    Arrow(
        "ask-changes", "Ask for changes", "asked for changes", UNDECIDED, _S.CHANGES, Who.DECIDER, needs_comment=True
    ),
    Arrow("delegate", "Let somebody else decide", "delegated", UNDECIDED, None, Who.DECIDER),
    Arrow("comment", "Comment", "commented", tuple(_S), None, Who.INVOLVED, needs_comment=True),
    Arrow("edit", "Change", "changed", EDITABLE, _S.SUBMITTED, Who.AUTHOR),
    Arrow("withdraw", "Withdraw", "withdrew", EDITABLE, _S.WITHDRAWN, Who.AUTHOR),
    Arrow("launch", "Launch now", "launched", (_S.APPROVED,), _S.LAUNCHING, Who.AUTHOR),
    Arrow("retry", "Retry unchanged", "launched again", (_S.FAILED,), _S.LAUNCHING, Who.AUTHOR, answers="is_retryable"),
    Arrow("ask-quota", "Ask for quota", "asked for quota", (_S.FAILED,), None, Who.AUTHOR, answers="asks_quota"),
    Arrow("send-again", "Send again", "sent again", (_S.LAUNCHING,), None, Who.AUTHOR),
    Arrow("expire", "Expire", "expired", EDITABLE, _S.EXPIRED, Who.SYSTEM),
    Arrow("accept", "Accepted", "accepted by the cloud", (_S.LAUNCHING,), _S.PROVISIONING, Who.SYSTEM),
    Arrow("send-back", "Send back", "sent back", (_S.LAUNCHING,), _S.CHANGES, Who.SYSTEM),
    Arrow("give-back", "Give back", "given back", (_S.LAUNCHING,), _S.APPROVED, Who.SYSTEM),
    Arrow("fail", "Fail", "failed", (_S.LAUNCHING, _S.PROVISIONING), _S.FAILED, Who.SYSTEM),
    Arrow("finish", "Finish", "done", (_S.PROVISIONING,), _S.ACTIVE, Who.SYSTEM),
)
ACTS = {one.act: one for one in _ARROWS}
BY_PEOPLE = tuple(one for one in _ARROWS if one.who is not Who.SYSTEM)


class NotPossible(Exception):
    """An act that is not possible (any more); the message says why, for people."""


class NotAllowed(NotPossible):
    """An act that this person may not do."""
