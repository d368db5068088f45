"""Triggers with which the database itself refuses to change or delete a line of the trail."""

from django.db.backends.base.base import BaseDatabaseWrapper

_TABLE = "audit_auditline"
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
_IS_THERE = f"EXISTS (SELECT 1 FROM {_TABLE} WHERE id = NEW.id OR number = NEW.number)"  # noqa: S608 # nosec B608 - of constants
_SQLITE = [
    # INSERT OR REPLACE removes what is in its way, and fires no trigger for that.
    f"CREATE TRIGGER {_TABLE}_no_replace BEFORE INSERT ON {_TABLE} WHEN {_IS_THERE} {_REFUSE}",
    *(f"CREATE TRIGGER {_TABLE}_no_{act} BEFORE {act} ON {_TABLE} {_REFUSE}" for act in ("update", "delete")),
]
_POSTGRESQL = [
    f"CREATE FUNCTION {_TABLE}_refuse() RETURNS trigger AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$ LANGUAGE plpgsql",
    f"CREATE TRIGGER {_TABLE}_no_change BEFORE UPDATE OR DELETE ON {_TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION {_TABLE}_refuse()",
    f"CREATE TRIGGER {_TABLE}_no_truncate BEFORE TRUNCATE ON {_TABLE} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {_TABLE}_refuse()",
]
_DROP = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {_TABLE}_no_{act}" for act in ("update", "delete", "replace")],
    "postgresql": [f"DROP FUNCTION IF EXISTS {_TABLE}_refuse() CASCADE"],
}
_CREATE = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


def protect(connection: BaseDatabaseWrapper) -> None:
    """Switch the triggers on."""
    _run(connection, [*_DROP[connection.vendor], *_CREATE[connection.vendor]])


def unprotect(connection: BaseDatabaseWrapper) -> None:
    """Switch the triggers off: for a test database that is emptied, and for undoing the migration."""
    _run(connection, _DROP[connection.vendor])


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
