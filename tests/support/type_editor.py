"""The editor of request types: its pages, and the form that they show."""

from collections.abc import Sequence
from typing import Any

from gasutil.models import RequestType

LIST = "/admin/gasutil/requesttype/"


def rows(prefix: str, given: Sequence[dict[str, Any]], initial: int = 0) -> dict[str, Any]:
    """Return some rows as a browser sends them."""
    sent = {
        f"{prefix}-{number}-{name}": value
        for number, row in enumerate(given)
        for name, value in row.items()
    }
    return sent | {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": initial}


def edited(request_type: RequestType, **changed: Any) -> dict[str, Any]:
    """Return the form of a type as its page shows it.

    `changed` may name a row's field as `fields__0__label`.
    """
    names = ("name", "description", "icon", "priority", "effect", "safety_instructions")
    text = {name: getattr(request_type, name) for name in names} | {
        "calendar": request_type.calendar_id or ""
    }
    text |= {name: "on" for name in ("is_active", "is_emergency") if getattr(request_type, name)}
    for prefix, related in (
        ("fields", request_type.fields.all()),
        ("milestones", request_type.milestones.all()),
    ):
        given = [{"id": row.pk, "request_type": request_type.pk} | _sent(row) for row in related]
        text |= rows(prefix, given, len(given))
    text |= {name.replace("__", "-"): value for name, value in changed.items()}
    return {name: value for name, value in text.items() if value is not None}


def _sent(row: Any) -> dict[str, Any]:
    values = {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if field.name not in ("id", "request_type")
    }
    return {
        name: "on" if value is True else value
        for name, value in values.items()
        if value is not False and value is not None
    }


def page(request_type: RequestType, name: str = "change") -> str:
    return f"{LIST}{request_type.pk}/{name}/"
