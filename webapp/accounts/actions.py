"""Everything that writes people."""

from django.db import IntegrityError, transaction

from webapp.accounts.models import User
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
            person.save()
    except IntegrityError:  # the same person signed in twice at once, or the name is taken
        found = User.objects.filter(**known).first()
        if found is None:
            person.username = f"{session.user_id}@{session.domain_id}"[:150]
            person.save()
    return found or person
