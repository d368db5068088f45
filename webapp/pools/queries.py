"""Reads that more than one caller needs."""

from django.db.models import Q, QuerySet

from webapp.accounts.models import User
from webapp.cloud.tokens import CloudSession
from webapp.pools.models import Creation

RECENT = 20


def recent_creations(person: User) -> QuerySet[Creation]:
    """Return what a person created last."""
    return Creation.objects.filter(author=person).order_by("-created_at")[:RECENT]


def visible_to(person: User, session: CloudSession | None) -> QuerySet[Creation]:
    """Return a person's own creations, and those of the project that the token is for."""
    mine = Q(author=person)
    return Creation.objects.filter(mine | Q(project_id=session.project_id) if session else mine)
