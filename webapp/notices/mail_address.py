"""A person's own mail address: theirs once they have followed the link that was sent there.

Unconfirmed it is kept nowhere but in that link. An address decides who somebody is where the operator links accounts
by it (OIDC_LINK_BY_EMAIL), and what is sent there tells of the work of a team.
"""

from datetime import timedelta

from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from webapp.accounts.models import User
from webapp.notices.addresses import absolute
from webapp.notices.delivering import nudge
from webapp.notices.events import CONFIRM
from webapp.notices.models import Delivery

VALID_DAYS = 2
PAUSE_S = 60  # nobody fills the mailbox of somebody else
_SALT = "notices.mail-address"


class TooSoon(Exception):
    """A link was sent a moment ago."""


@transaction.atomic
def send_link(person: User, address: str) -> None:
    """Send a link to an address that confirms it. Raises TooSoon."""
    if not cache.add(f"mail-address:{person.pk}", True, PAUSE_S):
        raise TooSoon
    token = signing.dumps([person.pk, address], salt=_SALT)
    link = absolute(reverse("notices:confirm-mail", args=[token]))
    Delivery.objects.create(
        channel=Delivery.Channel.MAIL,
        event=CONFIRM,
        address=address,
        subject="[Poolwright] Confirm your mail address",
        content=f"{person} wants to be told here of requests in Poolwright. "
        f"If that is you, open within {VALID_DAYS} days:\n\n"
        f"{link}\n\nIf not, leave this mail alone.\n",
    )
    nudge()


def address_in(person: User, token: str) -> str:
    """Return the address that a link of this person confirms; "" where it is not theirs, too old, or no such link."""
    try:
        owner, address = signing.loads(token, salt=_SALT, max_age=timedelta(days=VALID_DAYS))
    except (signing.BadSignature, ValueError):
        return ""
    return str(address) if owner == person.pk else ""
