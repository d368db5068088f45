"""People of the portal."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.utils.functional import cached_property
from knox.models import AbstractAuthToken

from webapp.accounts.roles import Role
from webapp.accounts.sealing import seal


class User(AbstractUser):  # type: ignore[django-manager-missing] # of knox, which has no types
    """A person: with a portal account, or known from the cloud by user and domain id."""

    iam_user_id = models.CharField(max_length=64, blank=True)
    iam_domain_id = models.CharField(max_length=64, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = "person"
        verbose_name_plural = "people"
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
        """All roles, wherever they come from."""
        return self.roles_from(one.role for one in self.role_grants.all())

    def roles_from(self, given: Iterable[str]) -> frozenset[Role]:
        """Return the roles that follow from what was given; none of somebody who is not active."""
        if not self.is_active:
            return frozenset()
        always = {Role.ADMIN} if self.is_superuser else set()
        return frozenset(always | {Role(one) for one in given})

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """The ids of the teams that the person is a member of."""
        return frozenset(self.groups.values_list("pk", flat=True))

    def has_role(self, *roles: Role) -> bool:
        """Whether the person has one of these roles."""
        return bool(self.roles & set(roles))

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read everything anew, roles and teams too."""
        for name in ("roles", "team_ids"):
            self.__dict__.pop(name, None)
        super().refresh_from_db(*args, **kwargs)


class Team(Group):
    """A group of Django's, under the name that it has here."""

    class Meta:
        proxy = True
        verbose_name = "team"


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


class GroupRole(models.Model):
    """What membership in a group elsewhere gives here: a role, and perhaps a place in a team.

    Anybody can name a group in an account of their own as they like, so a mapping of IAM groups counts for one
    account alone.
    """

    class Kind(models.TextChoices):
        """Where the group is known."""

        IAM = "iam", "IAM group"
        OIDC = "oidc", "Group of single sign-on"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    domain = models.CharField("account (domain name or id), for IAM", max_length=64, blank=True)
    pattern = models.CharField("group name, perhaps with * and ?", max_length=150)
    role = models.CharField(max_length=20, choices=Role.choices)
    team = models.ForeignKey(Group, models.CASCADE, null=True, blank=True)

    class Meta:
        verbose_name = "group mapping"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="iam", domain=""),
                name="iam_groups_count_for_one_account",
                violation_error_message="Enter the account whose IAM groups count.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pattern}: {self.role}"

    def fits(self, group: str) -> bool:
        """Whether a group is meant."""
        return fnmatchcase(group, self.pattern)


class OidcIdentity(models.Model):
    """Who a person is at an OpenID provider."""

    person = models.ForeignKey(User, models.CASCADE, related_name="oidc_identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_per_oidc_subject")]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"


class ServiceAccount(models.Model):
    """A cloud user that launches what was approved in one project. Its password can be set, and never read."""

    project_id = models.CharField(max_length=64, unique=True)
    project_name = models.CharField(max_length=64)
    domain = models.CharField("account (domain name)", max_length=64)
    user = models.CharField("user name", max_length=64)
    sealed_password = models.TextField(blank=True, editable=False)
    is_active = models.BooleanField(default=True)
    note = models.TextField(blank=True)
    refused_key = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)
    refused_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.user} in {self.project_name}"

    def set_password(self, password: str) -> None:
        """Seal a password; `save` keeps it."""
        self.sealed_password = seal(password)


class ApiToken(AbstractAuthToken):
    """A personal token for the REST API: only its digest is kept, and it is named so that it can be revoked."""

    name = models.CharField(max_length=60)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "API token"
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.name
