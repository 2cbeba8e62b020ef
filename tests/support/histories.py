"""The triggers that protect histories."""

from django.db import connection as db_connection

from gasutil.models.append_only import histories
from gasutil.models.proof import PROTECTED_TABLES
from gasutil.sqlite_triggers import add_triggers, remove_triggers


def switch_triggers(switch: str, name: str) -> None:
    """Switch a trigger of all histories: `ENABLE` or `DISABLE`."""
    if db_connection.vendor == "postgresql":
        with db_connection.cursor() as cursor:
            for model in [*histories(), *PROTECTED_TABLES]:
                cursor.execute(f"ALTER TABLE {model._meta.db_table} {switch} TRIGGER {name}")
    elif name == "append_only":
        (add_triggers if switch == "ENABLE" else remove_triggers)(None, db_connection.alias)
