"""With whose token a request is launched: the project's service account, where there is one, else its author's."""

from dataclasses import replace

from django.db.models import Q

from webapp.accounts.models import User
from webapp.accounts.service_accounts import account_on_duty, reject_session, session_of_service_account
from webapp.accounts.session import cloud_of_browser, forget_cloud_of_browser
from webapp.approvals.models import PoolRequest
from webapp.approvals.workflow import NotPossible, State
from webapp.cloud import picklists
from webapp.cloud.tokens import CloudSession
from webapp.nodepool.facts import Facts


class TokenGone(NotPossible):
    """The cloud does not take somebody's own token any more: nothing was sent, and they have to sign in again."""


def launcher_in(project_id: str) -> str:
    """Return the name of the service account that launches in a project, "" where everybody launches themselves."""
    account = account_on_duty(project_id)
    return account.user if account else ""


def session_for(found: PoolRequest) -> CloudSession | None:
    """Return the cloud session that launches a request by itself.

    That is the service account's, where the project has one, else that of the author's browser, while it lives.
    Raises CloudError where the service account cannot sign in.
    """
    own = cloud_of_browser(found.launch_session, found.author) if found.launch_session else None
    return session_with(own, found)


def session_with(own: CloudSession | None, found: PoolRequest) -> CloudSession | None:
    """Return the cloud session that launches a request for somebody with a session of their own, or with none.

    Raises CloudError where the service account cannot sign in.
    """
    account = session_of_service_account(found.project_id)
    return account or (own if fits(own, found) and is_of(own, found.author) else None)


def session_here(own: CloudSession, person: User) -> CloudSession | None:
    """Return the cloud session that launches what a person asks for in the project of their own one.

    Raises CloudError where the service account cannot sign in.
    """
    return session_of_service_account(own.project_id) or (own if is_of(own, person) else None)


def session_at_hand(own: CloudSession | None, found: PoolRequest) -> CloudSession | None:
    """Return what `session_with` does; None where somebody has to sign in first.

    Raises NotPossible where their own session is for another project or of another person, CloudError.
    """
    session = session_with(own, found)
    if session is None and own is not None:
        raise NotPossible(f"This cloud token is of another project or person. Sign in for {found.project_name}.")
    return session


def bind_to_browser(key: str, session: CloudSession, person: User) -> None:
    """Let what a person has under way in a project go on with the cloud session that they have just brought.

    That is what was sent, and what shall start by itself, now or once it is approved. Only the key of the browser
    session is kept.
    """
    is_sent = Q(state__in=(State.LAUNCHING, State.PROVISIONING))
    will_start = Q(state__in=(State.SUBMITTED, State.APPROVED), start_at_once=True)
    mine = PoolRequest.objects.filter(is_sent | will_start, author=person, project_id=session.project_id)
    mine.update(launch_session=key)


def demand_fit(session: CloudSession | None, found: PoolRequest) -> None:
    """Raise NotPossible for a cloud session of another project than the request's; there may be none at all."""
    if session is not None and not fits(session, found):
        raise NotPossible(f"Your cloud token is for another project. Sign in for {found.project_name}.")


def rejected(session: CloudSession, found: PoolRequest) -> NotPossible:
    """Drop a session that the cloud rejects, wherever it is kept, and return why nothing was sent."""
    why = rejection_of(found)
    if isinstance(why, TokenGone):
        forget_cloud_of_browser(found.launch_session, session)
    else:
        reject_session(found.project_id)
    return why


def rejection_of(found: PoolRequest) -> NotPossible:
    """Return why nothing was sent where the cloud rejects the token; TokenGone where a person has to sign in."""
    what_is = f"Nothing was sent, and {found.reference} stays as it was."
    if launcher_in(found.project_id):
        return NotPossible(f"The cloud does not take the token of the service account. {what_is} Ask an admin.")
    return TokenGone(f"The cloud does not take your token any more. {what_is} Sign in for {found.project_name}.")


def is_of(session: CloudSession | None, person: User) -> bool:
    """Whether a cloud session is a person's own; a portal account brings whatever session it has."""
    known = (person.iam_user_id, person.iam_domain_id)
    return session is not None and (not person.iam_user_id or known == (session.user_id, session.domain_id))


def fits(session: CloudSession | None, found: PoolRequest) -> bool:
    """Whether a cloud session is for the project of a request."""
    return session is not None and session.project_id == found.project_id


def facts_for_launch(facts: Facts, project_id: str) -> Facts:
    """Return facts as whoever launches sees them: key pairs are those of the service account, where there is one.

    Raises CloudError where the service account cannot sign in.
    """
    account = session_of_service_account(project_id)
    return facts_of(account, facts) if account else facts


def facts_of(account: CloudSession, facts: Facts) -> Facts:
    """Return facts as a service account sees them."""
    theirs = picklists.facts_from(picklists.pick_lists(account, ("key_pairs",)))
    return replace(facts, key_pairs=theirs.key_pairs)
