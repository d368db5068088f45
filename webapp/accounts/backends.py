"""Who is signed in, and what roles allow in pages that ask for Django's permissions: the admin pages."""

from typing import Any

from django.contrib.auth.backends import BaseBackend, ModelBackend

from webapp.accounts.models import User
from webapp.accounts.queries import roles_of
from webapp.accounts.roles import STAFF, Role
from webapp.rows import objects

_WITH_ROLES = """
    SELECT person.*, given.role AS given_role FROM accounts_user AS person
    LEFT JOIN accounts_rolegrant AS given ON given.person_id = person.id WHERE person.id = %s
"""


class PersonBackend(ModelBackend):
    """People with passwords; whoever is signed in is read with all roles by one fixed statement at each request."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session; None for one who may not come in any more."""
        found = objects(User, _WITH_ROLES, [user_id])
        person = found[0] if found else None
        if person is None or not self.user_can_authenticate(person):
            return None
        given = (vars(one)["given_role"] for one in found)
        person.roles = person.roles_from(role for role in given if role)  # as if they had been asked for
        return person


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
