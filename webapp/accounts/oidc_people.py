"""Which person of the portal somebody is who comes by single sign-on."""

from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction

from webapp.accounts.actions import settle_in
from webapp.accounts.granting import about
from webapp.accounts.groups import follow_oidc
from webapp.accounts.models import OidcIdentity, User
from webapp.audit import trail


def person_of_claims(claims: dict[str, Any]) -> User:
    """Return the person of an issuer and subject, made at the first sign-in; roles follow the groups told."""
    try:
        person = _found(claims) or _new(claims)
    except IntegrityError:  # the same person signed in twice at once
        found = _found(claims)
        if found is None:
            raise
        person = found
    if person.is_active:
        follow_oidc(person, _groups(claims))
    return person


def _found(claims: dict[str, Any]) -> User | None:
    known = OidcIdentity.objects.filter(issuer=claims["iss"], subject=claims["sub"]).select_related("person").first()
    return known.person if known else None


@transaction.atomic
def _new(claims: dict[str, Any]) -> User:
    person = _by_email(claims)
    if person is None:
        person = User(
            username=_username(claims),
            first_name=_text(claims, "given_name", "name")[:150],
            last_name=_text(claims, "family_name")[:150] if claims.get("given_name") else "",
            email=_text(claims, "email")[:254],
        )
        person.set_unusable_password()
        settle_in(person)
    OidcIdentity.objects.create(person=person, issuer=claims["iss"], subject=claims["sub"])
    after = {"issuer": claims["iss"], "subject": claims["sub"]}
    trail.note("person.linked", about=about(person), after=after)
    return person


def _by_email(claims: dict[str, Any]) -> User | None:
    """Return the one account with an address that the provider has verified, where the operator trusts that.

    Somebody who is known at this provider already is not taken over by a second subject with the same address.
    """
    email = _text(claims, "email")
    if not settings.OIDC_LINK_BY_EMAIL or not email or claims.get("email_verified") is not True:
        return None
    those = User.objects.filter(email__iexact=email).exclude(oidc_identities__issuer=claims["iss"])[:2]
    return those[0] if len(those) == 1 else None


def _username(claims: dict[str, Any]) -> str:
    """Return a free name that says who it is and where from."""
    host = urlsplit(claims["iss"]).hostname or "sso"
    wanted = f"{_text(claims, 'preferred_username', 'email', 'sub')}@{host}"[:150]
    digest = sha256(f"{claims['iss']} {claims['sub']}".encode()).hexdigest()[:32]
    return f"{digest}@{host}"[:150] if User.objects.filter(username=wanted).exists() else wanted


def _text(claims: dict[str, Any], *names: str) -> str:
    """Return the first of these claims that is a text."""
    return next((claims[name] for name in names if isinstance(claims.get(name), str) and claims[name]), "")


def _groups(claims: dict[str, Any]) -> list[str]:
    """Return the groups; a provider that tells of none has none for this person."""
    said = claims.get(settings.OIDC_GROUPS_CLAIM)
    return [one for one in ([said] if isinstance(said, str) else said or ()) if isinstance(one, str)]
