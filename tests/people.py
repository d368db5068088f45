"""People for tests, made as the portal makes them."""

from django.contrib.auth.models import Group

from webapp.accounts.granting import grant, join_team
from webapp.accounts.models import User
from webapp.accounts.roles import Role


def a_person(name: str, *roles: Role, teams: tuple[str, ...] = ()) -> User:
    """Return a new portal account with these roles, a member of these teams; `<name>-pw-1` is its password."""
    person = User.objects.create_user(name, password=f"{name}-pw-1")
    for role in roles:
        grant(person, role, by=None)
    for team in teams:
        join_team(person, Group.objects.get_or_create(name=team)[0], by=None)
    return person
