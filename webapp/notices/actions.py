"""Everything that writes notices and preferences, and puts mails and webhook calls in line."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.models import User
from webapp.notices.addresses import absolute
from webapp.notices.delivering import nudge
from webapp.notices.events import Event
from webapp.notices.models import Delivery, Notice, Preference, Webhook
from webapp.rows import objects

_LONGEST_TITLE = 200
# Fixed statements: a request that is launched asks for webhooks three times.
_ACTIVE = "SELECT * FROM notices_webhook WHERE is_active"


@dataclass(frozen=True)
class _Said:
    """What is to be told; `url` is a path, `address` the whole of it."""

    event: Event
    title: str
    text: str
    url: str
    address: str
    payload: dict[str, Any]
    at: datetime


def tell(  # noqa: PLR0913 - one keyword each
    event: Event, *, people: Iterable[User], title: str, text: str, url: str, payload: dict[str, Any]
) -> None:
    """Tell people and webhooks of an event, in the caller's transaction: rows now, sent after the commit.

    Args:
        event: what happened.
        people: whom it concerns; nobody is told twice, nor what they have opted out of.
        title: one line.
        text: sentences for the notice and the mail.
        url: the path of the page that it is about. Raises ValueError for anything else.
        payload: JSON for webhooks, to which `event`, `at` and `url` (absolute) are added. No secrets.
    """
    persons = list({one.pk: one for one in people if one.is_active}.values())
    webhooks = _webhooks_for(event)
    if persons or webhooks:
        title, text = _storable(" ".join(title.split()))[:_LONGEST_TITLE], _storable(text)
        said = _Said(event, title, text, url, absolute(url), payload, timezone.now())
        with transaction.atomic(savepoint=False):
            _tell(said, persons, webhooks)


def _webhooks_for(event: Event) -> list[Webhook]:
    return [one for one in objects(Webhook, _ACTIVE, []) if event in one.events]


def _tell(said: _Said, persons: list[User], webhooks: list[Webhook]) -> None:
    deliveries = [*(_told(said, persons) if persons else ()), *_calls(said, webhooks)]
    if deliveries:
        Delivery.objects.bulk_create(deliveries)
        nudge()


def _told(said: _Said, persons: list[User]) -> Iterator[Delivery]:
    """Write notices, and yield the mails, as each person wants it."""
    choices = {one.person_id: one for one in Preference.objects.filter(person__in=persons)}
    nobody = Preference()
    Notice.objects.bulk_create(
        Notice(person=one, event=said.event, title=said.title, text=said.text, url=said.url, at=said.at)
        for one in persons
        if said.event not in choices.get(one.pk, nobody).no_notices
    )
    mailed = [one for one in persons if one.email and said.event not in choices.get(one.pk, nobody).no_mail]
    yield from _mails(said, mailed)


def read(person: User, pk: int) -> bool:
    """Mark one of a person's notices as read; whether there is one."""
    mine = Notice.objects.of(person).filter(pk=pk)
    mine.unread().update(read_at=timezone.now())
    return mine.exists()


def read_all(person: User, *, upto: int) -> int:
    """Mark a person's notices as read up to the newest one that was shown; return how many were not."""
    return Notice.objects.of(person).unread().filter(pk__lte=upto).update(read_at=timezone.now())


def choose(person: User, *, mail: Iterable[str], notices: Iterable[str]) -> None:
    """Keep which events a person wants by mail and in the portal; all others are opted out of."""
    wanted_mail, wanted_notices = set(mail), set(notices)
    opted_out = {
        "no_mail": [one for one in Event.values if one not in wanted_mail],
        "no_notices": [one for one in Event.values if one not in wanted_notices],
    }
    Preference.objects.update_or_create(person=person, defaults=opted_out)


def _storable(text: str) -> str:
    """Return a text without what no database takes: names of pools and comments can hold anything."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _mails(said: _Said, persons: Iterable[User]) -> Iterator[Delivery]:
    content = (
        f"{said.text}\n\n{said.address}\n\n-- \n"
        f"Choose what Poolwright tells you by mail: {absolute(reverse('notices:preferences'))}\n"
    )
    for person in persons:
        yield Delivery(
            channel=Delivery.Channel.MAIL,
            event=said.event,
            address=person.email,
            subject=f"[Poolwright] {said.title}",
            content=content,
            created_at=said.at,
            next_at=said.at,
        )


def _calls(said: _Said, webhooks: list[Webhook]) -> Iterator[Delivery]:
    added = {"event": said.event.value, "at": said.at.isoformat(), "url": said.address}
    content = json.dumps({**said.payload, **added}, default=str)
    for webhook in webhooks:
        yield Delivery(
            channel=Delivery.Channel.WEBHOOK,
            event=said.event,
            webhook=webhook,
            address=webhook.origin,
            subject=said.title,
            content=content,
            created_at=said.at,
            next_at=said.at,
        )
