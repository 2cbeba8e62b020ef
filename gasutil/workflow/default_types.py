"""The request types that every installation starts with."""

import json
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import Q
from django.utils.translation import gettext_noop

from gasutil.access import SYSTEM
from gasutil.models import Calendar, MilestoneLimit, Priority, RequestField, RequestType
from gasutil.models.catalogue import DEFAULT_EMERGENCIES
from gasutil.models.history import signed
from gasutil.workflow import catalogue
from gasutil.workflow.type_translations import add_shipped_translations, store_shipped_translations

LINES = ("choices", "danger_answers")  # lists in the file, lines in the database


def load_on_first_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Load the catalogue after a completed migration, where there is no type at all."""
    loader = MigrationLoader(connections[using])
    if not loader.applied_migrations.keys() >= set(loader.graph.leaf_nodes(sender.label)):
        return
    if not RequestType.objects.exists():
        load_missing()
    repair_emergency_types()
    add_spoken_texts()


def add_spoken_texts() -> None:
    """Give default types of earlier releases their spoken safety texts, which need approval.

    Types that have had one keep what their manager made of it, also if that is nothing.
    """
    for row in _shipped()["request_types"]:
        text = row.get("spoken_instructions", "")
        request_type = RequestType.objects.filter(code=row["code"], version__gt=0).first()
        if not text or request_type is None or request_type.spoken_instructions:
            continue
        if RequestType.history.filter(code=row["code"]).exclude(spoken_instructions="").exists():
            continue
        request_type.spoken_instructions = text
        request_type.safety_approved_by = request_type.safety_approved_at = None
        add_shipped_translations(request_type)
        signed(request_type, None, gettext_noop("Spoken safety text added")).save()


def _shipped() -> dict[str, Any]:
    path = settings.BASE_DIR / "fixtures" / "catalogue.json"
    shipped: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return shipped


def repair_emergency_types() -> None:
    """Make emergency types of earlier releases accept every report.

    The defaults become active, priority and fact consistent, and nothing is required.
    """
    emergencies = RequestType.objects.filter(
        Q(code__in=DEFAULT_EMERGENCIES) | Q(is_emergency=True) | Q(priority=Priority.EMERGENCY)
    )
    for request_type in emergencies.filter(version__gt=0):
        is_default = request_type.code in DEFAULT_EMERGENCIES
        required = request_type.fields.filter(is_required=True)
        is_consistent = request_type.is_emergency and request_type.priority == Priority.EMERGENCY
        if is_consistent and (request_type.is_active or not is_default) and not required.exists():
            continue
        with transaction.atomic():
            required.update(is_required=False)
            request_type.is_active, request_type.is_emergency = (
                request_type.is_active or is_default,
                True,
            )
            request_type.skip_history_when_saving = True  # type: ignore[attr-defined]  # publishing writes the row
            request_type.save(update_fields=["is_active", "is_emergency"])
            catalogue.publish(request_type.pk, actor=SYSTEM)


def load_missing() -> int:
    """Add and publish the shipped types that are missing, and return their number.

    Types that have never been published are missing too; others stay as they are.
    """
    shipped = _shipped()
    published = set(RequestType.objects.filter(version__gt=0).values_list("code", flat=True))
    missing = [row for row in shipped["request_types"] if row["code"] not in published]
    if missing:
        with transaction.atomic():
            calendar = _load_calendars(shipped["calendars"])
            for row in missing:
                _load_type(row, calendar)
    return len(missing)


def load_missing_translations() -> int:
    """Add the translations that the default types lack, and return the number of types changed."""
    return sum(
        store_shipped_translations(row.pk) for row in RequestType.objects.filter(version__gt=0)
    )


def _load_calendars(rows: list[dict[str, str]]) -> Calendar:
    """Add the calendars that are missing; return the first."""
    first, *_ = [Calendar.objects.get_or_create(name=row["name"], defaults=row)[0] for row in rows]
    return first


def _load_type(row: dict[str, Any], calendar: Calendar) -> None:
    """Add one type with its fields and milestones, and publish it."""
    fields, milestones = row.pop("fields"), row.pop("milestones")
    request_type = RequestType.objects.filter(code=row["code"]).first() or RequestType(**row)
    request_type.calendar, request_type.icon, request_type.effect = (
        calendar,
        row["icon"],
        row.get("effect", ""),
    )
    request_type.skip_history_when_saving = True  # type: ignore[attr-defined]  # publishing writes the row
    request_type.save()
    RequestField.objects.bulk_create(
        RequestField(
            request_type=request_type,
            position=position,
            **{**item, **{name: "\n".join(item.get(name, [])) for name in LINES}},
        )
        for position, item in enumerate(fields)
    )
    MilestoneLimit.objects.bulk_create(
        MilestoneLimit(request_type=request_type, position=position, **item)
        for position, item in enumerate(milestones)
    )
    catalogue.publish(request_type.pk, actor=SYSTEM, finish=add_shipped_translations)
