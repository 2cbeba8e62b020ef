"""What the API answers: the shape of each model's rows, and the few answers that are no row."""

import datetime as dt
from typing import Any

from ninja import Schema
from pydantic import Field, create_model

from gasutil import deadlines, messages
from gasutil.api.bodies import EXAMPLE_JWT
from gasutil.api.fields import many
from gasutil.api.resource import Computed, Paged, Shape
from gasutil.details import schema
from gasutil.models import Attachment, RequestType, RequestUpdate, ServiceRequest, User


class Limit(Schema):
    """How long a type gives for a step on its way, in minutes from when a request is filed: round the clock, or business hours."""

    name: str = Field(examples=["acknowledged"])
    label: str = Field(examples=["Acknowledged"])
    minutes: int = Field(examples=[15])
    in_business_hours: bool = Field(examples=[False])


class Milestone(Schema):
    """One limit of one request: when it is due, when it was reached, and whether that was too late, or is by now."""

    name: str = Field(examples=["acknowledged"])
    due_at: dt.datetime = Field(examples=["2026-11-23T14:35:00Z"])
    met_at: dt.datetime | None = Field(examples=["2026-11-23T14:31:12Z"])
    is_breached: bool = Field(examples=[False])


UPDATE = Shape(
    name="RequestUpdate",
    model=RequestUpdate,
    fields=" ".join(messages.UPDATE),
    renamed=messages.UPDATE,
    example={
        "id": 2,
        "service_request": 1,
        "status": "in_progress",
        "previous_status": "pending",
        "notes": "Technician assigned for inspection",
        "is_internal": False,
        "author": 7,
        "created_at": "2026-11-23T14:31:12Z",
    },
)
ATTACHMENT = Shape(
    name="Attachment",
    model=Attachment,
    fields="id service_request filename content_type size sha256 created_at uploaded_by",
    example={
        "id": 1,
        "service_request": 1,
        "filename": "meter.jpg",
        "content_type": "image/jpeg",
        "size": 184_320,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "created_at": "2026-11-23T14:31:12Z",
        "uploaded_by": 34,
    },
)
REQUEST = Shape(
    name="ServiceRequest",
    model=ServiceRequest,
    fields="id reference request_type description address details status priority customer assigned_to created_at updated_at resolved_at"
    " respond_by resolve_by is_overdue safety_instructions version",
    computed={"is_overdue": Computed(bool, deadlines.is_overdue)},
    hidden="due_at",
    example={
        "id": 1,
        "reference": "SR-7KQ-2M4-TDX",
        "request_type": "gas_leak_inspection",
        "description": "Suspected gas leak near kitchen stove",
        "address": "Flat 302, Sunrise Apartments, Koramangala, Bengaluru - 560095",
        "details": {},
        "status": "in_progress",
        "priority": "emergency",
        "customer": 34,
        "assigned_to": 7,
        "created_at": "2026-11-23T14:30:00Z",
        "updated_at": "2026-11-23T14:31:12Z",
        "resolved_at": None,
        "respond_by": "2026-11-23T14:35:00Z",
        "resolve_by": "2026-11-24T02:30:00Z",
        "is_overdue": False,
        "safety_instructions": "Call the gas emergency number now, from a safe place. …",
        "version": 2,
    },
)
REQUEST_TYPE = Shape(
    name="RequestType",
    model=RequestType,
    fields="code name description is_emergency priority safety_instructions schema schema_version milestones",
    renamed={"schema_version": "version", "milestones": "limits"},
    computed={"schema": Computed(dict[str, Any], lambda row: schema(row["form"], row["name"]))},
    hidden="form",
    types={"milestones": many(Limit)},
    example={
        "code": "no_supply",
        "name": "No gas supply",
        "description": "Gas has stopped coming, at all appliances.",
        "is_emergency": False,
        "priority": "high",
        "safety_instructions": "Turn every appliance off at its tap. …",
        "schema": {
            "type": "object",
            "properties": {"since": {"title": "Since when?", "type": "string", "format": "date-time"}},
            "additionalProperties": False,
        },
        "schema_version": 1,
        "milestones": [{"name": "acknowledged", "label": "Acknowledged", "minutes": 15, "in_business_hours": False}],
    },
)
PROFILE = Shape(
    name="Profile",
    model=User,
    fields="id username email email_confirmed first_name last_name phone_number address user_type is_approved date_joined"
    " language muted_notices",
    example={
        "id": 34,
        "username": "anshu_singh",
        "email": "anshu.singh@gmail.com",
        "email_confirmed": True,
        "first_name": "Anshu",
        "last_name": "Singh",
        "phone_number": "+917890123456",
        "address": "Flat 302, Sunrise Apartments, Koramangala, Bengaluru - 560095",
        "user_type": "customer",
        "is_approved": False,
        "date_joined": "2026-11-23T14:29:00Z",
        "language": "en",
        "muted_notices": ["assigned"],
    },
)


class OpenOfType(Schema):
    """How many requests of a type are open."""

    request_type: str = Field(examples=["meter_reading_dispute"])
    open: int = Field(examples=[12])


class Day(Schema):
    """How many requests were opened and resolved on a day."""

    day: dt.date = Field(examples=["2026-11-23"])
    opened: int = Field(examples=[9])
    resolved: int = Field(examples=[8])
    in_time: int = Field(description="Of the resolved, those that were so by the time promised.", examples=[7])


class Dashboard(Schema):
    """The figures of the desk, of a moment ago."""

    open: int = Field(examples=[47])
    mine: int = Field(examples=[5])
    unassigned: int = Field(examples=[11])
    overdue: int = Field(examples=[3])
    emergencies: int = Field(examples=[2])
    on_hold: int = Field(examples=[6])
    escalated_today: int = Field(description="Requests that were escalated in the last 24 hours.", examples=[1])
    kept_in_time: float | None = Field(
        description="The share of those resolved in these days that were so by the time promised.", examples=[0.875]
    )
    by_type: list[OpenOfType]
    days: list[Day]


class TokenPair(Schema):
    """The tokens of a login: `access` opens the API for minutes, `refresh` brings the next pair once."""

    refresh: str = Field(examples=[EXAMPLE_JWT])
    access: str = Field(examples=[EXAMPLE_JWT])


_change: dict[str, Any] = {  # `from` is a word of Python's
    "field": (str, Field(..., examples=["status"])),
    "from": (Any, Field(..., examples=["pending"])),
    "to": (Any, Field(..., examples=["in_progress"])),
}
FieldChange = create_model("FieldChange", __base__=Schema, __doc__="One field's old and new value.", **_change)


class HistoryEntry(Schema):
    """One row of a request's history, field by field."""

    id: int = Field(examples=[2])
    event: str = Field(examples=["request.status_changed"])
    changed_at: dt.datetime = Field(examples=["2026-11-23T14:31:12Z"])
    changed_by: int | None = Field(examples=[7])
    channel: str = Field(examples=["console"])
    notes: str = Field(examples=["Technician assigned for inspection"])
    is_internal: bool = Field(examples=[False])
    changes: list[FieldChange]  # type: ignore[valid-type]


HISTORY = Paged("History", HistoryEntry, ordering="id")
