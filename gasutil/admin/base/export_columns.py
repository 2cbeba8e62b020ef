"""The columns of each export, each with the path of its value."""

import datetime as dt
import types
from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from import_export.fields import Field

from gasutil import deadlines
from gasutil.admin.base.exports import ExportResource
from gasutil.models import RequestType, RequestUpdate, SecurityEvent, ServiceRequest, Team, User

MILESTONE_COLUMNS = ("due_at", "met_at", "breached", "minutes_late")


def _columns(**paths: str) -> dict[str, Field]:
    """Return the columns of a file, each with the path of its value."""
    return {name: Field(attribute=path, column_name=name) for name, path in paths.items()}


def _rows(model: Any, base: type[ExportResource], /, **paths: str) -> type[ExportResource]:
    """Return the resource of a model with these columns, in this order."""
    meta = type("Meta", (), {"model": model, "fields": tuple(paths), "export_order": tuple(paths)})
    made: type[ExportResource] = types.new_class(
        f"{model.__name__}Rows",
        (base,),
        exec_body=lambda own: own.update(_columns(**paths), Meta=meta),
    )
    return made


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


class MilestoneField(Field):
    """One column of a milestone.

    The name of a milestone can have any underscores, so that it can't be part of a path.
    """

    def __init__(self, name: str, part: str) -> None:
        super().__init__(column_name=f"{name}_{part}")
        self.name, self.part = name, part

    def get_value(self, instance: Any) -> Any:
        """Return the value of a request, if it has the milestone."""
        return instance.milestone_columns.get(self.name, {}).get(self.part)


class RequestRows(ExportResource):
    """Requests, with the columns of every milestone that a type or a request of the export has."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.now = timezone.now()
        self._add_milestones(deadlines.EMERGENCY_LIMITS)
        for limits in RequestType.objects.values_list("limits", flat=True):
            self._add_milestones(limit["name"] for limit in limits)

    def before_export(self, queryset: QuerySet[Any], **kwargs: Any) -> None:
        """Add the milestones that only the requests have, and fetch the teams."""
        for milestones in queryset.values_list("milestones", flat=True):
            self._add_milestones(milestone["name"] for milestone in milestones)
        self.teams: dict[str, list[str]] = {}
        for code, name in Team.objects.filter(request_types__isnull=False).values_list(
            "request_types__code", "name"
        ):
            self.teams.setdefault(code, []).append(name)

    def export_resource(self, instance: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Return one row."""
        instance.team = "; ".join(self.teams.get(instance.request_type_id, ()))
        instance.milestone_columns = {
            milestone.name: self._milestone(milestone)
            for milestone in deadlines.milestones_of(instance)
        }
        row: list[Any] = super().export_resource(instance, *args, **kwargs)
        return row

    def _add_milestones(self, names: Iterable[str]) -> None:
        for field in (MilestoneField(name, part) for name in names for part in MILESTONE_COLUMNS):
            self.fields.setdefault(field.column_name, field)

    def _milestone(self, milestone: deadlines.Milestone) -> dict[str, Any]:
        late = (milestone.met_at or milestone.stopped_at or self.now) - milestone.due_at
        minutes = round(late / dt.timedelta(minutes=1), 1) if late > dt.timedelta() else None
        return {
            "due_at": milestone.due_at,
            "met_at": milestone.met_at,
            "breached": milestone.is_breached(self.now),
            "minutes_late": minutes,
        }


REQUEST_EXPORT = _rows(
    ServiceRequest,
    RequestRows,
    reference="reference",
    customer="customer__username",
    request_type="request_type_id",
    **_same("description", "address", "details", "status", "priority", "is_emergency"),
    assigned_to="assigned_to__username",
    **_same(
        "contact",
        "received_at",
        "created_at",
        "updated_at",
        "respond_by",
        "resolve_by",
        "resolved_at",
        "version",
        "channel",
        "team",
    ),
    incident="incident__reference",
)
HISTORY_EXPORT = _rows(
    RequestUpdate,
    ExportResource,
    id="history_id",
    at="history_date",
    occurred_at="occurred_at",
    reference="reference",
    **_same("event", "subject"),
    author="history_user__username",
    machine_account="machine_account__name",
    **_same("channel", "is_internal", "previous_status", "status", "priority"),
    assigned_to="assigned_to__username",
    **_same("respond_by", "resolve_by", "changed", "notes"),
)
ACCOUNTS = _rows(
    User,
    ExportResource,
    **_same(
        "id",
        "username",
        "first_name",
        "last_name",
        "email",
        "email_confirmed",
        "phone_number",
        "address",
        "user_type",
    ),
    **_same("is_approved", "is_active", "date_joined", "last_login"),
)
SIGN_INS = _rows(
    SecurityEvent,
    ExportResource,
    id="id",
    at="created_at",
    **_same("event", "outcome", "entry_point", "username"),
    account="account__username",
    **_same("ip", "user_agent", "details"),
)


def select_references(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return rows of the log with their requests' references, their authors and assignees."""
    tickets = ServiceRequest.objects.filter(pk=OuterRef("id")).values("reference")[:1]
    named: QuerySet[Any] = rows.annotate(reference=Subquery(tickets)).select_related(
        "history_user", "machine_account", "assigned_to"
    )
    return named


def with_columns(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return requests with the data that their columns need.

    These include the channel that each came by, and its incident.
    """
    first = (
        RequestUpdate.objects.filter(id=OuterRef("pk")).order_by("history_id").values("channel")[:1]
    )
    joined: QuerySet[Any] = rows.annotate(channel=Subquery(first)).select_related(
        "request_type", "customer", "assigned_to", "incident"
    )
    return joined
