"""Migration operations that lock a table for a moment at most.

They work concurrently on PostgreSQL, and as usual elsewhere.

A migration that uses them has `atomic = False`, so an interruption leaves part of it done. They can
run again: they skip what is done, and build an index again that PostgreSQL left invalid.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    NotInTransactionMixin,
    RemoveIndexConcurrently,
)
from django.db import transaction
from django.db.migrations.operations import AddField, AddIndex, AlterField, RemoveIndex
from django.db.migrations.operations.base import Operation
from django.db.models import Index

CREATE_UNIQUE = "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({column})"
ATTACH_UNIQUE = "ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"
CREATE = "CREATE INDEX CONCURRENTLY {name} ON {table} ({column})"
CREATE_TRIGRAM = (
    "CREATE INDEX CONCURRENTLY {{index}} ON {{table}} USING gin ({texts}) WITH"
    " (gin_pending_list_limit = 256)"
)
DROP = "DROP INDEX CONCURRENTLY IF EXISTS {name}"


class AddFieldOnline(NotInTransactionMixin, AddField):
    """Add a column and commit.

    Within a transaction, the table would stay locked while Django works on the operations that
    follow.
    """

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Add the column, unless it is there."""
        self._ensure_not_in_transaction(schema_editor)
        model = to_state.apps.get_model(app_label, self.model_name)
        column = model._meta.get_field(self.name).column
        if schema_editor.collect_sql or column not in _columns(schema_editor, model._meta.db_table):
            with _one_transaction(schema_editor):
                super().database_forwards(app_label, schema_editor, from_state, to_state)


class AddIndexOnline(AddIndexConcurrently):
    """Add an index while others write."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Add the index."""
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        if not _has_index(schema_editor, table, self.index.name):
            _run(
                AddIndexConcurrently.database_forwards,
                AddIndex.database_forwards,
                self,
                app_label,
                schema_editor,
                from_state,
                to_state,
            )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Remove the index."""
        _run(
            AddIndexConcurrently.database_backwards,
            AddIndex.database_backwards,
            self,
            app_label,
            schema_editor,
            from_state,
            to_state,
        )


class RemoveIndexOnline(RemoveIndexConcurrently):
    """Remove an index while others write."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Remove the index."""
        table = from_state.apps.get_model(app_label, self.model_name)._meta.db_table
        if schema_editor.collect_sql or _has_index(schema_editor, table, self.name):
            _run(
                RemoveIndexConcurrently.database_forwards,
                RemoveIndex.database_forwards,
                self,
                app_label,
                schema_editor,
                from_state,
                to_state,
            )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Add the index."""
        _run(
            RemoveIndexConcurrently.database_backwards,
            RemoveIndex.database_backwards,
            self,
            app_label,
            schema_editor,
            from_state,
            to_state,
        )


class MakeUniqueOnline(NotInTransactionMixin, AlterField):
    """Make a column unique while others write.

    Build the index first, then make it the constraint.
    """

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Add the constraint."""
        if not _is_postgresql(schema_editor):
            with _one_transaction(schema_editor):
                super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        self._ensure_not_in_transaction(schema_editor)
        model = to_state.apps.get_model(app_label, self.model_name)
        table, column = model._meta.db_table, model._meta.get_field(self.name).column
        name = str(schema_editor._unique_constraint_name(table, [column], quote=False))
        if schema_editor.collect_sql or not _unique_constraints(schema_editor, table, column):
            if not _has_index(schema_editor, table, name):
                _execute(schema_editor, CREATE_UNIQUE, name=name, table=table, column=column)
            schema_editor.execute(_quoted(schema_editor, ATTACH_UNIQUE, name=name, table=table))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop the constraint."""
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Return the line that `migrate --plan` shows."""
        return f"Concurrently make {self.name} of {self.model_name} unique"


class DropFieldIndexOnline(NotInTransactionMixin, AlterField):
    """Drop the index of a column while others write: the field is one with `db_index=False`."""

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop the index, and the one for patterns that Django makes beside it."""
        self._ensure_not_in_transaction(schema_editor)
        model = from_state.apps.get_model(app_label, self.model_name)
        column, named = (
            model._meta.get_field(self.name).column,
            [index.name for index in model._meta.indexes],
        )
        for name in schema_editor._constraint_names(
            model, [column], index=True, unique=False, type_=Index.suffix, exclude=named
        ):
            _drop(schema_editor, name)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Build the index again."""
        model = to_state.apps.get_model(app_label, self.model_name)
        table, column = model._meta.db_table, model._meta.get_field(self.name).column
        name = schema_editor._create_index_name(table, [column])
        if not _has_index(schema_editor, table, name):
            create = (
                CREATE if _is_postgresql(schema_editor) else CREATE.replace(" CONCURRENTLY", "")
            )
            _execute(schema_editor, create, name=name, table=table, column=column)

    def describe(self) -> str:
        """Return the line that `migrate --plan` shows."""
        return f"Concurrently drop the index of {self.name} of {self.model_name}"


