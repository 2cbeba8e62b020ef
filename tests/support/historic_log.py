"""A log that an earlier release has written: run by `manage.py shell` on a database of its own.

The models are those of a migration's state, so that rows of all histories are inserted, added to
the tree and signed while the tables are as they were then.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from django.apps import apps as django_apps
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.base import ModelBase
from django.utils import timezone

from gasutil.models.append_only import Exemption, exempt
from gasutil.models.calendars import HoursField
from gasutil.models.fields import PhoneField
from gasutil.proof import checkpoints, entries, sequencer
from gasutil.proof.entries import PROVED_HISTORIES, ProvedHistory
from gasutil.proof.keys import create_key_file
from gasutil.sqlite_triggers import remove_triggers

APP = "gasutil"
UPDATES = 140  # of each request: together they fill a tile
LATER_ROWS = ("txid", "history_id")  # columns that the database fills


def write_log(name: str, version: int) -> str:
    """Migrate to a state, write rows of all histories, add them to the tree and sign it.

    Return the checkpoint.

    Args:
        name: the migration.
        version: the version of the entries of then.
    """
    call_command("migrate", APP, name, verbosity=0)
    apps = _state(name).apps
    with _historic(apps, version) as sources:
        _insert(apps, sources)
        _publish()
        with exempt(Exemption.ERASURE):
            _erase(apps, sources["request"])
        _insert_updates(apps, apps.get_model(APP, "ServiceRequest").objects.get(pk=1), 3)
        return str(checkpoints.as_note(_publish()))


def rewrite(name: str, log: str, column: str, value: Any) -> int:
    """Run a migration that changes the second row of a history, as no migration may.

    Return the number of the row.
    """
    model, changed = PROVED_HISTORIES[log].model.__name__, []

    def change(apps: Any, editor: Any) -> None:
        rows = apps.get_model(APP, model).objects.order_by("history_id")
        changed.append(rows[1].pk)
        assert rows.filter(pk__in=changed).update(**{column: value}) == 1

    def switch(verb: str) -> Any:
        sql = f"ALTER TABLE {PROVED_HISTORIES[log].model._meta.db_table} {verb} TRIGGER append_only"
        return migrations.RunSQL(sql if connection.vendor == "postgresql" else "SELECT 1")

    class Rewriting(migrations.Migration):
        operations: Sequence[Any] = (switch("DISABLE"), migrations.RunPython(change))

    Rewriting.operations = [*Rewriting.operations, switch("ENABLE")]
    remove_triggers(None, "default")  # those of SQLite, as `migrate` does
    with connection.schema_editor(atomic=False) as editor:
        Rewriting("rewriting", APP).apply(_state(name), editor)
    return int(changed[0])


def upgrade() -> None:
    """Run all migrations, add the rows that they write, as a worker does, and sign the tree."""
    call_command("migrate", verbosity=0)
    _publish()


def leaves() -> str:
    """Return the hash of each leaf, as JSON."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT hash FROM gasutil_leaf ORDER BY "index"')
        return json.dumps([bytes(value).hex() for (value,) in cursor.fetchall()])


def _state(name: str) -> Any:
    return MigrationLoader(connection).project_state((APP, name))


@contextmanager
def _historic(apps: Any, version: int) -> Iterator[Mapping[str, ProvedHistory]]:
    """Let the sequencer and the signing use the models and the entries of a state."""
    sources = {log: _source(source, apps) for log, source in PROVED_HISTORIES.items()}
    with ExitStack() as stack:
        for module in (checkpoints, entries, sequencer):
            for model in _models_in(module):
                own = apps.get_model(APP, model.__name__)
                stack.enter_context(patch.object(module, model.__name__, own))
        stack.enter_context(patch.object(entries, "ENTRY_VERSION", version))
        stack.enter_context(patch.object(sequencer, "PROVED_HISTORIES", sources))
        yield sources


def _models_in(module: Any) -> list[Any]:
    values = (value for value in vars(module).values() if isinstance(value, ModelBase))
    return [value for value in values if value in django_apps.get_app_config(APP).get_models()]


def _source(source: ProvedHistory, apps: Any) -> ProvedHistory:
    """Return a history with the model, and the columns, that a state has."""
    model = apps.get_model(APP, source.model.__name__)
    columns = {field.attname for field in model._meta.concrete_fields}
    return replace(
        source,
        model=model,
        plain={name: column for name, column in source.plain.items() if column in columns},
        salted={name: column for name, column in source.salted.items() if column in columns},
        members={
            name: (apps.get_model(APP, related.__name__), column)
            for name, (related, column) in source.members.items()
        },
    )


