"""What a failure means: looked up in the catalogue that admins keep; what it does not know is counted."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone

from webapp.approvals.models import CatalogueEntry, UnmatchedFailure

_MAY_PASS = (401, 408, 409, 423, 429)  # refusals that say nothing against the request itself


@dataclass(frozen=True, slots=True)
class Card:
    """A failure as people see it: what happened, whose move it is, what to do, which field, and which acts help.

    `asks_quota` says that admins can be asked for more, and were not yet.
    """

    sentence: str
    whose: str
    remedy: str
    pointer: str
    is_retryable: bool
    asks_quota: bool
    problem: dict[str, Any]


def card_of(problem: dict[str, Any]) -> Card:
    """Return what a problem (as `CloudError.as_dict` gives it) means."""
    entry = CatalogueEntry.objects.filter(code__in=_codes(problem)).order_by("-code").first()
    if entry is None:
        status = int(problem.get("status") or 0)
        is_refusal = 400 <= status < 500 and status not in _MAY_PASS
        whose = "yours" if is_refusal or problem.get("code") else "nobody's" if not status else "the cloud's"
        texts = (str(problem.get(name) or "") for name in ("message", "remedy", "pointer"))
        message, remedy, pointer = texts
        return Card(message or "It failed.", whose, remedy, pointer, not is_refusal, False, problem)
    pointer = str(problem.get("pointer") or entry.pointer)
    asks_quota = entry.asks_quota and not problem.get("quota_asked")
    return Card(entry.sentence, entry.whose, entry.remedy, pointer, entry.is_retryable, asks_quota, problem)


def count_unmatched(problem: dict[str, Any]) -> None:
    """Count a failure's code where the catalogue does not know it."""
    code = str(problem.get("code") or problem.get("status") or "")[:60]
    if not code or CatalogueEntry.objects.filter(code__in=_codes(problem)).exists():
        return
    UnmatchedFailure.objects.get_or_create(code=code)
    example = str(problem.get("detail") or problem.get("message") or "")[:2000]
    UnmatchedFailure.objects.filter(code=code).update(count=F("count") + 1, example=example, last_at=timezone.now())


def _codes(problem: dict[str, Any]) -> list[str]:
    """Return the keys under which the catalogue may know a problem: its code, else its HTTP status."""
    code, status = str(problem.get("code") or ""), problem.get("status")
    return [one for one in (code, f"HTTP {status}" if status and not code else "") if one]
