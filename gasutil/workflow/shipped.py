"""The request types that every installation starts with."""

import json
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader

from gasutil.access import SYSTEM
from gasutil.models import Calendar, MilestoneLimit, RequestField, RequestType
from gasutil.workflow import catalogue


def load_at_first(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Load the catalogue after a migration that has come to the end, where there is no type at all."""
    loader = MigrationLoader(connections[using])
    if loader.applied_migrations.keys() >= set(loader.graph.leaf_nodes(sender.label)) and not RequestType.objects.exists():
        load_missing()


def load_missing() -> int:
    """Add and publish the shipped types that are missing or have never been published, and return how many; others stay as they are."""
    shipped = json.loads((settings.BASE_DIR / "fixtures" / "catalogue.json").read_text(encoding="utf-8"))
    published = set(RequestType.objects.filter(version__gt=0).values_list("code", flat=True))
    missing = [row for row in shipped["request_types"] if row["code"] not in published]
    if missing:
        with transaction.atomic():
            calendar = _load_calendars(shipped["calendars"])
            for row in missing:
                _load_type(row, calendar)
    return len(missing)


def _load_calendars(rows: list[dict[str, str]]) -> Calendar:
    """Add the calendars that are missing; return the first."""
    first, *_ = [Calendar.objects.get_or_create(name=row["name"], defaults=row)[0] for row in rows]
    return first


def _load_type(row: dict[str, Any], calendar: Calendar) -> None:
    """Add one type with its fields and milestones, and publish it."""
    fields, milestones = row.pop("fields"), row.pop("milestones")
    kind = RequestType.objects.filter(code=row["code"]).first() or RequestType(**row)
    kind.calendar, kind.icon, kind.effect = calendar, row["icon"], row.get("effect", "")
    kind.skip_history_when_saving = True  # type: ignore[attr-defined]  # publishing writes the row
    kind.save()
    RequestField.objects.bulk_create(
        RequestField(request_type=kind, position=position, **{**one, "choices": "\n".join(one.get("choices", []))})
        for position, one in enumerate(fields)
    )
    MilestoneLimit.objects.bulk_create(
        MilestoneLimit(request_type=kind, position=position, **one) for position, one in enumerate(milestones)
    )
    catalogue.publish(kind.pk, actor=SYSTEM)
