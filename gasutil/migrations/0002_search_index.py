"""Let PostgreSQL find a word anywhere in a description or an address without reading them all. SQLite reads them all."""

from typing import Any

from django.db import migrations

CREATE = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX request_search ON gasutil_servicerequest USING gin (upper(description) gin_trgm_ops, upper(address) gin_trgm_ops)",
]
DROP = ["DROP INDEX request_search"]


def on_postgresql(statements: list[str]) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        for statement in statements if schema_editor.connection.vendor == "postgresql" else []:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("gasutil", "0001_initial")]
    operations = [migrations.RunPython(on_postgresql(CREATE), on_postgresql(DROP))]
