"""One attempt to send: a mail by Django's backend, a webhook as a signed POST."""

import hashlib
import hmac
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.utils import timezone

from webapp.accounts.sealing import CannotOpen, unseal
from webapp.notices.addresses import demand_callable
from webapp.notices.events import TEST
from webapp.notices.models import Delivery, Webhook
from webapp.outgoing import PinnedSession, was_pinned_out

TIMEOUT_S = (3.05, 10)  # to connect, to answer


class NotDelivered(Exception):
    """An attempt came to nothing.

    Args:
        message: a sentence for the log of deliveries; never a text of the other side, never an address.
        status_code: what the receiver answered, if it did.
        is_final: whether another attempt would be in vain.
        is_down: whether nothing else gets through the same way for now.
    """

    def __init__(
        self, message: str, *, status_code: int | None = None, is_final: bool = False, is_down: bool = False
    ) -> None:
        super().__init__(message)
        self.status_code, self.is_final, self.is_down = status_code, is_final, is_down


def send(delivery: Delivery) -> int | None:
    """Send a delivery once; return the status of the receiver's answer, None for a mail. Raises NotDelivered."""
    if delivery.channel == Delivery.Channel.MAIL:
        _mail(delivery)
        return None
    return _post(delivery, _hook_of(delivery))


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """Return what a receiver compares with `X-Poolwright-Signature`."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def _mail(delivery: Delivery) -> None:
    message = EmailMessage(
        subject=delivery.subject,
        body=delivery.content,
        to=[delivery.address],
        # The same in every attempt, so that a mail which was sent twice can be told.
        headers={
            "Message-ID": f"<delivery-{delivery.pk}@{urlsplit(settings.PORTAL_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError) as exc:
        raise NotDelivered(f"The mail server refused this mail ({type(exc).__name__}).") from None
    except SMTPException as exc:
        raise NotDelivered(f"The mail server lets nothing through ({type(exc).__name__}).", is_down=True) from None
    except OSError:
        raise NotDelivered("The mail server does not answer.", is_down=True) from None


def _hook_of(delivery: Delivery) -> Webhook:
    """Return the webhook to call. Raises NotDelivered when it should not be called any more."""
    webhook = delivery.webhook
    if webhook is None:
        raise NotDelivered("The webhook was deleted.", is_final=True)
    if not webhook.is_active and delivery.event != TEST:
        raise NotDelivered("The webhook is switched off.", is_final=True)
    try:
        demand_callable(webhook.url)
    except ValidationError as exc:
        raise NotDelivered(exc.messages[0]) from None
    return webhook


def _post(delivery: Delivery, webhook: Webhook) -> int:
    body = delivery.content.encode()
    headers = _headers(delivery, _secret_of(webhook), body)
    try:
        with PinnedSession(lambda: settings.WEBHOOK_PRIVATE_HOSTS) as session:
            answer = session.post(webhook.url, data=body, headers=headers, timeout=TIMEOUT_S, stream=True)
            answer.close()
    except requests.RequestException as exc:
        if was_pinned_out(exc):
            raise NotDelivered("The receiver is in a private network (WEBHOOK_PRIVATE_HOSTS).") from None
        raise NotDelivered("The receiver does not answer.", is_down=True) from None
    if not 200 <= answer.status_code < 300:
        raise NotDelivered(f"The receiver answered {answer.status_code}.", status_code=answer.status_code)
    return answer.status_code


def _secret_of(webhook: Webhook) -> str:
    try:
        return unseal(webhook.sealed_secret)
    except CannotOpen:
        raise NotDelivered("The key that sealed the webhook's secret is gone: set the secret again.") from None


def _headers(delivery: Delivery, secret: str, body: bytes) -> dict[str, str]:
    timestamp = str(int(timezone.now().timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Poolwright",
        "X-Poolwright-Event": delivery.event,
        "X-Poolwright-Delivery": str(delivery.pk),
        "X-Poolwright-Timestamp": timestamp,
        "X-Poolwright-Signature": signature_of(secret, timestamp, body),
    }
