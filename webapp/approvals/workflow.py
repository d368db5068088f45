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
_STANDINGS = {
    _S.SUBMITTED: "it waits for approval",
    _S.APPROVED: "it is approved and ready to launch",
    _S.CHANGES: "its author was asked to change it",
    _S.REJECTED: "it is rejected",
    _S.WITHDRAWN: "it is withdrawn",
    _S.EXPIRED: "it has expired",
    _S.LAUNCHING: "it is being sent to the cloud",
    _S.PROVISIONING: "it is being provisioned",
    _S.ACTIVE: "it is done",
    _S.FAILED: "it has failed",
}
_PATH = (_S.CHANGES, _S.SUBMITTED, _S.APPROVED, _S.LAUNCHING, _S.PROVISIONING, _S.FAILED)  # the rest is an end
ACTS = {one.act: one for one in _ARROWS}
BY_PEOPLE = tuple(one for one in _ARROWS if one.who is not Who.SYSTEM)


def standing(state: str) -> str:
    """Return where a request stands, as the beginning of a sentence."""
    said = _STANDINGS[State(state)]
    return said[0].upper() + said[1:]


def not_now(state: str, arrow: Arrow) -> str:
    """Return why a request in a state does not take an act: it comes too early or too late."""
    first = min(_PATH.index(one) for one in arrow.sources)
    is_early = state in _PATH and _PATH.index(State(state)) < first
    what = "nothing can be decided" if arrow.who is Who.DECIDER else "this is not possible"
    return f"{standing(state)}: {what} {'yet' if is_early else 'any more'}."


class NotPossible(Exception):
    """An act that is not possible (any more); the message says why, for people."""


class TooLate(NotPossible):
    """An act on a request that somebody else moved to another state since it was seen."""

    def __init__(self, state: str) -> None:
        super().__init__(f"Somebody was faster: {_STANDINGS[State(state)]}.")


class SeenOther(NotPossible):
    """An act on a request that is not any more what was seen."""

    def __init__(self) -> None:
        super().__init__("The request was changed since you looked. Look at it again first.")


class NotAllowed(NotPossible):
    """An act that this person may not do."""
