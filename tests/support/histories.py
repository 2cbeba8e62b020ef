"""The triggers that protect histories."""

from django.db import connection as db_connection

from gasutil.models.append_only import histories


def switch_triggers(switch: str, name: str) -> None:
    """Switch a trigger of all histories: `ENABLE` or `DISABLE`. SQLite has none."""
    if db_connection.vendor == "postgresql":
        with db_connection.cursor() as cursor:
            for model in histories():
                cursor.execute(f"ALTER TABLE {model._meta.db_table} {switch} TRIGGER {name}")
