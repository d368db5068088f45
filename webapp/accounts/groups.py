"""Roles and teams that follow the groups in which a person is elsewhere (docs/people.md)."""

import logging
from collections.abc import Iterable, Iterator

from django.contrib.auth.models import Group
from django.db import transaction

from webapp.accounts.granting import grant, join_team, leave_team, revoke
from webapp.accounts.models import GroupRole, User
from webapp.accounts.roles import Role
from webapp.cloud import iam
from webapp.cloud.errors import CloudError
from webapp.cloud.tokens import CloudSession

log = logging.getLogger(__name__)

Mapped = list[tuple[str, GroupRole]]


def follow_iam(person: User, session: CloudSession) -> None:
    """Bring roles and teams in line with the person's IAM groups; where IAM does not tell them, all stays."""
    try:
        groups = iam.groups_of(session)
    except CloudError as exc:
        log.warning("IAM does not tell the groups of person %s: %s %s", person.pk, exc.status or "", exc.message)
        return
    mappings = GroupRole.objects.filter(
        kind=GroupRole.Kind.IAM, domain__in=(session.domain_id, session.domain_name)
    ).select_related("team")
    _follow(person, GroupRole.Kind.IAM, list(_mapped("iam", groups, mappings)))


def follow_oidc(person: User, groups: Iterable[str]) -> None:
    """Bring roles and teams in line with the groups that the OpenID provider says."""
    mappings = GroupRole.objects.filter(kind=GroupRole.Kind.OIDC).select_related("team")
    _follow(person, GroupRole.Kind.OIDC, list(_mapped("oidc", groups, mappings)))


def _mapped(kind: str, groups: Iterable[str], mappings: Iterable[GroupRole]) -> Iterator[tuple[str, GroupRole]]:
    """Yield the source and the mapping of everything that groups give."""
    named = sorted(set(groups))
    return ((f"{kind}:{group}"[:200], one) for one in mappings for group in named if one.fits(group))


@transaction.atomic
def _follow(person: User, kind: str, mapped: Mapped) -> None:
    _follow_roles(person, kind, mapped)
    _follow_teams(person, kind, mapped)


def _follow_roles(person: User, kind: str, mapped: Mapped) -> None:
    wanted = {(Role(one.role), source) for source, one in mapped}
    given = person.role_grants.filter(source__startswith=f"{kind}:")
    had = {(Role(one.role), one.source) for one in given}
    for role, source in sorted(wanted - had):
        grant(person, role, source=source, by=None)
    for role, source in sorted(had - wanted):
        revoke(person, role, source=source, by=None)


def _follow_teams(person: User, kind: str, mapped: Mapped) -> None:
    wanted: set[tuple[Group, str]] = {(one.team, source) for source, one in mapped if one.team}
    given = person.team_grants.filter(source__startswith=f"{kind}:").select_related("team")
    had = {(one.team, one.source) for one in given}
    for team, source in wanted - had:
        join_team(person, team, source=source, by=None)
    for team, source in had - wanted:
        leave_team(person, team, source=source, by=None)
