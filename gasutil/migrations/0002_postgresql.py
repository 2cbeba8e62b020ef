"""What PostgreSQL does better than SQLite: find a word anywhere without reading every row, and keep the log as it was.

SQLite reads every row, and there the log is guarded by the models alone.
"""

from typing import Any

from django.db import migrations

CREATE = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    """
    CREATE INDEX request_search ON gasutil_servicerequest
    USING gin (upper(description) gin_trgm_ops, upper(address) gin_trgm_ops)
    """,
    """
    CREATE FUNCTION gasutil_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''The log is append-only.''; END'
    """,
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON gasutil_requestupdate
    FOR EACH ROW EXECUTE FUNCTION gasutil_refuse_change()
    """,
]
DROP = [
    "DROP TRIGGER append_only ON gasutil_requestupdate",
    "DROP FUNCTION gasutil_refuse_change",
    "DROP INDEX request_search",
]


def on_postgresql(statements: list[str]) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        for statement in statements if schema_editor.connection.vendor == "postgresql" else []:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("gasutil", "0001_initial")]
    operations = [migrations.RunPython(on_postgresql(CREATE), on_postgresql(DROP))]
