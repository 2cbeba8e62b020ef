import io
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.core.management import call_command
from django.db.migrations import Migration, RunPython, RunSQL, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    ForeignKey,
    Index,
    Model,
    TextField,
    UniqueConstraint,
)
from django.db.models.functions import Random

from gasutil.concurrent_indexes import AddIndexOnline
from tests.architecture.migration_rules import errors

RELEASED = "0012_accounts_without_address"  # the last migration of the previous release, 0.1.0
NOT_BATCHED = "Raw Python operation: it does not work in batches of BATCH_SIZE rows"
REVIEWED: Mapping[str, str] = {
    f"0016_fill_identifiers: {NOT_BATCHED}": "`identity_keys.fill_identity_keys` does",
    f"0041_work_permission: {NOT_BATCHED}": "it is some groups and representatives",
    f"0020_export_permission: {NOT_BATCHED}": "it is one row",
    f"0046_plain_permission_name: {NOT_BATCHED}": "it is one row",
    f"0063_safety_approval: {NOT_BATCHED}": "it is some request types",
}


def new_migrations() -> Iterator[tuple[Migration, ProjectState]]:
    """Yield the migrations since the previous release, each with the state before it."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for key in loader.graph.forwards_plan(loader.graph.leaf_nodes("gasutil")[0]):
        if key[0] == "gasutil" and key[1] > RELEASED:
            yield loader.get_migration(*key), loader.project_state(key, at_end=False)


def test_no_change_of_a_model_is_without_its_migration(db: None) -> None:
    output = io.StringIO()
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=output)
    assert output.getvalue() == "No changes detected\n"


def test_the_previous_release_runs_on_the_new_schema_and_nothing_locks_a_table_for_long(
    db: None,
) -> None:
    new_tables = set[str]()
    result = [
        f"{migration.name}: {error}"
        for migration, state in new_migrations()
        for error in errors(migration, state, new_tables)
    ]
    assert [error for error in result if error not in REVIEWED] == []
    assert set(REVIEWED) <= set(result), "An exception is no longer needed."


def fill(apps: Any, schema_editor: Any) -> None:
    apps.get_model("gasutil", "Customer").objects.update(name="")


CUSTOMER = [
    ("id", BigIntegerField(primary_key=True)),
    ("name", CharField(max_length=20, null=True)),
    ("code", CharField(max_length=20, db_default="")),
    ("points", BigIntegerField(null=True)),
]
INDEX = Index(fields=["name"], name="customer_name")
BREAKING: Mapping[str, list[Operation]] = {
    "remove a column": [operations.RemoveField("customer", "name")],
    "rename a column": [operations.RenameField("customer", "name", "label")],
    "remove a table": [operations.DeleteModel("Customer")],
    "rename a table": [operations.RenameModel("Customer", "Client")],
    "not null without a default of the database": [
        operations.AddField("customer", "is_new", BooleanField(default=True))
    ],
    "a default that is calculated for each row": [
        operations.AddField("customer", "draw", BigIntegerField(db_default=Random()))
    ],
    "a unique column": [
        operations.AddField("customer", "key", CharField(max_length=20, null=True, unique=True))
    ],
    "a foreign key with an index": [
        operations.AddField(
            "customer", "parent", ForeignKey("gasutil.customer", null=True, on_delete=lambda: 0)
        )
    ],
    "no more null": [operations.AlterField("customer", "name", CharField(max_length=20))],
    "no more default": [operations.AlterField("customer", "code", CharField(max_length=20))],
    "shorter": [operations.AlterField("customer", "name", CharField(max_length=10, null=True))],
    "another type": [operations.AlterField("customer", "points", TextField(null=True))],
    "unique from now on": [
        operations.AlterField("customer", "name", CharField(max_length=20, null=True, unique=True))
    ],
    "an index under a lock": [operations.AddIndex("customer", INDEX)],
    "a constraint": [
        operations.AddConstraint(
            "customer", UniqueConstraint(fields=["name"], name="customer_once")
        )
    ],
    "an index built online in a transaction": [AddIndexOnline("customer", INDEX)],
    "all rows in one statement": [RunPython(fill)],
    "SQL": [RunSQL("SELECT 1")],
    "a column before another operation": [
        operations.AddField("customer", "extra", BooleanField(null=True)),
        operations.CreateModel("Place", CUSTOMER),
    ],
    "two columns in one transaction": [
        operations.AddField("customer", name, BooleanField(null=True))
        for name in ("first", "second")
    ],
}
HARMLESS: Mapping[str, list[Operation]] = {
    "a column that may be null": [
        operations.AddField("customer", "extra", BooleanField(null=True))
    ],
    "a default of the database": [
        operations.AddField("customer", "extra", BooleanField(default=False, db_default=False))
    ],
    "a foreign key without an index": [
        operations.AddField(
            "customer",
            "parent",
            ForeignKey("gasutil.customer", null=True, db_index=False, on_delete=lambda: 0),
        )
    ],
    "null from now on": [
        operations.AlterField(
            "customer", "code", CharField(max_length=20, db_default="", null=True)
        )
    ],
    "longer": [operations.AlterField("customer", "name", CharField(max_length=40, null=True))],
    "another help text": [
        operations.AlterField(
            "customer", "name", CharField(max_length=20, null=True, help_text="As printed.")
        )
    ],
    "a column after other operations": [
        operations.CreateModel("Place", CUSTOMER),
        operations.AlterField(
            "customer", "name", CharField(max_length=20, null=True, help_text="As printed.")
        ),
        operations.AddField("customer", "extra", BooleanField(null=True)),
    ],
    "a new table and its index": [
        operations.CreateModel("Place", CUSTOMER),
        operations.AddIndex("place", INDEX),
        operations.AddField("place", "is_new", BooleanField(default=True)),
    ],
}


def errors_of(result: list[Operation]) -> list[str]:
    state = ProjectState()
    for name in ("Customer", "Meter"):
        operations.CreateModel(name, CUSTOMER, bases=(Model,)).state_forwards("gasutil", state)
    migration = Migration("0099_test", "gasutil")
    migration.operations = result
    return list(errors(migration, state, set()))


@pytest.mark.parametrize("name", BREAKING)
def test_a_migration_that_breaks_a_rule_is_found(name: str, db: None) -> None:
    assert errors_of(BREAKING[name])


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_migration_is_not(name: str, db: None) -> None:
    assert errors_of(HARMLESS[name]) == []
