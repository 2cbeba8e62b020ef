"""Fails a test in which product code changes an object with a history without writing a row of it.

It watches the statements of every test, and so covers the API, the console, bulk changes, imports,
commands and tasks.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group

from gasutil.models import (
    Attachment,
    ExternalReference,
    MilestoneLimit,
    RequestField,
    RequestType,
    ServiceRequest,
    Team,
    User,
)

ROOT = Path(__file__).resolve().parents[2]
PRODUCT, TESTS = f"{ROOT / 'gasutil'}/", f"{ROOT / 'tests'}/"
MIGRATIONS = f"{ROOT / 'gasutil' / 'migrations'}/"
WRITE = re.compile(r'(UPDATE|INSERT INTO|DELETE FROM) "(\w+)"(?: SET (.*))?', re.DOTALL)
COLUMN = re.compile(r'"(\w+)" = ')
PARTS: Mapping[Any, Any] = {  # what has no history of its own → whose history has its changes
    Attachment: ServiceRequest,
    ExternalReference: ServiceRequest,
    RequestField: RequestType,
    MilestoneLimit: RequestType,
    Group.permissions.through: Group,
    User.groups.through: User,
    User.user_permissions.through: User,
    Team.members.through: Team,
    Team.request_types.through: Team,
}


def tracked_models() -> dict[Any, Any]:
    """Return the models that have a history, each with the model of its rows."""
    return {
        model: model.history.model
        for model in apps.get_models()
        if hasattr(model, "history") and hasattr(model.history, "model")
    }


def _columns(model: Any, rows: Any) -> set[str]:
    """Return the columns whose changes need a row."""
    if model in PARTS:
        return {field.column for field in model._meta.concrete_fields}
    return {field.column for field in rows.tracked_fields if field.column != "id"}


class HistoryGuard:
    """Watches the statements of one connection."""

    def __init__(self) -> None:
        rows = tracked_models()
        self.history = {
            model._meta.db_table: rows[PARTS.get(model, model)]._meta.db_table
            for model in [*rows, *PARTS]
        }
        self.columns = {
            model._meta.db_table: _columns(model, rows[PARTS.get(model, model)])
            for model in [*rows, *PARTS]
        }
        self.pending: dict[str, str] = {}

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Run a statement, and note whether it writes to a model or a history."""
        result = execute(sql, params, many, context)
        if sql.startswith("INSERT") or (sql[:1] in "UD" and context["cursor"].rowcount):
            self.note(sql)
        elif sql.startswith("ROLLBACK"):
            self.pending.clear()
        return result

    def note(self, sql: str) -> None:
        """Note a write: it needs a row of its history, or it is one."""
        match = WRITE.match(sql)
        if match is None:
            return
        verb, table, assignments = match.groups()
        self.pending.pop(table, None)
        history = self.history.get(table)
        if history is None:
            return
        columns = set(COLUMN.findall((assignments or "").rpartition(" WHERE ")[0]))
        if verb == "UPDATE" and not columns & self.columns[table]:
            return
        place = _caller()
        if place:
            self.pending[history] = f"{place}: {sql[:100]}"


def _caller() -> str:
    """Return the place in the product that writes; empty for a test that prepares its data."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(MIGRATIONS) or (name.startswith(TESTS) and name != __file__):
            return ""
        if name.startswith(PRODUCT):
            return f"{name.removeprefix(str(ROOT))}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return ""
