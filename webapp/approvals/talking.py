"""What people say about requests beside deciding: comments, and that quota is wanted."""

from django.db import transaction

from webapp.accounts.models import User
from webapp.accounts.queries import people_with
from webapp.accounts.roles import Role
from webapp.approvals.actions import about, demand_sayable, inform
from webapp.approvals.catalogue import card_of
from webapp.approvals.models import Comment, PoolRequest
from webapp.approvals.rights import QUOTA_ASKED, demand
from webapp.approvals.workflow import ACTS, NotPossible, State
from webapp.audit.trail import note
from webapp.notices.events import Event


@transaction.atomic
def ask_for_quota(found: PoolRequest, *, by: User) -> None:
    """Tell the admins, once, that a request failed for want of quota. Raises NotPossible, NotAllowed."""
    demand(by, found, ACTS["ask-quota"])
    unasked = PoolRequest.objects.filter(pk=found.pk, state=State.FAILED, problem__quota_asked__isnull=True)
    found.problem = (found.problem or {}) | {"quota_asked": True}
    if not unasked.update(problem=found.problem):
        raise NotPossible(QUOTA_ASKED)
    note("request.quota_asked", by=by, about=about(found))
    card = card_of(found.problem)
    text = f"{card.sentence} {found.problem.get('detail') or ''}".strip()
    inform(found, Event.FAILED, people_with(Role.ADMIN), f"{by} asks for quota in {found.project_name}: {found}", text)


@transaction.atomic
def comment_on(found: PoolRequest, *, by: User, comment: str, pointer: str = "") -> Comment:
    """Say something about a request. Raises NotAllowed, NotPossible without words."""
    demand(by, found, ACTS["comment"])
    made = say(found, by, comment, pointer)
    people = {found.author, *(one.by for one in found.comments.select_related("by"))} - {by}
    inform(found, Event.COMMENTED, people, f"{by} commented on {found}", made.text)
    return made


def say(found: PoolRequest, by: User, text: str, pointer: str = "") -> Comment:
    """Add a comment and its line in the trail. Raises NotPossible without words, and for a place that has no name."""
    if not text.strip():
        raise NotPossible("Write what you want to say.")
    demand_sayable(text, pointer)
    made = Comment.objects.create(request=found, by=by, text=text.strip(), pointer=pointer)
    note("request.commented", by=by, about=about(found), after={"comment": made.text, "pointer": pointer})
    return made
