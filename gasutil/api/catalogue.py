"""The catalogue in the language of the caller."""

from collections.abc import Sequence
from typing import Any

from gasutil.access import Actor
from gasutil.dynamic_forms import schema
from gasutil.models.safety_texts import stored_text, text_in_use
from gasutil.models.type_texts import (
    current_texts,
    translated_form,
    translated_limits,
)


def localise(actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    """Translate the texts of request types, and add the schema of their details."""
    for row in rows:
        texts = current_texts(row["translations"])
        row["safety_instructions"] = _safety_text(row)
        row |= {name: texts.get(name) or row[name] for name in ("name", "description")}
        row["milestones"] = translated_limits(row["milestones"], texts)
        row["schema"] = schema(translated_form(row["form"], texts), row["name"])


def _safety_text(row: dict[str, Any]) -> str:
    stored = stored_text(row["safety_instructions"], row["translations"], row["schema_version"])
    return text_in_use(
        stored,
        row["approved_safety"],
        is_approved=row["safety_approved_at"] is not None,
        is_emergency=row["is_emergency"],
    ).localised
