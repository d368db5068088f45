"""People of the portal."""

from typing import Any

from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.utils.functional import cached_property
from knox.models import AbstractAuthToken

from webapp.accounts.roles import Role


class User(AbstractUser):  # type: ignore[django-manager-missing] # of knox, which has no types
    """A person: with a portal account, or known from the cloud by user and domain id."""

    iam_user_id = models.CharField(max_length=64, blank=True)
    iam_domain_id = models.CharField(max_length=64, blank=True)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["iam_user_id", "iam_domain_id"],
                condition=~models.Q(iam_user_id=""),
                name="one_person_per_iam_user",
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @cached_property
    def roles(self) -> frozenset[Role]:
        """All roles, wherever they come from; none of somebody who is not active."""
        if not self.is_active:
            return frozenset()
        given = {Role(one.role) for one in self.role_grants.all()}
        return frozenset(given | {Role.ADMIN} if self.is_superuser else given)

    def has_role(self, *roles: Role) -> bool:
        """Whether the person has one of these roles."""
        return bool(self.roles & set(roles))

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read everything anew, the roles too."""
        self.__dict__.pop("roles", None)
        super().refresh_from_db(*args, **kwargs)


class Grant(models.Model):
    """Something that a person was given: from where (`admin`, `default`, `iam:<group>`, `oidc:<claim>`) and by whom."""

    source = models.CharField(max_length=200)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class RoleGrant(Grant):
    """A role of a person. The same role may come from several sources, and stays until the last one is gone."""

    person = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "source"], name="one_grant_per_person_role_source")
        ]

    def __str__(self) -> str:
        return f"{self.role} ({self.source})"


class TeamGrant(Grant):
    """A membership in a team, which is a group of Django's."""

    person = models.ForeignKey(User, models.CASCADE, related_name="team_grants")
    team = models.ForeignKey(Group, models.CASCADE, related_name="grants")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "team", "source"], name="one_grant_per_person_team_source")
        ]

    def __str__(self) -> str:
        return f"{self.team} ({self.source})"


class ApiToken(AbstractAuthToken):
    """A personal token for the REST API: only its digest is kept, and it is named so that it can be revoked."""

    name = models.CharField(max_length=60)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.name
