"""Delivering what is due: claimed one by one, sent outside of transactions, repeated later when it fails.

Whatever dies in between, nothing is lost: a row that was claimed is due again when its lease has run out. So a
receiver may get the same delivery twice, and can tell by its id.
"""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.models import F
from django.utils import timezone

from webapp import workers
from webapp.accounts.models import User
from webapp.audit import trail
from webapp.notices.events import TEST
from webapp.notices.models import OPEN, Delivery, Webhook
from webapp.notices.sending import NotDelivered, send

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # longer than the longest attempt: whoever sends for longer is dead
DELAYS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360)]
State = Delivery.State
_couriers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="courier")


def deliver_due(limit: int = 50) -> int:
    """Send what is due, up to a limit; return how many attempts were made. Not to be called in a transaction.

    A receiver (or mail server) that does not answer is not asked again in the same run, so that it holds up nobody.
    """
    handled, down = 0, set[int | None]()
    while handled < limit and (pk := _next_due(down)):
        delivery = _claimed(pk)
        if delivery:
            handled += 1
            if not _attempt(delivery):
                down.add(delivery.webhook_id)
    return handled


def nudge() -> None:
    """Have the rows of this transaction delivered soon after its commit: by a worker, or by a thread of ours."""
    if settings.DELIVER_IN_PROCESS:
        transaction.on_commit(_deliver_soon, robust=True)
    elif settings.BROKER_URL:
        workers.soon("webapp.notices.tasks.deliver_due")


def test_webhook(webhook: Webhook, by: User) -> Delivery:
    """Send a test event at once, also to a webhook that is switched off; return what came of it."""
    now = timezone.now()
    with transaction.atomic():
        trail.note("webhook.tested", by=by, about=f"webhook {webhook.name}")
        delivery = Delivery.objects.create(
            channel=Delivery.Channel.WEBHOOK,
            event=TEST,
            webhook=webhook,
            address=webhook.origin,
            subject="Test",
            content=json.dumps({"event": TEST, "at": now.isoformat(), "url": settings.PORTAL_URL}),
        )
    claimed = _claimed(delivery.pk)
    if claimed:
        _attempt(claimed)
    delivery.refresh_from_db()
    return delivery


def _next_due(down: set[int | None]) -> int | None:
    due = Delivery.objects.due(timezone.now()).exclude(webhook__in=down - {None})
    if None in down:
        due = due.exclude(channel=Delivery.Channel.MAIL)
    return due.order_by("next_at", "pk").values_list("pk", flat=True).first()


def _claimed(pk: int) -> Delivery | None:
    """Return a due delivery that nobody else will send now, or None: somebody was faster."""
    now = timezone.now()
    mine = Delivery.objects.due(now).filter(pk=pk)
    changed = mine.update(state=State.SENDING, attempts=F("attempts") + 1, next_at=now + LEASE)
    return Delivery.objects.select_related("webhook").filter(pk=pk).first() if changed else None


def _attempt(delivery: Delivery) -> bool:
    """Send once and write down what came of it; False when nothing gets through that way for now."""
    try:
        status_code = send(delivery)
    except NotDelivered as exc:
        _note_failure(delivery, exc)
        return not exc.is_down
    except Exception:
        log.exception("delivery %s broke", delivery.pk)
        _note_failure(delivery, NotDelivered("The portal broke while sending; its log says more."))
        return True
    # Even if the lease has run out meanwhile and another attempt has failed: it has arrived.
    Delivery.objects.filter(pk=delivery.pk, state__in=OPEN).update(
        state=State.DELIVERED, delivered_at=timezone.now(), status_code=status_code, error=""
    )
    return True


def _note_failure(delivery: Delivery, failure: NotDelivered) -> None:
    """Plan the next attempt, or give up; nothing when the lease has run out and somebody else sends by now."""
    log.warning("delivery %s by %s, attempt %s: %s", delivery.pk, delivery.channel, delivery.attempts, failure)
    delay = None if failure.is_final or delivery.event == TEST else _delay_after(delivery.attempts)
    changes: dict[str, Any] = {"status_code": failure.status_code, "error": str(failure)[:300]}
    if delay is None:
        changes |= {"state": State.FAILED}
    else:
        changes |= {"state": State.WAITING, "next_at": timezone.now() + delay}
    Delivery.objects.filter(pk=delivery.pk, state=State.SENDING, attempts=delivery.attempts).update(**changes)


def _delay_after(attempts: int) -> timedelta | None:
    return DELAYS[attempts - 1] if attempts <= len(DELAYS) else None


def _deliver_soon() -> None:
    _couriers.submit(_deliver_in_thread)


def _deliver_in_thread() -> None:
    try:
        deliver_due()
    except Exception:
        log.exception("delivering broke; what is due stays so")
    finally:
        connections.close_all()
