"""Questions about people that more than one caller has."""

from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, Q, QuerySet

from webapp.accounts.models import RoleGrant, User
from webapp.accounts.roles import Role


def roles_of(person: Any) -> frozenset[Role]:
    """Return the roles of a person, asked once per object; nobody has none."""
    return person.roles if isinstance(person, User) else frozenset()


def people_with(role: Role, team: Group | None = None) -> QuerySet[User]:
    """Return the active people who have a role, perhaps only those of one team, by name."""
    has_it = Exists(RoleGrant.objects.filter(person=OuterRef("pk"), role=role))
    those = Q(has_it) | Q(is_superuser=True) if role == Role.ADMIN else Q(has_it)
    people = User.objects.filter(those, is_active=True)
    return (people.filter(groups=team) if team else people).order_by("username")
