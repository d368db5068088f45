"""What roles allow in pages that ask for Django's permissions: the admin pages."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from webapp.accounts.queries import roles_of
from webapp.accounts.roles import STAFF, Role


class RoleBackend(BaseBackend):
    """Admins may do everything, auditors may look at everything."""

    def has_perm(self, user_obj: Any, perm: str, *_: Any, **__: Any) -> bool:
        """Whether a permission such as `accounts.view_user` follows from the roles."""
        roles = roles_of(user_obj)
        is_reading = perm.rpartition(".")[2].startswith("view_")
        return Role.ADMIN in roles or (Role.AUDITOR in roles and is_reading)

    def has_module_perms(self, user_obj: Any, *_: Any) -> bool:
        """Whether there is something to see in an app."""
        return bool(roles_of(user_obj) & STAFF)
