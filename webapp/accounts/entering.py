"""Coming in and going out; whichever way it was, the audit trail tells of it."""

from django.contrib.auth import login, logout
from django.http import HttpRequest

from webapp.accounts.actions import person_of
from webapp.accounts.granting import about
from webapp.accounts.groups import follow_iam
from webapp.accounts.models import User
from webapp.accounts.session import store_cloud
from webapp.audit import trail
from webapp.cloud.tokens import CloudSession

SWITCHED_OFF = "Your account in this portal is switched off. Ask an admin."
_BACKEND = "webapp.accounts.backends.PersonBackend"


class SwitchedOff(Exception):
    """The person is known and may not come in; the text says so."""

    code = "switched-off"

    def __init__(self) -> None:
        super().__init__(SWITCHED_OFF)


def enter(request: HttpRequest, person: User, *, way: str) -> None:
    """Sign a person in, in a new session. Raises SwitchedOff."""
    if not person.is_active:
        raise SwitchedOff
    login(request, person, backend=_BACKEND)
    request.session.cycle_key()  # which `login` leaves out when the person was signed in already
    trail.note("person.signed_in", by=person, about=about(person), after={"way": way})


def enter_by_cloud(request: HttpRequest, session: CloudSession, *, way: str) -> User:
    """Sign in and return whose cloud session it is; a portal account that adds a cloud session stays who it is.

    Raises SwitchedOff.
    """
    person = request.user
    if isinstance(person, User) and not person.iam_user_id:
        request.session.cycle_key()
        said = {"way": way, "cloud_user": session.user_name, "project": session.project_name}
        trail.note("person.signed_in", by=person, about=about(person), after=said)
    else:
        person = person_of(session)
        if person.is_active:
            follow_iam(person, session)
        enter(request, person, way=way)
    store_cloud(request, session)
    return person


def note_refusal(way: str, user: str) -> None:
    """Note that somebody could not sign in under the name that they typed."""
    trail.note(
        "person.sign_in_failed",
        about=f"sign-in of {user}" if user else "sign-in",
        after={"way": way, "user": user[:150]},
    )


def leave(request: HttpRequest) -> None:
    """Sign out; the cloud session dies with the session."""
    if isinstance(request.user, User):
        trail.note("person.signed_out", by=request.user, about=about(request.user))
    logout(request)
