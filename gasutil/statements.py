"""Statements that the ORM writes once a process, and that calls run with their own values.

Writing a query takes the ORM, and planning it takes PostgreSQL, longer than reading the rows of a
page. A statement is a queryset with places (`Given`) for the values that differ from call to call.
A function that returns one is `compiled`: it is asked once for each combination of its arguments.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import DatabaseError, connection
from django.db.models import Expression, Field, JSONField, Model, QuerySet, UUIDField
from django.db.models.expressions import Col, DatabaseDefault
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery
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


def id_places(number: int) -> list[Given]:
    """Return places for a number of ids, for an `In` lookup; `given_ids` fills them."""
    return [Given(f"id_{position}") for position in range(number)]


def given_ids(ids: Sequence[int]) -> dict[str, int]:
    """Return the values of `id_places`: the ids, the last one repeated up to a power of two.

    So eight statements serve the pages of all sizes up to 128.
    """
    number = 1 << (len(ids) - 1).bit_length() if ids else 0
    padded = [*ids, *[ids[-1] for _ in range(number - len(ids))]]
    return {f"id_{position}": pk for position, pk in enumerate(padded)}


class Compiled:
    """SQL with the parameters that it always has, and places for the others."""

    converters: Mapping[int, Any] = {}

    def __init__(self, sql: str, params: Sequence[Any], *, is_fixed: bool) -> None:
        self.sql, self.params, self.is_fixed = sql, params, is_fixed

    @contextmanager
    def executed(self, given: Mapping[str, Any]) -> Iterator[Any]:
        """Run with the given values; yield the cursor."""
        params = [
            param.prepare(given[param.name]) if isinstance(param, Given) else param
            for param in self.params
        ]
        with statement_cursor(is_fixed=self.is_fixed) as cursor:
            cursor.execute(self.sql, params)
            yield cursor

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self.converters:
            return row
        values = list(row)
        for position, (converters, expression) in self.converters.items():
            for convert in converters:
                values[position] = convert(values[position], expression, connection)
        return tuple(values)


def _is_plain_json(expression: Any) -> bool:
    """Return whether a column is JSON that its field only decodes, as the standard one does."""
    field = expression.output_field
    decodes = getattr(type(field), "from_db_value", None) is JSONField.from_db_value
    return isinstance(expression, Col) and decodes and not field.decoder


def _load_json(value: Any, expression: Any, connection: Any) -> Any:
    """Return JSON as Python values, several times as fast as the field does."""
    try:
        return None if value is None else orjson.loads(value)
    except orjson.JSONDecodeError:  # such as half a character, which the field accepts
        return expression.output_field.from_db_value(value, expression, connection)


class Statement(Compiled):
    """A queryset that is compiled to SQL.

    Args:
        is_fixed: no value can change its best plan: it is prepared. A statement that one index
            serves for everyone is fixed; one with filters is not.
    """

    def __init__(self, rows: "QuerySet[Any, Any]", *, is_fixed: bool = True) -> None:
        self.locks = rows.query.select_for_update
        self.compiler = rows.query.get_compiler(rows.db)
        try:
            super().__init__(*self.compiler.as_sql(), is_fixed=is_fixed)
        except EmptyResultSet:  # such as the rows that a stranger may see
            super().__init__("", (), is_fixed=is_fixed)
        columns = [expression for expression, *_ in self.compiler.select]
        self.converters = {
            position: ([_load_json] if _is_plain_json(expression) else converters, expression)
            for position, (converters, expression) in self.compiler.get_converters(columns).items()
        }

    def read(self, **given: Any) -> Sequence[tuple[Any, ...]]:
        """Return the rows as tuples."""
        if not self.sql:
            return []
        if self.locks and connection.get_autocommit():
            raise TransactionManagementError("Rows can be locked only in a transaction.")
        try:
            with self.executed(given) as cursor:
                rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
        except EmptyResultSet:
            return []
        return [self._converted(row) for row in rows] if self.converters else rows

    def first(self, **given: Any) -> Any:
        """Return the object of the first row, or None; with what its queryset annotates."""
        rows = self.read(**given)
        return self._object(rows[0]) if rows else None

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


# --- Writing
# --------------------------------------------------------------------------------------------------
# No signals are sent: `post_save` has no receiver but that of simple-history, and the history of a
# request is written by its own `save`.


class Saved(Given):
    """A place for the value of a column that is written."""

    def prepare(self, value: Any) -> Any:
        """Return a value as its field saves it."""
        field: Any = self.converts
        return field.get_db_prep_save(value, connection)


class Write(Compiled):
    """An INSERT or an UPDATE; `returned` names the values that the database returns."""

    def __init__(self, compiler: Any, sql: str, params: Sequence[Any], returned: Any = ()) -> None:
        super().__init__(sql, params, is_fixed=True)
        self.returned = [field.attname for field in returned]
        columns = [field.get_col(field.model._meta.db_table) for field in returned]
        self.converters = compiler.get_converters(columns)

    def run(self, values: Mapping[str, Any]) -> Any:
        """Write; return the row that comes back, or the number of rows if none does."""
        with self.executed(values) as cursor:
            return self._converted(cursor.fetchone()) if self.returned else cursor.rowcount


def insert_row(obj: Model) -> None:
    """Insert a new row, and read the values that the database gives it."""
    meta, state = obj._meta, obj._state
    _check_related(obj)
    fields = [field for field in meta.concrete_fields if not field.generated]
    values = {field.attname: field.pre_save(obj, add=True) for field in fields}
    if obj.pk is None:
        del values[meta.pk.attname]
    values = {
        name: value for name, value in values.items() if not isinstance(value, DatabaseDefault)
    }
    insert = _insert(type(obj), tuple(values))
    returned = insert.run(values)
    if insert.returned:
        for name, value in zip(insert.returned, returned, strict=True):
            setattr(obj, name, value)
    state.adding, state.db = False, connection.alias


def update_row(obj: Model, names: Sequence[str]) -> None:
    """Update columns of a stored row; raise `DatabaseError` if there is no such row."""
    _check_related(obj)
    fields: list[Any] = [obj._meta.get_field(name) for name in names]
    values = {field.attname: field.pre_save(obj, add=False) for field in fields}
    if _update(type(obj), tuple(values)).run(values | {"pk": obj.pk}) != 1:
        raise DatabaseError("No row was updated.")


def _check_related(obj: Any) -> None:
    """Copy the ids of related objects, as the ORM does; raise an error for one that has none."""
    obj._prepare_related_fields_for_save(operation_name="save")


@compiled
def _insert(model: type[Model], names: tuple[str, ...]) -> Write:
    of: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
    places: Any = SimpleNamespace(**{name: Saved(name, of[name]) for name in names})
    query = InsertQuery(model)
    query.insert_values([of[name] for name in names], [places], raw=True)
    compiler: Any = query.get_compiler(connection.alias)
    returned = [field for field in model._meta.db_returning_fields if field.attname not in names]
    compiler.returning_fields = returned
    [(sql, params)] = compiler.as_sql()
    return Write(compiler, sql, params, returned)


@compiled
def _update(model: type[Model], names: tuple[str, ...]) -> Write:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rows = model._base_manager.filter(pk=Given("pk", model._meta.pk))
    return write_update(rows, {name: Saved(name, fields[name]) for name in names})


def write_update(rows: "QuerySet[Any, Any]", values: Mapping[str, Any]) -> Write:
    """Return the statement that updates columns of rows; each value is a place or an expression."""
    fields = {field.attname: field for field in rows.model._meta.concrete_fields}
    query: Any = rows.order_by().query.chain(UpdateQuery)
    query.add_update_fields([(fields[name], None, value) for name, value in values.items()])
    compiler = query.get_compiler(connection.alias)
    return Write(compiler, *compiler.as_sql())
