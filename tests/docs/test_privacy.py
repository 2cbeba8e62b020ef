"""The page about personal data names every column with text, and tests that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import (
    BinaryField,
    CharField,
    Field,
    FloatField,
    GenericIPAddressField,
    JSONField,
    Model,
    TextField,
)
from django.db.models.fields.files import FileField

from gasutil.privacy import mentions, redaction

PAGE = (settings.BASE_DIR / "docs" / "privacy.md").read_text()
CLEARED, REST = PAGE.split("All other texts in the database are kept", 1)
CLEARED = CLEARED[CLEARED.index("| Table or file |") :]
KEPT, REST = REST.split("\n## ", 1)
DUTIES = PAGE[PAGE.index("\n## Duties") :]
NAME = re.compile(r"`([A-Z][A-Za-z_]*)(?:\.([a-z_0-9]+))?`")
HOLDS_TEXT = (
    *(BinaryField, CharField, FileField, FloatField, GenericIPAddressField),
    *(JSONField, TextField),
)
# Models that the redaction reaches by another name, or that a function of another module clears.
CLEARED_ELSEWHERE = {
    "HistoricalUser": "User",
    "Session": "ConsoleSession",
    "Leaf": "erasure",
    "SearchEntry": "search_index",
}


def models() -> Iterator[type[Model]]:
    """Yield the models of the product."""
    for model in apps.get_models(include_auto_created=True):
        is_ours = model._meta.app_label not in ("contenttypes", "example_app")
        if is_ours and not model._meta.proxy:
            yield model


def holds_text(field: "Field[object, object]") -> bool:
    """Return whether a column may hold personal data: any text, file or place, but no choice."""
    return isinstance(field, HOLDS_TEXT) and not field.choices


def texts() -> set[str]:
    """Return the columns that may hold personal data, as `Model.column`."""
    return {
        f"{model.__name__}.{field.name}"
        for model in models()
        for field in model._meta.concrete_fields
        if holds_text(field)
    }


def named(section: str) -> set[str]:
    """Return the columns that the tables of a section name; a model alone names all of its."""
    rows = "\n".join(line for line in section.splitlines() if line.startswith("| "))
    result = set()
    for model, column in NAME.findall(rows):
        of_model = {name for name in texts() if name.startswith(f"{model}.")}
        result |= {f"{model}.{column}"} if column else of_model
    return result


def test_every_column_with_text_is_cleared_or_kept_for_a_reason() -> None:
    cleared, kept = named(CLEARED), named(KEPT)
    assert cleared & kept == set()
    assert texts() - cleared - kept == set()
    assert cleared | kept <= texts(), "A column is not there any more."


def test_the_redaction_reaches_every_table_that_is_cleared() -> None:
    reached = {name.partition(".")[0] for name in named(CLEARED)}
    missing = {
        model
        for model in reached
        if not any(
            hasattr(module, CLEARED_ELSEWHERE.get(model, model)) for module in (redaction, mentions)
        )
    }
    assert missing == set()


def test_what_histories_can_erase_is_cleared() -> None:
    erasable = {
        f"{model.__name__}.{name}"
        for model in (redaction.RequestUpdate, redaction.User.history.model)
        for name in model.erasable
    }
    assert erasable <= named(CLEARED)


@pytest.mark.parametrize("duty", [row for row in DUTIES.splitlines() if row.startswith("| ")][1:])
def test_the_test_of_each_duty_exists(duty: str) -> None:
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", duty)
    assert tests
    for file, name in tests:
        assert f"\ndef {name}(" in Path(settings.BASE_DIR / file).read_text(), (file, name)
