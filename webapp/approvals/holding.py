"""Whose a launch is: signs of life while it is carried out, and how it ends or is left to others.

Until what is asked was sent, `held_at` says that somebody is at it; after the lease, whoever comes next goes on.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from webapp.approvals.models import PoolRequest
from webapp.approvals.outcomes import fail
from webapp.approvals.workflow import NotPossible, State
from webapp.cloud.errors import CloudError, TokenRejected
from webapp.pools import actions as creations
from webapp.pools.models import Creation

_PAUSES = 3  # so many intervals lie between two tries
_SIGN_OF_LIFE = timedelta(seconds=5)  # one that is younger is good enough: it counts for the whole lease


def is_broken_off(found: PoolRequest) -> bool:
    """Whether whoever launched a request is gone before anything was sent: others have to go on."""
    if found.state != State.LAUNCHING:
        return False
    is_unsent = found.launch is None or found.launch.state == Creation.State.QUEUED
    alive_at = found.held_at or found.launched_at
    is_silent = alive_at is None or alive_at < timezone.now() - creations.lease()
    return is_unsent and is_silent


def is_let_go(found: PoolRequest) -> bool:
    """Whether a launch got no further, and waits for somebody to try again."""
    is_left = found.held_at is not None and found.held_at <= _held_at_when_let_go()
    return found.state == State.LAUNCHING and bool(found.problem) and is_left


def hold(found: PoolRequest) -> None:
    """Give a sign of life for a launch. Raises NotPossible where somebody else has taken it over meanwhile.

    In a transaction the launch cannot be taken over until its end.
    """
    now = timezone.now()
    keep(found, held_at=now)
    found.held_at = now


def hold_on(found: PoolRequest) -> None:
    """Give a sign of life where the last one is some time ago. Raises NotPossible."""
    if found.held_at is None or found.held_at < timezone.now() - _SIGN_OF_LIFE:
        hold(found)


def keep(found: PoolRequest, **facts: Any) -> None:
    """Write something down about a launch that is still ours. Raises NotPossible where it was taken over."""
    mine = PoolRequest.objects.filter(pk=found.pk, state=State.LAUNCHING, held_at=found.held_at)
    if not mine.update(**facts):
        raise NotPossible("Somebody else goes on with it.")


def let_go(found: PoolRequest, problem: dict[str, Any] | None) -> None:
    """Let others go on with a launch in a moment, as if it had been silent for long. Raises NotPossible."""
    held_at = _held_at_when_let_go()
    keep(found, held_at=held_at, problem=problem)
    found.held_at, found.problem = held_at, problem


def _held_at_when_let_go() -> datetime:
    """Return the sign of life whose lease ends in a moment."""
    return timezone.now() - creations.lease() + timedelta(seconds=_PAUSES * settings.POLL_INTERVAL_S)


def while_held(found: PoolRequest, act: Callable[..., None], *args: Any) -> None:
    """End a launch, unless somebody else has taken it over. Raises NotPossible."""
    with transaction.atomic():
        hold(found)
        act(found, *args)


def stopped(found: PoolRequest, error: CloudError) -> None:
    """End a launch that got no further; let it go where that may pass, for a while.

    Raises NotPossible, TokenRejected where that is what it was for.
    """
    if isinstance(error, TokenRejected):
        raise error
    if error.is_passing and found.launched_at and not creations.is_long_ago(found.launched_at):
        let_go(found, error.as_dict())
    else:
        while_held(found, fail, error.as_dict())
