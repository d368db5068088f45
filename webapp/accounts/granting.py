"""Giving and taking roles and team memberships; every change leaves a line in the audit trail."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from webapp.accounts.models import RoleGrant, TeamGrant, User
from webapp.accounts.queries import people_with
from webapp.accounts.roles import BY_ADMIN, STAFF, Role
from webapp.audit import trail


class LastAdmin(Exception):
    """Nobody would be left who is an admin; the text says so."""

    def __init__(self) -> None:
        super().__init__("This is the last admin: make somebody else an admin first.")


def demand_an_admin() -> None:
    """Raise LastAdmin unless somebody active is an admin. In a transaction that has written a line to the trail."""
    if not people_with(Role.ADMIN).exists():
        raise LastAdmin


@transaction.atomic
def grant(person: User, role: Role, *, source: str = BY_ADMIN, by: User | None) -> bool:
    """Give a person a role; whether it was new from this source."""
    _, is_new = RoleGrant.objects.get_or_create(person=person, role=role, source=source, defaults={"by": _name(by)})
    if is_new:
        trail.note("role.granted", by=by, about=about(person), after={"role": role, "source": source})
        _keep_in_step(person)
    return is_new


@transaction.atomic
def revoke(person: User, role: Role, *, source: str = BY_ADMIN, by: User | None) -> bool:
    """Take a role that came from one source; whether there was one. What other sources gave stays."""
    count, _ = RoleGrant.objects.filter(person=person, role=role, source=source).delete()
    if count:
        trail.note("role.revoked", by=by, about=about(person), before={"role": role, "source": source})
        _keep_in_step(person)
    return bool(count)


@transaction.atomic
def join_team(person: User, team: Group, *, source: str = BY_ADMIN, by: User | None) -> bool:
    """Make a person a member of a team; whether that was new from this source."""
    grants = TeamGrant.objects.filter(person=person, team=team)
    if person.groups.filter(pk=team.pk).exists() and not grants.exists():
        # An admin did it in the form of the person, which keeps no source.
        TeamGrant.objects.create(person=person, team=team, source=BY_ADMIN, by=BY_ADMIN)
    _, is_new = grants.get_or_create(person=person, team=team, source=source, defaults={"by": _name(by)})
    if is_new:
        person.groups.add(team)
        person.__dict__.pop("team_ids", None)
        trail.note("team.joined", by=by, about=about(person), after={"team": team.name, "source": source})
    return is_new


@transaction.atomic
def leave_team(person: User, team: Group, *, source: str = BY_ADMIN, by: User | None) -> bool:
    """Take back what one source gave; the person stays a member while another source holds."""
    grants = TeamGrant.objects.filter(person=person, team=team)
    count, _ = grants.filter(source=source).delete()
    if count:
        if not grants.exists():
            person.groups.remove(team)
            person.__dict__.pop("team_ids", None)
        trail.note("team.left", by=by, about=about(person), before={"team": team.name, "source": source})
    return bool(count)


def about(person: User) -> str:
    """Return how the audit trail names a person."""
    return f"person {person.pk} {person}"


def _keep_in_step(person: User) -> None:
    """Let those into the admin pages who have business there, and nobody else."""
    person.__dict__.pop("roles", None)
    prefetched: dict[str, Any] = getattr(person, "_prefetched_objects_cache", {})
    prefetched.pop("role_grants", None)
    is_staff = bool(person.roles & STAFF)
    if person.is_staff != is_staff:
        person.is_staff = is_staff
        person.save(update_fields=["is_staff"])


def _name(by: User | None) -> str:
    return trail.SYSTEM if by is None else str(by)[:200]
