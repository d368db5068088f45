"""The roles that people have in the portal."""

from django.db import models


class Role(models.TextChoices):
    """What a person may do; somebody may have several."""

    REQUESTER = "requester", "Requester"
    APPROVER = "approver", "Approver"
    ADMIN = "admin", "Admin"
    AUDITOR = "auditor", "Auditor"


# Who gets into the admin pages: admins change there, auditors read.
STAFF = frozenset({Role.ADMIN, Role.AUDITOR})
BY_ADMIN, BY_DEFAULT = "admin", "default"
NO_REQUESTER = "Requests are made by requesters. Ask an admin for this role."
