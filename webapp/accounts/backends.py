"""Who is signed in, and what roles allow in pages that ask for Django's permissions: the admin pages."""

from functools import cache
from typing import Any

from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.db import connection

from webapp.accounts.models import User
from webapp.accounts.queries import roles_of
from webapp.accounts.roles import STAFF, Role


class PersonBackend(ModelBackend):
    """People with passwords; whoever is signed in is read with all roles by one fixed statement at each request."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session; None for one who may not come in any more."""
        with connection.cursor() as cursor:
            cursor.execute(_with_roles(), [user_id])
            rows = cursor.fetchall()
        person = _person(rows[0][:-1]) if rows else None
        if person is None or not self.user_can_authenticate(person):
            return None
        person.roles = person.roles_from(row[-1] for row in rows if row[-1])  # as if they had been asked for
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


@cache
def _with_roles() -> str:
    """Return the statement: a person's columns in the model's order, and a role, once for each that was given."""
    columns = ", ".join(f"person.{one.column}" for one in User._meta.concrete_fields)
    return (
        f"SELECT {columns}, given.role FROM accounts_user AS person "  # noqa: S608 - nothing but names of the model
        "LEFT JOIN accounts_rolegrant AS given ON given.person_id = person.id WHERE person.id = %s"
    )


@cache
def _converters(vendor: str) -> tuple[tuple[int, Any, Any], ...]:  # noqa: ARG001 - what they depend on
    """Return where a row holds what this database gives otherwise than the model has it, and what makes it that."""
    columns = [one.get_col("person") for one in User._meta.concrete_fields]
    return tuple(
        (number, column, convert)
        for number, column in enumerate(columns)
        for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
    )


def _person(row: Any) -> User:
    values = list(row)
    for number, column, convert in _converters(connection.vendor):
        values[number] = convert(values[number], column, connection)
    return User.from_db(connection.alias, [one.attname for one in User._meta.concrete_fields], values)
