"""Make the people of the demonstration."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError

from webapp.accounts.granting import grant, join_team
from webapp.accounts.models import GroupRole, User
from webapp.accounts.roles import Role
from webapp.portal.demo import (
    APPROVERS_GROUP,
    APPROVERS_TEAM,
    CLOUD,
    DOMAIN,
    PEOPLE,
    PORTAL,
    PROJECT,
    TEAM_PROJECT,
    DemoPerson,
)


class Command(BaseCommand):
    """Make portal accounts and a mapping of groups for a demonstration, once; print who can sign in."""

    help = "Make demo people and print their sign-ins (only with DEMO=1)."

    def handle(self, *_: Any, **__: Any) -> None:
        """Make those that are missing."""
        if not settings.DEMO:
            raise CommandError("Demo people are made only with DEMO=1.")
        for one in PEOPLE:
            if one.way_label == PORTAL:
                _make(one)
        _map_approvers()
        self.stdout.write("\n".join(_sign_ins()))


def _make(one: DemoPerson) -> None:
    person, is_new = User.objects.get_or_create(username=one.name)
    if is_new:
        person.set_password(one.password)
        person.save()
    for role in one.roles:
        grant(person, role, by=None)
    if one.team:
        join_team(person, _team(one.team), by=None)


def _map_approvers() -> None:
    GroupRole.objects.get_or_create(
        kind=GroupRole.Kind.IAM,
        domain=DOMAIN,
        pattern=APPROVERS_GROUP,
        role=Role.APPROVER,
        team=_team(APPROVERS_TEAM),
    )


def _team(name: str) -> Group:
    return Group.objects.get_or_create(name=name)[0]


def _sign_ins() -> Iterator[str]:
    """Yield a line for each person that can sign in."""
    for way in (CLOUD, PORTAL):
        for one in PEOPLE:
            if one.way_label == way:
                yield f"  {way:<14} {one.name + ' / ' + one.password:<28} {one.who}"
        if way == CLOUD:
            yield f"  {'':<14} domain {DOMAIN}, project {PROJECT} (or {TEAM_PROJECT}, where requests need approval)"
