"""Objects out of fixed statements: what `.raw()` gives, without asking anew each time how every column is read."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

Found = TypeVar("Found", bound=Model)


class _Reading(NamedTuple):
    """How rows become objects.

    `in_order` takes the values of a row in the order of the model's fields, whose names are `names`; `readers` are
    functions for what the database answers in a form of its own, each with the position of the value, and with what
    Django calls the expression. `more` are the positions in the row of columns that the model has not.
    """

    names: list[str]
    in_order: Callable[[Sequence[Any]], Sequence[Any]]
    readers: list[tuple[int, Any, Callable[[Any, Any, Any], Any]]]
    more: dict[str, int]


def objects(model: type[Found], statement: str, params: Sequence[Any]) -> list[Found]:
    """Return the rows of a statement as objects; it selects two or more columns of the model.

    Columns that the model has not become attributes of the objects, as the database gives them.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows, selected = cursor.fetchall(), tuple([column[0] for column in cursor.description])
    reading = _reading(connection, model, selected)
    return [_object(model, reading, row, connection) for row in rows]


def first(model: type[Found], statement: str, params: Sequence[Any]) -> Found | None:
    """Return the first row of a statement as an object, see `objects`; None where there is none."""
    return next(iter(objects(model, statement, params)), None)


def _object(model: type[Found], reading: _Reading, row: Sequence[Any], connection: BaseDatabaseWrapper) -> Found:
    made = model.from_db(connection.alias, reading.names, _values(reading, row, connection))
    for name, position in reading.more.items():
        setattr(made, name, row[position])
    return made


def _values(reading: _Reading, row: Sequence[Any], connection: BaseDatabaseWrapper) -> list[Any]:
    values = list(reading.in_order(row))
    for position, expression, reader in reading.readers:
        values[position] = reader(values[position], expression, connection)
    return values


def _reading(connection: BaseDatabaseWrapper, model: type[Model], selected: tuple[str, ...]) -> _Reading:
    """Return how these columns are read, kept with the connection: its readers belong to it, and so to its thread."""
    known: dict[Any, _Reading] = vars(connection).setdefault("_readings", {})
    if (model, selected) not in known:
        known[model, selected] = _reading_anew(connection, model, selected)
    return known[model, selected]


def _reading_anew(connection: BaseDatabaseWrapper, model: type[Model], selected: tuple[str, ...]) -> _Reading:
    fields = [one for one in model._meta.concrete_fields if one.column in selected]
    expressions = [one.get_col(model._meta.db_table) for one in fields]
    readers = [
        (position, one, reader)
        for position, one in enumerate(expressions)
        for reader in (*connection.ops.get_db_converters(one), *one.get_db_converters(connection))
    ]
    in_order = itemgetter(*(selected.index(one.column) for one in fields))
    columns = {one.column for one in fields}
    more = {column: position for position, column in enumerate(selected) if column not in columns}
    return _Reading([one.attname for one in fields], in_order, readers, more)
