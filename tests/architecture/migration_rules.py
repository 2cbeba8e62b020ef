"""The rules for migrations.

The previous release runs on the new schema, and no statement locks a table for long. A release
expands the schema (columns with `db_default`, tables, indexes); the one after it contracts, when no
process uses what it removes. See docs/operations/upgrades.md and docs/contributing.md.
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, Field, Value
from django.db.models.functions import Now

from gasutil.concurrent_indexes import (
    AddFieldOnline,
    AddIndexOnline,
    AddTrigramIndexOnline,
    DropFieldIndexOnline,
    DropIndexesOnline,
    MakeUniqueOnline,
    RemoveIndexOnline,
)
from gasutil.history_triggers import FillCustomer, MakeAppendOnly, ReplaceTriggerFunction

ONLINE = (
    AddFieldOnline,
    AddIndexOnline,
    AddTrigramIndexOnline,
    DropFieldIndexOnline,
    DropIndexesOnline,
    FillCustomer,
    MakeAppendOnly,
    MakeUniqueOnline,
    RemoveIndexOnline,
)
NO_SQL = (
    operations.AlterConstraint,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    ReplaceTriggerFunction,
)  # or none on a table
LOCK_BRIEFLY = (operations.RemoveConstraint, operations.AlterModelTableComment)
FORBIDDEN: Mapping[type[Operation], str] = {
    operations.RemoveField: "the previous release uses the column",
    operations.RenameField: "the previous release uses the old name",
    operations.DeleteModel: "the previous release uses the table",
    operations.RenameModel: "the previous release uses the old name",
    operations.AlterModelTable: "the previous release uses the old name",
    operations.RenameIndex: "it locks the table; add one and remove the other online",
    operations.AddIndex: "it locks the table; use AddIndexOnline",
    operations.RemoveIndex: "it locks the table; use RemoveIndexOnline",
    operations.AddConstraint: (
        "it reads the table under a lock; use MakeUniqueOnline, or NOT VALID and VALIDATE"
    ),
    operations.AlterUniqueTogether: "it builds an index under a lock",
    operations.AlterIndexTogether: "it builds an index under a lock",
    operations.AlterOrderWithRespectTo: "it adds a column that is not null",
}


def errors(migration: Migration, state: ProjectState, new_tables: set[str]) -> Iterator[str]:
    """Yield what breaks the rules.

    Take the state to after the migration, and add the tables that it makes.

    Nothing limits what is done to `new_tables`: the previous release does not know them, and they
    are empty.
    """
    locked = ""
    for operation in _flat(migration.operations):
        before, after = state.clone(), state
        operation.state_forwards(migration.app_label, after)
        if locked:
            yield (
                f"{locked}: the table stays locked while Django works on what follows: make it the"
                " last, or use AddFieldOnline"
            )
        locked = ""
        if isinstance(operation, operations.CreateModel):
            new_tables.add(operation.name_lower)
            if not migration.atomic:
                yield (
                    f"{operation.describe()}: it can't run again after an interruption; give it a"
                    " migration that is atomic"
                )
            continue
        table = getattr(operation, "model_name_lower", getattr(operation, "name_lower", ""))
        if table in new_tables and not isinstance(operation, ONLINE):
            continue
        for reason in _reasons(operation, migration, before, after):
            yield f"{operation.describe()}: {reason}"
        if migration.atomic and _has_sql(operation, migration, before, after):
            locked = operation.describe()


def _flat(result: list[Operation]) -> Iterator[Operation]:
    for operation in result:
        if isinstance(operation, operations.SeparateDatabaseAndState):
            yield from _flat([*operation.state_operations, *operation.database_operations])
        else:
            yield operation


def _reasons(
    operation: Operation, migration: Migration, before: ProjectState, after: ProjectState
) -> Iterator[str]:
    """Yield why an operation on a table that the previous release uses breaks the rules."""
    forbidden = next((reason for kind, reason in FORBIDDEN.items() if type(operation) is kind), "")
    if forbidden:
        yield forbidden
    elif isinstance(operation, (*ONLINE, operations.RunPython, operations.RunSQL)):
        if migration.atomic:
            yield "it must not hold its locks until a transaction ends: set `atomic = False`"
        if isinstance(operation, operations.RunSQL):
            yield "it is SQL, which a reviewer has to read"
        if isinstance(operation, operations.RunPython) and "BATCH_SIZE" not in inspect.getsource(
            inspect.getmodule(operation.code)
        ):
            yield "it does not work in batches of BATCH_SIZE rows"
        if isinstance(operation, AddFieldOnline):
            yield from _of_new_column(_field(after, migration, operation))
    elif isinstance(operation, NO_SQL):
        return
    else:
        yield from _of_columns(operation, migration, before, after)


def _of_columns(
    operation: Operation, migration: Migration, before: ProjectState, after: ProjectState
) -> Iterator[str]:
    if not _has_sql(operation, migration, before, after):
        return
    if not migration.atomic:
        yield "it can't run again after an interruption; give it a migration that is atomic"
    if isinstance(operation, operations.AddField):
        yield from _of_new_column(_field(after, migration, operation))
    elif isinstance(operation, operations.AlterField):
        yield from _of_changed_column(
            _field(before, migration, operation), _field(after, migration, operation)
        )
    elif not isinstance(operation, LOCK_BRIEFLY):
        yield "no rule allows it"


def _of_new_column(field: Any) -> Iterator[str]:
    if field.many_to_many:
        return
    if field.generated:
        yield "PostgreSQL writes every row again"
    elif not field.null and field.db_default is NOT_PROVIDED:
        yield "the previous release inserts rows without it: give it a `db_default`"
    if field.db_default is not NOT_PROVIDED and not isinstance(
        field._db_default_expression, Value | Now
    ):
        yield "PostgreSQL writes every row again, to calculate the default of each"
    if field.unique:
        yield (
            "the unique index is built under a lock: add the field without, then use"
            " MakeUniqueOnline"
        )
    elif field.db_index:
        yield "the index is built under a lock: use `db_index=False` and AddIndexOnline"


def _of_changed_column(old: Field[Any, Any], new: Field[Any, Any]) -> Iterator[str]:
    if old.null and not new.null:
        yield "the previous release writes NULL"
    if old.db_default is not NOT_PROVIDED and new.db_default is NOT_PROVIDED:
        yield "the previous release inserts rows without it"
    if new.unique and not old.unique:
        yield "the unique index is built under a lock: use MakeUniqueOnline"
    if old.db_index != new.db_index:
        yield (
            "the index is built or dropped under a lock: use AddIndexOnline or DropFieldIndexOnline"
        )
    if old.get_internal_type() != new.get_internal_type() or old.column != new.column:
        yield (
            "the previous release uses the column as it was, and PostgreSQL writes every row again"
        )
    elif (new.max_length or 2**31) < (old.max_length or 2**31):
        yield "the previous release writes longer values"
    elif new.db_check(connection) not in (None, old.db_check(connection)):
        yield "the previous release writes values that the new check rejects"


def _field(state: ProjectState, migration: Migration, operation: Any) -> Any:
    return state.apps.get_model(migration.app_label, operation.model_name)._meta.get_field(
        operation.name
    )


def _has_sql(
    operation: Operation, migration: Migration, before: ProjectState, after: ProjectState
) -> bool:
    """Return whether an operation changes the database, not the models alone."""
    if isinstance(operation, NO_SQL):
        return False
    if isinstance(operation, operations.AlterField):
        editor = connection.SchemaEditorClass(connection, collect_sql=True)
        return bool(
            editor._field_should_be_altered(
                _field(before, migration, operation), _field(after, migration, operation)
            )
        )
    return True
