"""Every history is append-only.

It is so by its model, and on PostgreSQL by triggers that a migration adds.
"""

from typing import Any

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.models import PROTECT

from gasutil.history_triggers import MakeAppendOnly
from gasutil.models.append_only import AppendOnlyRow, histories
from gasutil.models.proof import PROTECTED_TABLES

HISTORIES = sorted([*histories(), *PROTECTED_TABLES], key=lambda model: model._meta.label)


def test_there_are_histories_of_many_to_many_fields_too() -> None:
    assert {"RequestUpdate", "HistoricalUser", "HistoricalTeam_members", "Leaf"} <= {
        model.__name__ for model in HISTORIES
    }


def test_a_migration_adds_the_triggers_of_every_history() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    plan = loader.graph.forwards_plan(loader.graph.leaf_nodes("gasutil")[0])
    steps = [
        step
        for key in plan
        if key[0] == "gasutil"
        for step in loader.get_migration(*key).operations
        if isinstance(step, MakeAppendOnly)
    ]
    assert {step.model_name_lower: step.erasable for step in steps} == {
        model._meta.model_name: model.erasable for model in HISTORIES
    }


@pytest.mark.parametrize("model", HISTORIES, ids=lambda model: model.__name__)
def test_its_model_rejects_changes(model: Any) -> None:
    assert issubclass(model, AppendOnlyRow)
    stored = model.from_db(
        None,
        [field.attname for field in model._meta.concrete_fields],
        [None] * len(model._meta.concrete_fields),
    )
    for change in (
        stored.save,
        stored.delete,
        model.objects.all().delete,
        lambda: model.objects.update(pk=1),
    ):
        with pytest.raises(TypeError, match=r"The log is append-only\."):
            change()


@pytest.mark.parametrize(
    "model",
    [model for model in HISTORIES if hasattr(model, "history_user")],
    ids=lambda model: model.__name__,
)
def test_the_account_that_a_row_names_is_protected(model: Any) -> None:
    assert model._meta.get_field("history_user").remote_field.on_delete is PROTECT


@pytest.mark.parametrize(
    "model",
    [model for model in HISTORIES if hasattr(model, "instance_type")],
    ids=lambda model: model.__name__,
)
def test_the_rows_of_one_object_reject_changes(model: Any) -> None:
    manager = getattr(model.instance_type, "history", None)
    for change in (
        (manager.all().delete, lambda: manager.update(history_type="~")) if manager else ()
    ):
        with pytest.raises(TypeError, match=r"The log is append-only\."):
            change()


def test_what_an_erasure_empties_is_a_column() -> None:
    columns = {
        model: {field.column for field in model._meta.concrete_fields} for model in HISTORIES
    }
    assert [
        model.__name__ for model in HISTORIES if not set(model.erasable) <= columns[model]
    ] == []
