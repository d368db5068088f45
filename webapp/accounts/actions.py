"""Everything that writes people."""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from webapp.accounts.granting import about, grant
from webapp.accounts.models import ApiToken, User
from webapp.accounts.roles import BY_DEFAULT, Role
from webapp.audit import trail
from webapp.cloud.tokens import CloudSession


def person_of(session: CloudSession) -> User:
    """Return the portal's person for a cloud user, made at the first sign-in."""
    known = {"iam_user_id": session.user_id, "iam_domain_id": session.domain_id}
    found = User.objects.filter(**known).first()
    if found:
        return found
    person = User(
        username=f"{session.user_name}@{session.domain_name}"[:150], first_name=session.user_name[:150], **known
    )
    person.set_unusable_password()
    try:
        with transaction.atomic():
            settle_in(person)
    except IntegrityError:  # the same person signed in twice at once, or the name is taken
        found = User.objects.filter(**known).first()
        if found is None:
            person.username = f"{session.user_id}@{session.domain_id}"[:150]
            settle_in(person)
    return found or person


@transaction.atomic
def settle_in(person: User) -> None:
    """Save somebody who was not known before, with the roles that everybody gets."""
    person.save()
    for role in settings.DEFAULT_ROLES:
        grant(person, Role(role), source=BY_DEFAULT, by=None)


@transaction.atomic
def change_password(person: User, password: str) -> None:
    """Set the password that a person has chosen."""
    person.set_password(password)
    person.save(update_fields=["password"])
    trail.note("person.password_changed", by=person, about=about(person))


@transaction.atomic
def change_mail_address(person: User, address: str) -> None:
    """Let mails to a person go to an address of theirs; to none where it is empty."""
    before, person.email = person.email, address
    person.save(update_fields=["email"])
    trail.note("person.changed", by=person, about=about(person), before={"email": before}, after={"email": address})


@transaction.atomic
def make_api_token(person: User, name: str, days: int) -> str:
    """Return a new personal token, which is shown this once; only its digest is kept."""
    _, token = ApiToken.objects.create(person, expiry=timedelta(days=days), name=name)
    trail.note("api_token.created", by=person, about=about(person), after={"name": name, "days": days})
    return str(token)


@transaction.atomic
def revoke_api_token(person: User, key: str, *, by: User | None = None) -> bool:
    """Delete one of a person's tokens, by themselves or an admin; whether there was one."""
    found = ApiToken.objects.filter(user=person, token_key=key).first()
    if found:
        trail.note("api_token.revoked", by=by or person, about=about(person), before={"name": found.name})
        found.delete()
    return found is not None


def note_use(token: ApiToken) -> None:
    """Note that a token was used, once a minute at most: a call should not cost a write."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
