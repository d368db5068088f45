"""What workers do with requests. A task looks its row up and calls an action: done twice, it does nothing more."""

from celery import shared_task

from webapp import workers
from webapp.approvals import launching, sweeps


@shared_task
def launch(pk: int) -> bool:
    """Launch an approved request with the session that there is for it; whether that was done."""
    return launching.launch_by_itself(pk)


@shared_task
def follow(pk: int) -> bool:
    """Look after a request on its way; whether that was possible."""
    return sweeps.follow_by_itself(pk)


@shared_task
def launch_due() -> int:
    """Launch what is approved and shall start by itself."""
    return sum(bool(workers.do(launch, pk)) for pk in sweeps.to_launch())


@shared_task
def follow_due() -> int:
    """Look after what is on its way, so that people are told although nobody watches."""
    return sum(bool(workers.do(follow, pk)) for pk in sweeps.to_follow())


@shared_task
def expire_due() -> int:
    """Expire what waited for too long."""
    return sweeps.expire_due()


@shared_task
def remind_due() -> int:
    """Remind those who can decide, before a request expires."""
    return sweeps.remind_due()


@shared_task
def escalate_due() -> int:
    """Let a second team decide where the first one did not."""
    return sweeps.escalate_due()
