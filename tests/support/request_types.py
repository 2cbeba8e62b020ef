"""Request types that tests make."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from gasutil.access import SYSTEM
from gasutil.models import (
    Calendar,
    MilestoneLimit,
    RequestField,
    RequestType,
)
from gasutil.workflow import catalogue as catalogue_verbs


def make_type(
    code: str = "survey",
    *,
    fields: Iterable[dict[str, Any]] = (),
    limits: Mapping[str, int] = MappingProxyType({}),
    calendar: Calendar | None = None,
    **about: Any,
) -> RequestType:
    """Make a request type and publish it.

    Its limits are minutes, by the calendar where there is one.
    """
    request_type = RequestType(code=code, name=code.title(), calendar=calendar, **about)
    request_type.skip_history_when_saving = True  # publishing writes the row
    request_type.save()
    for position, item in enumerate(fields):
        RequestField.objects.create(
            request_type=request_type, position=position, **{"label": item["name"].title()} | item
        )
    for position, (name, minutes) in enumerate(limits.items()):
        MilestoneLimit.objects.create(
            request_type=request_type,
            position=position,
            name=name,
            label=name.title(),
            minutes=minutes,
            in_business_hours=calendar is not None,
        )
    return catalogue_verbs.publish(request_type.pk, actor=SYSTEM)
