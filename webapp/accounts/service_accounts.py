"""The cloud session of a project's service account: got when needed, kept sealed until shortly before its end."""

import json
from datetime import timedelta
from hashlib import sha256

from django.core.cache import cache
from django.utils import timezone

from webapp.accounts.models import ServiceAccount, User
from webapp.accounts.sealing import CannotOpen, seal, unseal
from webapp.audit import trail
from webapp.cloud import iam
from webapp.cloud.errors import TokenRejected
from webapp.cloud.patience import SIGN_IN_S, patience
from webapp.cloud.tokens import CloudSession
from webapp.rows import first

# A launch that starts with the token shall end with it.
MARGIN_S = 15 * 60
# The cloud locks a user after some wrong passwords: it is not asked again at once.
PAUSE_AFTER_REFUSAL = timedelta(minutes=5)
# A fixed statement: from the review to the launch it is asked four times.
_ON_DUTY = "SELECT * FROM accounts_serviceaccount WHERE project_id = %s AND is_active"


class ServiceAccountRejected(TokenRejected):
    """The cloud does not let the service account in; the person who waits for it can do nothing about that."""

    def __init__(self, account: ServiceAccount) -> None:
        super().__init__(
            f"The cloud does not accept the service account of {account.project_name}.",
            remedy="Ask an admin to check its user and project, and to set its password anew.",
            status=401,
        )


def account_on_duty(project_id: str) -> ServiceAccount | None:
    """Return the service account that launches in a project."""
    return first(ServiceAccount, _ON_DUTY, [project_id])


def session_of_service_account(project_id: str) -> CloudSession | None:
    """Return a session that launches in a project, or None where no service account is on duty.

    Raises CloudError; ServiceAccountRejected when its password is wrong, or its project is another one.
    """
    account = account_on_duty(project_id)
    if account is None:
        return None
    key = _key(account)
    if _was_just_refused(account, key):
        raise ServiceAccountRejected(account)
    return _kept_session(cache.get(key)) or _signed_in(account, key)


def reject_session(project_id: str) -> None:
    """Drop the session that launches in a project, because the cloud rejects it: it is not tried again for a while."""
    account = account_on_duty(project_id)
    if account is not None:
        _refused(account, _key(account))


def try_sign_in(account: ServiceAccount, *, by: User) -> CloudSession:
    """Sign in now, whatever is kept, also for an account that is off duty. Raises CloudError."""
    key = _key(account)
    cache.delete(key)
    trail.note("service_account.tested", by=by, about=about(account))
    with patience(SIGN_IN_S):
        return _signed_in(account, key)


def _kept_session(kept: str | None) -> CloudSession | None:
    try:
        return CloudSession.from_json(json.loads(unseal(kept))) if kept else None
    except CannotOpen:
        return None


def _signed_in(account: ServiceAccount, key: str) -> CloudSession:
    """Sign in and keep the session."""
    try:
        session = iam.sign_in(
            user=account.user,
            domain=account.domain,
            password=unseal(account.sealed_password),
            project=account.project_name,
        )
    except (TokenRejected, CannotOpen):
        raise _refused(account, key) from None
    if session.project_id != account.project_id:
        raise _refused(account, key)
    if account.refused_key:
        _remember(account, "")
    trail.note("service_account.signed_in", about=about(account))
    seconds = session.seconds_left(timezone.now()) - MARGIN_S
    if seconds > 0:
        cache.set(key, seal(json.dumps(session.to_json())), seconds)
    return session


def _refused(account: ServiceAccount, key: str) -> ServiceAccountRejected:
    cache.delete(key)
    _remember(account, key)
    trail.note("service_account.refused", about=about(account), after={"user": account.user})
    return ServiceAccountRejected(account)


def _was_just_refused(account: ServiceAccount, key: str) -> bool:
    """Whether the cloud has refused exactly this sign-in a moment ago, whichever process asked."""
    at = account.refused_at if account.refused_key == key else None
    return at is not None and at > timezone.now() - PAUSE_AFTER_REFUSAL


def _remember(account: ServiceAccount, key: str) -> None:
    """Keep in the database what was refused: the cache may be each process's own."""
    ServiceAccount.objects.filter(pk=account.pk).update(refused_key=key, refused_at=timezone.now() if key else None)


def _key(account: ServiceAccount) -> str:
    """Return a name that changes with everything that the sign-in depends on."""
    parts = (account.project_id, account.project_name, account.domain, account.user, account.sealed_password)
    return f"service-account:{sha256(json.dumps(parts).encode()).hexdigest()}"


def about(account: ServiceAccount) -> str:
    """Return how the audit trail names a service account."""
    return f"service account {account.pk} {account}"
