"""What workers do with mails and webhooks."""

from celery import shared_task

from webapp.notices import delivering


@shared_task  # type: ignore[untyped-decorator] # Celery has no types
def deliver_due() -> int:
    """Send what is due; done twice at the same time, each delivery is sent by one of them."""
    return delivering.deliver_due()