def _publish() -> Any:
    create_key_file()
    while sequencer.append_rows(list(PROVED_HISTORIES)) == sequencer.BATCH_SIZE:
        pass
    checkpoint = checkpoints.sign()
    checkpoints.copy_to_store()
    return checkpoint


# --- Rows
# --------------------------------------------------------------------------------------------------
def _insert(apps: Any, sources: Mapping[str, ProvedHistory]) -> None:
    """Insert rows of all histories: each column has a value, as far as the database allows it."""
    user = _create(apps.get_model(APP, "User"), 1)
    authors = {
        "history_user": user,
        "machine_account": _create(apps.get_model(APP, "MachineAccount"), 1, user),
    }
    for log, source in sources.items():
        if log in ("log", "request"):
            continue
        names = {field.name for field in source.model._meta.concrete_fields}
        known = {name: value for name, value in authors.items() if name in names}
        for number in range(3):
            row = _create_row(source.model, number, **known)
            for model, column in source.members.values():
                for member in (number + 20, number + 10):
                    _create_row(model, number, history=row, **{column: member})
    for number in (1, 2):
        obj = _create(
            apps.get_model(APP, "ServiceRequest"),
            number,
            customer=user,
            assigned_to=user,
            request_type=_create(apps.get_model(APP, "RequestType"), number, user),
            incident=_create(apps.get_model(APP, "Incident"), number, user),
            details={"meter": "Zähler 7", "places": [1, 2]},
            latitude=52.52,
            longitude=13.4,
            version=0,
        )
        _insert_updates(apps, obj, UPDATES)


def _insert_updates(apps: Any, obj: Any, count: int) -> None:
    """Insert the next rows of a request, the last of which has its state."""
    model = apps.get_model(APP, "RequestUpdate")
    events = [value for value, _ in model._meta.get_field("event").flatchoices]
    for version in range(obj.version + 1, obj.version + count + 1):
        _create_row(
            model,
            version,
            id=obj.pk,
            event=events[(version - 1) % len(events)] if version <= UPDATES else events[1],
            version=version,
            status=obj.status,
            priority=obj.priority,
            assigned_to_id=obj.assigned_to_id,
            request_type_id=obj.request_type_id,
            incident_id=obj.incident_id,
            customer_id=obj.customer_id,
            history_user_id=obj.customer_id,
        )
    obj.version += count
    obj.save(update_fields=["version"])


def _erase(apps: Any, source: ProvedHistory) -> None:
    """Erase the notes of one row and the IP address of another, as the release of then does."""
    leaves = apps.get_model(APP, "Leaf").objects.filter(log="request").order_by("index")
    notes, address = leaves[2], leaves[3]
    for leaf, salt, emptied in (
        (notes, "salt", {"notes": ""}),
        (address, "ip_salt", {"ip": None}),
    ):
        rows = source.model._default_manager.filter(pk=leaf.row)
        digests = entries.salted_digests(source, rows.get(), leaf)
        if salt == "ip_salt":
            digests = leaf.digests | {"ip": digests["ip"]}
        leaves.model.objects.filter(pk=leaf.pk).update(**{salt: None, "digests": digests})
        rows.update(**emptied)


def _create(model: Any, number: int, user: Any = None, **given: Any) -> Any:
    """Create an object; what has no default gets a value, and references to accounts the user."""
    needed = [
        field
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.generated or field.null or field.has_default())
        and field.name not in given
    ]
    values = {field.name: user if field.is_relation else _value(field, number) for field in needed}
    return model.objects.create(**values | given)


def _create_row(model: Any, number: int, **given: Any) -> Any:
    """Create a row each of whose columns has a value, besides references to other objects."""
    known = {name.removesuffix("_id") for name in given}
    values = {
        field.name: _value(field, number)
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.is_relation)
        and field.name not in known
        and field.name not in LATER_ROWS
    }
    return model.objects.create(**values | given)


def _value(field: Any, number: int) -> Any:
    """Return a value for a column."""
    if field.flatchoices:
        return field.flatchoices[number % len(field.flatchoices)][0]
    for kind, value in (
        (PhoneField, "+493012345678"),
        (HoursField, "09:00-17:00"),
        (models.BooleanField, number % 2 == 1),
        (models.DateTimeField, timezone.now()),
        (models.DateField, dt.date(2026, 2, 1)),
        (models.TimeField, dt.time(8, 30)),
        (models.IntegerField, number + 1),
        (models.FloatField, 0.5),
        (models.GenericIPAddressField, f"2001:db8::{number + 1:x}"),
        (models.JSONField, [{"name": f"é{number}", "values": [number, "a", None, True]}]),
    ):
        if isinstance(field, kind):
            return value
    return f"{field.name}{number} é"[: field.max_length]
