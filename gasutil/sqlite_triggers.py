"""The triggers that keep SQLite's histories append-only.

SQLite drops a table's triggers when a migration makes the table again, and refuses to drop columns
that triggers name. So they are removed before a migration, and added after it. They ask a function
of the connection for the exemption of the transaction: a program without it can't change any row.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connections

from gasutil.models.append_only import REJECTED, AppendOnlyRow, exemption_of, histories
from gasutil.models.proof import PROTECTED_TABLES

EMPTY = "('', '[]', '{}', 'null')"
TRIGGER = """
CREATE TRIGGER "append_only_{verb}_{table}" BEFORE {verb} ON "{table}" WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""


def protected_models() -> Sequence[type[AppendOnlyRow]]:
    """Return the models whose tables have triggers."""
    return [*histories(), *PROTECTED_TABLES]


def provide_exemption(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Give a new connection to SQLite the function that the triggers call."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "gasutil_exemption", 0, lambda: exemption_of(connection)
        )


def remove_triggers(sender: AppConfig | None, using: str, **kwargs: Any) -> None:
    """Remove the triggers before a migration."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        for name in trigger_names(connection):
            with connection.cursor() as cursor:
                cursor.execute(f'DROP TRIGGER "{name}"')


def add_triggers(sender: AppConfig | None, using: str, **kwargs: Any) -> None:
    """Add the triggers after a migration, to the tables that there are."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    remove_triggers(sender, using)
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in protected_models():
            if model._meta.db_table in tables and _is_complete(connection, cursor, model):
                for statement in _statements(model):
                    cursor.execute(statement)


def trigger_names(connection: Any) -> set[str]:
    """Return the names of the triggers that there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'"
        )
        return {name for (name,) in cursor.fetchall()}


def expected_names() -> set[str]:
    """Return the names of the triggers that there should be."""
    return {
        f"append_only_{verb}_{model._meta.db_table}"
        for model in protected_models()
        for verb in ("UPDATE", "DELETE")
    }


def _is_complete(connection: Any, cursor: Any, model: type[AppendOnlyRow]) -> bool:
    """Return whether a table has all columns of its model: not after a migration backwards."""
    result = connection.introspection.get_table_description(cursor, model._meta.db_table)
    columns = {column.name for column in result}
    return {field.column for field in model._meta.concrete_fields} <= columns


def _statements(model: type[AppendOnlyRow]) -> list[str]:
    columns = [str(field.column) for field in model._meta.concrete_fields]
    allowed = [
        f"gasutil_exemption() = 'erasure' AND {_is_erasure(columns, model.erasable)}",
    ]
    if "customer_id" in columns and "txid" in columns:
        others = " AND ".join(_is_same(name) for name in columns if name != "customer_id")
        allowed.append(f"gasutil_exemption() = 'customer' AND {others}")
    is_allowed = " OR ".join(f"({condition})" for condition in allowed)
    table = model._meta.db_table
    return [
        TRIGGER.format(verb=verb, table=table, message=REJECTED, condition=condition)
        for verb, condition in (("UPDATE", f"NOT coalesce({is_allowed}, 0)"), ("DELETE", "1"))
    ]


def _is_erasure(columns: Sequence[str], erasable: Sequence[str]) -> str:
    """Return the condition that nothing but erasable columns was emptied.

    `digests` are filled while a salt goes.
    """
    conditions = []
    for name in columns:
        condition = _is_same(name)
        if name == "digests":
            gone = " OR ".join(
                f"(OLD.{salt} IS NOT NULL AND NEW.{salt} IS NULL)" for salt in ("salt", "ip_salt")
            )
            condition = f"({condition} OR {gone})"
        elif name in erasable:
            condition = f'({condition} OR NEW."{name}" IS NULL OR NEW."{name}" IN {EMPTY})'
        conditions.append(condition)
    return " AND ".join(conditions)


def _is_same(name: str) -> str:
    return f'OLD."{name}" IS NEW."{name}"'
