"""Everything that writes webhooks. A secret goes in and never comes out: only the sender opens it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from webapp.accounts.models import User
from webapp.accounts.sealing import seal
from webapp.audit import trail
from webapp.notices.delivering import nudge
from webapp.notices.models import Delivery, Webhook

SHORTEST_SECRET = 16
_FIELDS = ("name", "url", "events", "is_active")


@transaction.atomic
def create_webhook(  # noqa: PLR0913 - one keyword each
    *, by: User, name: str, url: str, events: list[str], secret: str, is_active: bool = True
) -> Webhook:
    """Return a new webhook. Raises ValidationError, blaming the fields."""
    webhook = Webhook(name=name, url=url, events=events, is_active=is_active, created_by=by)
    _save(webhook, secret)
    trail.note("webhook.created", by=by, about=_about(webhook), after=_facts(webhook))
    return webhook


@transaction.atomic
def change_webhook(webhook: Webhook, *, by: User, secret: str = "", **changes: Any) -> Webhook:
    """Change name, url, events or is_active; an empty secret keeps the one that is there. Raises ValidationError."""
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    before, about = _facts(webhook), _about(webhook)
    changed = [name for name in _FIELDS if name in changes and changes[name] != getattr(webhook, name)]
    for name in changed:
        setattr(webhook, name, changes[name])
    _save(webhook, secret)
    what = changed + (["secret"] if secret else [])
    trail.note("webhook.changed", by=by, about=about, before=before, after={**_facts(webhook), "changed": what})
    return webhook


@transaction.atomic
def delete_webhook(webhook: Webhook, *, by: User) -> None:
    """Delete a webhook; the log of its deliveries stays, and what waits for it fails."""
    trail.note("webhook.deleted", by=by, about=_about(webhook), before=_facts(webhook))
    webhook.delete()


@transaction.atomic
def redeliver(delivery: Delivery, *, by: User) -> bool:
    """Put a delivery that has ended in line again, under the same id; False when it is in line already."""
    now = timezone.now()
    ended = Delivery.objects.filter(pk=delivery.pk, state__in=[Delivery.State.FAILED, Delivery.State.DELIVERED])
    again = ended.update(state=Delivery.State.WAITING, attempts=0, next_at=now, delivered_at=None, error="")
    if again:
        trail.note("delivery.repeated", by=by, about=f"delivery {delivery.pk}", after={"to": delivery.address})
        nudge()
    return bool(again)


def secret_problem(webhook: Webhook, secret: str) -> str:
    """Return what is wrong with a new secret, "" for nothing; an empty one keeps what is there."""
    is_missing = not secret and not webhook.sealed_secret
    if is_missing or (secret and len(secret) < SHORTEST_SECRET):
        return f"Give a secret of at least {SHORTEST_SECRET} characters: it tells the receiver who calls."
    return ""


def _save(webhook: Webhook, secret: str) -> None:
    problems: dict[str, Any] = {}
    if problem := secret_problem(webhook, secret):
        problems["secret"] = [problem]
    try:
        webhook.full_clean(exclude=["sealed_secret"])
    except ValidationError as exc:
        exc.update_error_dict(problems)
    if problems:
        raise ValidationError(problems)
    if secret:
        webhook.sealed_secret = seal(secret)
    webhook.save()


def _about(webhook: Webhook) -> str:
    return f"webhook {webhook.name}"


def _facts(webhook: Webhook) -> dict[str, Any]:
    """Return what the trail keeps: of the address its origin alone, for its path may be a secret."""
    return {name: getattr(webhook, name) for name in ("name", "origin", "events", "is_active")}
