"""Statements that the ORM writes once a process, and that calls run with their own values.

Writing a query takes the ORM, and planning it takes PostgreSQL, longer than reading the rows of a
page. A statement is a queryset with places (`Given`) for the values that differ from call to call.
A function that returns one is `compiled`: it is asked once for each combination of its arguments.
"""

import uuid
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet, UUIDField
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

P = ParamSpec("P")
R = TypeVar("R")
MAX_STATEMENTS = 1000  # that a process stores of one function
BIGINT = range(-(2**63), 2**63)
STATEMENT_CACHES: list[Any] = []


def compiled(write: Callable[P, R]) -> Callable[P, R]:
    """Store what a function returns, for as long as its statements are valid."""
    cached = lru_cache(MAX_STATEMENTS)(write)
    STATEMENT_CACHES.append(cached)
    return cached  # type: ignore[return-value]  # the arguments are hashable


def forget() -> None:
    """Clear all statements: they contain ids of permissions, which migrating creates again."""
    for cached in STATEMENT_CACHES:
        cached.cache_clear()


class Given(Expression):
    """A place for a value that a statement gets when it runs.

    The value is converted by its type, or as the field converts it.
    """

    def __init__(self, name: str, output_field: "Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field)
        self.name, self.converts = name, output_field

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Write the place, with itself as the parameter."""
        return "%s", [self]

    def prepare(self, value: Any) -> Any:
        """Return a value for the database.

        Raise `EmptyResultSet` for a number that no column can have, as the ORM does.
        """
        if isinstance(value, int) and value not in BIGINT:
            raise EmptyResultSet
        field: Any = self.converts
        if field is None and isinstance(value, uuid.UUID):
            field = UUIDField()
        if field is None:
            return connection.ops.adapt_unknown_value(value)
        return field.get_db_prep_value(value, connection)


class Statement:
    """A queryset that is compiled to SQL.

    Args:
        is_fixed: no value can change its best plan: it is prepared. A statement that one index
            serves for everyone is fixed; one with filters is not.
    """

    def __init__(self, rows: "QuerySet[Any, Any]", *, is_fixed: bool = True) -> None:
        self.is_fixed, self.locks = is_fixed, rows.query.select_for_update
        self.compiler = rows.query.get_compiler(rows.db)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:  # such as the rows that a stranger may see
            self.sql, self.params = "", ()
        columns = [expression for expression, *_ in self.compiler.select]
        self.converters = self.compiler.get_converters(columns)

    def read(self, **given: Any) -> Sequence[tuple[Any, ...]]:
        """Return the rows as tuples."""
        try:
            params = [
                param.prepare(given[param.name]) if isinstance(param, Given) else param
                for param in self.params
            ]
        except EmptyResultSet:
            return []
        if not self.sql:
            return []
        if self.locks and connection.get_autocommit():
            raise TransactionManagementError("Rows can be locked only in a transaction.")
        with statement_cursor(is_fixed=self.is_fixed) as cursor:
            cursor.execute(self.sql, params)
            rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
        return [self._converted(row) for row in rows] if self.converters else rows

    def first(self, **given: Any) -> Any:
        """Return the object of the first row, or None; with what its queryset annotates."""
        rows = self.read(**given)
        return self._object(rows[0]) if rows else None

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for position, (converters, expression) in self.converters.items():
            for convert in converters:
                values[position] = convert(values[position], expression, connection)
        return tuple(values)

    def _object(self, row: tuple[Any, ...]) -> Model:
        """Return the instance of a row, as the ORM makes it."""
        select, made_of = self.compiler.select, self.compiler.klass_info
        start, end = made_of["select_fields"][0], made_of["select_fields"][-1] + 1
        names = [column.target.attname for column, *_ in select[start:end]]
        obj: Model = made_of["model"].from_db(self.compiler.using, names, row[start:end])
        populators: Any = get_related_populators
        for related in populators(made_of, select, self.compiler.using):
            related.populate(row, obj)
        for name, position in self.compiler.annotation_col_map.items():
            setattr(obj, name, row[position])
        return obj


def statement_cursor(*, is_fixed: bool) -> Any:
    """Return a cursor that prepares what it runs, if the statement is fixed and the engine can."""
    prepared = getattr(connection, "prepared_cursor", None)
    return prepared() if is_fixed and prepared else connection.cursor()
