"""People of the portal."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from knox.models import AbstractAuthToken


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


class ApiToken(AbstractAuthToken):
    """A personal token for the REST API: only its digest is kept, and it is named so that it can be revoked."""

    name = models.CharField(max_length=60)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.name
