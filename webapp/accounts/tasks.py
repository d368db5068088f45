"""What a worker does for people's accounts."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def clear_sessions() -> None:
    """Delete the sessions that have run out, and with them the sealed tokens that they hold."""
    call_command("clearsessions")
