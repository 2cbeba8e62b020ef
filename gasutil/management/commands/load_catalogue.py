"""Load the request types that every installation starts with; those that are there stay as managers made them."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from gasutil.access import SYSTEM
from gasutil.models import Calendar, MilestoneLimit, RequestField, RequestType
from gasutil.workflow import catalogue


class Command(BaseCommand):
    """Add the types of `fixtures/catalogue.json` that are missing, and give fields and limits to those that never had any."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Add what is missing, in the file's order."""
        shipped = json.loads((settings.BASE_DIR / "fixtures" / "catalogue.json").read_text(encoding="utf-8"))
        published = set(RequestType.objects.filter(version__gt=0).values_list("code", flat=True))
        missing = [row for row in shipped["request_types"] if row["code"] not in published]
        if missing:
            with transaction.atomic():
                calendar = load_calendars(shipped["calendars"])
                for row in missing:
                    load_type(row, calendar)
        if options["verbosity"]:
            self.stdout.write(f"{len(missing)} request types added, {len(published)} were there.")


def load_calendars(rows: list[dict[str, str]]) -> Calendar:
    """Add the calendars that are missing; return the first."""
    first, *_ = [Calendar.objects.get_or_create(name=row["name"], defaults=row)[0] for row in rows]
    return first


def load_type(row: dict[str, Any], calendar: Calendar) -> None:
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