class DropIndexesOnline(NotInTransactionMixin, Operation):
    """Drop indexes of PostgreSQL that the models do not name.

    Django makes such indexes for patterns, for example. Going back makes none.
    """

    atomic = False
    reversible = True

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing: the models do not name these indexes."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop the indexes that are there."""
        if _is_postgresql(schema_editor):
            self._ensure_not_in_transaction(schema_editor)
            for name in self.names:
                _drop(schema_editor, name)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Do nothing: the indexes were redundant."""

    def describe(self) -> str:
        """Return the line that `migrate --plan` shows."""
        return f"Concurrently drop {len(self.names)} indexes"


class AddTrigramIndexOnline(NotInTransactionMixin, Operation):
    """Add a trigram index of texts while others write, for `contains`; PostgreSQL only.

    A text is columns, joined by a bar. With a `condition`, the index has only the rows for which a
    boolean column is true.

    Every search reads through what is still to be sorted into the index, so that is 256 kB at most,
    not 4 MB. Sorting in every row at once would double the time of changes.
    """

    atomic = False
    reversible = True

    def __init__(
        self, model_name: str, name: str, texts: Sequence[Sequence[str]], condition: str = ""
    ) -> None:
        self.model_name, self.name, self.texts = model_name, name, texts
        self.condition = condition

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing: the models do not name this index."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Add the index."""
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        if _is_postgresql(schema_editor) and not _has_index(schema_editor, table, self.name):
            self._ensure_not_in_transaction(schema_editor)
            joined = (" || '|' || ".join(f"{{{name}}}" for name in text) for text in self.texts)
            create = CREATE_TRIGRAM.format(
                texts=", ".join(f"({text}) gin_trgm_ops" for text in joined)
            )
            columns = {name: name for text in self.texts for name in text}
            if self.condition:
                create += " WHERE {condition}"
                columns["condition"] = self.condition
            _execute(schema_editor, create, index=self.name, table=table, **columns)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop the index."""
        if _is_postgresql(schema_editor):
            _drop(schema_editor, self.name)

    def describe(self) -> str:
        """Return the line that `migrate --plan` shows."""
        return f"Concurrently add the trigram index {self.name} of {self.model_name}"


def _is_postgresql(schema_editor: Any) -> bool:
    return bool(schema_editor.connection.vendor == "postgresql")


def _columns(schema_editor: Any, table: str) -> list[str]:
    with schema_editor.connection.cursor() as cursor:
        return [
            column.name
            for column in schema_editor.connection.introspection.get_table_description(
                cursor, table
            )
        ]


def _one_transaction(schema_editor: Any) -> AbstractContextManager[None]:
    """Return a transaction on databases that write the table again for a column.

    Writing the table again must not stop half-way.
    """
    return (
        nullcontext()
        if _is_postgresql(schema_editor)
        else transaction.atomic(schema_editor.connection.alias)
    )


def _run(
    online: Any, plain: Any, operation: Any, app_label: str, schema_editor: Any, *states: Any
) -> None:
    """Run the concurrent form of an operation on PostgreSQL, and the plain one elsewhere."""
    with _waiting(schema_editor):
        (online if _is_postgresql(schema_editor) else plain)(
            operation, app_label, schema_editor, *states
        )


def _has_index(schema_editor: Any, table: str, name: str) -> bool:
    """Return whether an index of that name exists.

    Drop one that an interruption has left invalid.
    """
    if schema_editor.collect_sql:
        return False
    with schema_editor.connection.cursor() as cursor:
        if name not in schema_editor.connection.introspection.get_constraints(cursor, table):
            return False
        if not _is_postgresql(schema_editor):
            return True
        quoted = schema_editor.quote_name(name)
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [quoted])
        is_valid = bool(cursor.fetchone()[0])
    if not is_valid:
        _drop(schema_editor, name)
    return is_valid


def _unique_constraints(schema_editor: Any, table: str, column: str) -> list[str]:
    """Return the names of the constraints, not of bare indexes, that make a column unique."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND conkey"
            " = ARRAY[attnum] WHERE contype = 'u' AND conrelid = %s::regclass AND attname = %s",
            [schema_editor.quote_name(table), column],
        )
        return [name for (name,) in cursor.fetchall()]


def _drop(schema_editor: Any, name: str) -> None:
    _execute(
        schema_editor,
        DROP if _is_postgresql(schema_editor) else DROP.replace(" CONCURRENTLY", ""),
        name=name,
    )


def _execute(schema_editor: Any, statement: str, **names: str) -> None:
    with _waiting(schema_editor):
        schema_editor.execute(_quoted(schema_editor, statement, **names))


def _quoted(schema_editor: Any, statement: str, **names: str) -> str:
    return statement.format(**{key: schema_editor.quote_name(name) for key, name in names.items()})


@contextmanager
def _waiting(schema_editor: Any) -> Iterator[None]:
    """Wait as long as it takes for other transactions to end.

    No call waits for a statement that runs concurrently.
    """
    if schema_editor.collect_sql or not _is_postgresql(schema_editor):
        yield
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', '0', false)")
    yield
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])
