"""The responses of the API.

They are the representations of each model's rows, and the few responses that are no row.
"""

import datetime as dt
from typing import Any

from ninja import Schema
from pydantic import Field, create_model

from gasutil import request_fields, updates
from gasutil.api import catalogue, customers, incidents
from gasutil.api.bodies import EXAMPLE_JWT, EXAMPLE_TRACKING_TOKEN
from gasutil.api.framework.fields import Id, column, many, response_type
from gasutil.api.framework.problem_schemas import FieldError
from gasutil.api.framework.resource import Computed, Detail, Paged, Representation
from gasutil.models import (
    Attachment,
    AuthorKind,
    Delivery,
    Incident,
    Login,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    User,
    Webhook,
)


class Limit(Schema):
    """The time limit of a milestone in minutes from when a request is filed.

    The minutes are counted around the clock or in business hours.
    """

    name: str = Field(examples=["acknowledged"])
    label: str = Field(examples=["Acknowledged"])
    minutes: int = Field(examples=[15])
    in_business_hours: bool = Field(examples=[False])


class Milestone(Schema):
    """A deadline of a request: when it is due, when it was met, and whether it is breached."""

    name: str = Field(examples=["acknowledged"])
    due_at: dt.datetime = Field(examples=["2026-11-23T14:35:00Z"])
    met_at: dt.datetime | None = Field(examples=["2026-11-23T14:31:12Z"])
    is_breached: bool = Field(examples=[False])


_values: dict[str, Any] = {  # `from` is a keyword of Python
    "from": (Any, Field(..., examples=["pending"])),
    "to": (Any, Field(..., examples=["in_progress"])),
}
ChangedValue = create_model(
    "ChangedValue", __base__=Schema, __doc__="The old and the new value of a field.", **_values
)
UPDATE = Representation(
    name="RequestUpdate",
    model=RequestUpdate,
    fields=" ".join(updates.UPDATE_FIELDS),
    renamed=updates.UPDATE_COLUMNS,
    hidden=" ".join(updates.HIDDEN),
    types={
        "event": str,  # no enum: later releases add names
        "attachment": Id | None,
        "occurred_at": dt.datetime,
        "changes": dict[str, ChangedValue],  # type: ignore[valid-type]
    },
    added={"milestone": str | None, "author_kind": AuthorKind, "author_name": str | None},
    complete=updates.complete,
    example={
        "id": 2,
        "service_request": 1,
        "status": "in_progress",
        "previous_status": "pending",
        "notes": "Technician assigned for inspection",
        "is_internal": False,
        "author": 7,
        "created_at": "2026-11-23T14:31:12Z",
        "event": "request.status_changed",
        "attachment": None,
        "changes": {"status": {"from": "pending", "to": "in_progress"}},
        "occurred_at": "2026-11-23T14:31:12Z",
        "milestone": None,
        "author_kind": "support",
        "author_name": "Arjun",
    },
)


class RefusedFile(Schema):
    """A file of an emergency that was not stored, and why."""

    filename: str = Field(examples=["kitchen.tiff"])
    code: str = Field(examples=["unsupported"])
    message: str = Field(
        examples=["Only JPEG, PNG, WebP, HEIC and AVIF images and PDF documents are accepted."]
    )


ATTACHMENT = Representation(
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
    optional=[
        Detail(
            "status",
            response_type(column(ServiceRequest, "status")),
            lambda actor, obj: obj.new_status,
            ["in_progress"],
        )
    ],
)
CUSTOMER = Representation(
    name="Customer",
    model=User,
    fields=(
        "id name phone_number email address language special_care do_not_disconnect updated_at"
    ),
    renamed={"new_email": "email"},
    computed={
        "name": Computed(str, customers.name_of),
        "email": Computed(str, customers.email_of),
    },
    hidden="first_name last_name username new_email previous_email",
    added={"special_care": many(str), "do_not_disconnect": bool},
    complete=customers.add_standings,
    example={
        "id": 34,
        "name": "Anshu Singh",
        "phone_number": "+917890123456",
        "email": "anshu.singh@gmail.com",
        "address": "Flat 302, Sunrise Apartments, Koramangala, Bengaluru - 560095",
        "language": "en",
        "special_care": ["Someone there depends on gas for medical care"],
        "do_not_disconnect": False,
        "updated_at": "2026-11-23T14:29:00Z",
    },
)


class TeamName(Schema):
    """A team of representatives."""

    id: int = Field(examples=[2])
    name: str = Field(examples=["Emergencies"])


STAFF_MEMBER = Representation(
    name="StaffMember",
    model=User,
    fields="id name teams",
    computed={"name": Computed(str, customers.name_of)},
    hidden="first_name last_name username",
    added={"teams": many(TeamName)},
    complete=customers.add_teams,
    example={"id": 7, "name": "Arjun Nair", "teams": [{"id": 2, "name": "Emergencies"}]},
)


class Reference(Schema):
    """The ID of a request in another system. Only responses to support have it."""

    system: str = Field(examples=["dispatch"])
    id: str = Field(examples=["WO-4711"])
    url: str = Field(examples=["https://dispatch.example.com/WO-4711"])


REQUEST = Representation(
    name="ServiceRequest",
    optional=[
        Detail(
            "warnings",
            many(FieldError),
            lambda actor, obj: [warning.as_dict() for warning in obj.warnings],
        ),
        Detail(
            "tracking_token",
            str,
            lambda actor, obj: obj.tracking_token,
            [EXAMPLE_TRACKING_TOKEN],
        ),
        Detail(
            "files_refused",
            many(RefusedFile),
            lambda actor, obj: [file._asdict() for file in obj.files_refused],
        ),
    ],
    model=ServiceRequest,
    fields=request_fields.REQUEST_FIELDS,
    annotated={"reference_list": request_fields.references_for},
    complete=request_fields.add_references,
    omittable="references",
    renamed=request_fields.RENAMED,
    computed={
        name: Computed(of_type, request_fields.COMPUTED[name])
        for name, of_type in {
            "safety_instructions": str,
            "is_overdue": bool,
            "received_at": dt.datetime,
            "contact": response_type(column(ServiceRequest, "contact")) | None,
            "next_milestone": str | None,
        }.items()
    },
    hidden=request_fields.HIDDEN_COLUMNS,
    types={
        "customer": int | CUSTOMER.schema,
        "assigned_to": int | STAFF_MEMBER.schema | None,
        "references": many(Reference),
    },
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
        "is_emergency": True,
        "is_unverified": False,
        "received_at": "2026-11-23T14:28:00Z",
        "contact": "phone",
        "latitude": 12.9352,
        "longitude": 77.6245,
        "next_milestone": "on_site",
        "next_due_at": "2026-11-23T15:30:00Z",
        "references": [
            {"system": "dispatch", "id": "WO-4711", "url": "https://dispatch.example.com/WO-4711"}
        ],
    },
)
REQUEST_TYPE = Representation(
    name="RequestType",
    model=RequestType,
    fields=(
        "code name description is_emergency priority safety_instructions schema schema_version"
        " milestones"
    ),
    renamed={"schema_version": "version", "milestones": "limits"},
    added={"schema": dict[str, Any]},
    complete=catalogue.localise,
    hidden="form translations approved_safety safety_approved_at",
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
            "properties": {
                "since": {"title": "Since when?", "type": "string", "format": "date-time"}
            },
            "additionalProperties": False,
        },
        "schema_version": 1,
        "milestones": [
            {
                "name": "acknowledged",
                "label": "Acknowledged",
                "minutes": 15,
                "in_business_hours": False,
            }
        ],
    },
)
PROFILE = Representation(
    name="Profile",
    model=User,
    fields=(
        "id username email email_confirmed first_name last_name phone_number address user_type"
        " is_approved date_joined language muted_notices"
    ),
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
LOGIN = Representation(
    name="Login",
    model=Login,
    fields="id created_at last_used_at user_agent is_current",
    renamed={"id": "number", "last_used_at": "rotated_at"},
    types={"id": Id, "is_current": bool},
    example={
        "id": 4_503_599_627_370_497,
        "created_at": "2026-11-23T14:29:00Z",
        "last_used_at": "2026-11-24T08:02:31Z",
        "user_agent": "GasApp/2.1 (Android 15)",
        "is_current": True,
    },
)


INCIDENT_REPRESENTATION = Representation(
    name="Incident",
    model=Incident,
    fields="id reference title notes created_at closed_at reports open_reports",
    added={"reports": many(Id), "open_reports": int},
    complete=incidents.add_reports,
    example={
        "id": 1,
        "reference": "INC-7KQ-2M4",
        "title": "Smell of gas in Park Street",
        "notes": "The main in Park Street is damaged.",
        "created_at": "2026-11-23T14:40:00Z",
        "closed_at": None,
        "reports": [1, 2],
        "open_reports": 2,
    },
)


class IncidentWritten(Schema):
    """The requests to which a note about their incident was added."""

    service_requests: list[Id] = Field(examples=[[1, 2]])


class KeptReport(Schema):
    """A report that stays open when its incident is closed, and why."""

    service_request: int = Field(examples=[2])
    reason: str = Field(
        examples=["It is an emergency and has no outcome “Made safe” or “Not a leak”."]
    )


class IncidentClosed(Schema):
    """The reports that were resolved with an incident, and those that stay open."""

    resolved: list[Id] = Field(examples=[[1]])
    kept: list[KeptReport]


WEBHOOK = Representation(
    name="Webhook",
    model=Webhook,
    fields=(
        "id name url events with_internal with_request state state_since state_reason succeeded_at"
        " created_at"
    ),
    example={
        "id": 1,
        "name": "Dispatch",
        "url": "https://dispatch.example.com/hooks/desk",
        "events": ["request.created", "request.status_changed"],
        "with_internal": False,
        "with_request": False,
        "state": "active",
        "state_since": "2026-11-23T14:29:00Z",
        "state_reason": "",
        "succeeded_at": None,
        "created_at": "2026-11-23T14:29:00Z",
    },
    optional=[
        Detail(
            "secret",
            str,
            lambda actor, obj: getattr(obj, "secret", ""),
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        )
    ],
)


class WebhookDelivery(Schema):
    """One event that was sent to a webhook, or is to be sent. A test has no event."""

    id: int = Field(examples=[12])
    event: str | None = Field(examples=["request.created"])
    service_request: int | None = Field(examples=[1])
    update: int | None = Field(examples=[2])
    state: response_type(column(Delivery, "state")) = Field(examples=["sent"])  # type: ignore[valid-type]
    attempts: int = Field(examples=[1])
    last_error: str = Field(examples=[""])
    created_at: dt.datetime = Field(examples=["2026-11-23T14:30:00Z"])
    sent_at: dt.datetime | None = Field(examples=["2026-11-23T14:30:01Z"])
    next_at: dt.datetime | None = Field(examples=[None])


DELIVERIES = Paged("WebhookDeliveries", WebhookDelivery, ordering="-id")


class OpenOfType(Schema):
    """The number of open requests of a type."""

    request_type: str = Field(examples=["meter_reading_dispute"])
    open: int = Field(examples=[12])


class Day(Schema):
    """The number of requests that were opened and resolved on a day."""

    day: dt.date = Field(examples=["2026-11-23"])
    opened: int = Field(examples=[9])
    resolved: int = Field(examples=[8])
    in_time: int = Field(
        description="The resolved requests that met all their milestones.", examples=[7]
    )


class Dashboard(Schema):
    """The current figures of the service desk."""

    open: int = Field(examples=[47])
    mine: int = Field(examples=[5])
    unassigned: int = Field(examples=[11])
    overdue: int = Field(examples=[3])
    emergencies: int = Field(examples=[2])
    on_hold: int = Field(examples=[6])
    escalated_today: int = Field(
        description="Requests that were escalated in the last 24 hours.", examples=[1]
    )
    kept_in_time: float | None = Field(
        description=(
            "The share of requests that met all their milestones, of those resolved in these days"
            " and those open and overdue."
        ),
        examples=[0.875],
    )
    by_type: list[OpenOfType]
    days: list[Day]


class SecondFactor(Schema):
    """Whether the caller has a second factor, and whether their role needs one."""

    is_enabled: bool = Field(examples=[True])
    is_required: bool = Field(examples=[False])
    enrol_by: dt.datetime | None = Field(examples=[None])
    recovery_codes_left: int = Field(examples=[10])


class SecondFactorSetup(Schema):
    """The secret for an authenticator app, and the address that a QR code holds."""

    secret: str = Field(examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
    otpauth_url: str = Field(
        examples=["otpauth://totp/Gas%20Service%20Desk:meera.iyer?digits=6&secret=JBSWY3DPEHPK3PXP"]
    )


class RecoveryCodeList(Schema):
    """Codes that replace one of the authenticator app, each once. They are shown only now."""

    recovery_codes: list[str] = Field(examples=[["JBSW-Y3DP-EHPK-3PXP"]], max_length=10)


class TokenPair(Schema):
    """The tokens of a login.

    `access` authenticates calls for a few minutes; `refresh` returns the next pair.
    """

    refresh: str = Field(examples=[EXAMPLE_JWT])
    access: str = Field(examples=[EXAMPLE_JWT])
    expires_in: int = Field(
        description="The lifetime of the access token, in seconds.", examples=[300]
    )


class StreamTicket(Schema):
    """A ticket that opens one event stream. After any error, get a new one."""

    ticket: str = Field(
        description="What opens the stream: `events/?ticket=…`. It can be used once.",
        examples=["kQ3v1tB0cWmJc7q0nqXgQz3o2m4rLrS4mZ8i0hYw9aE"],
    )
    expires_in: int = Field(description="The lifetime of the ticket, in seconds.", examples=[60])


_change: dict[str, Any] = {"field": (str, Field(..., examples=["status"]))} | _values
FieldChange = create_model(
    "FieldChange", __base__=Schema, __doc__="The old and the new value of a field.", **_change
)


class HistoryEntry(Schema):
    """One change of a request, field by field."""

    id: int = Field(examples=[2])
    event: str = Field(examples=["request.status_changed"])
    changed_at: dt.datetime = Field(examples=["2026-11-23T14:31:12Z"])
    changed_by: int | None = Field(examples=[7])
    occurred_at: dt.datetime = Field(examples=["2026-11-23T14:31:12Z"])
    author_kind: AuthorKind = Field(examples=["support"])
    author_name: str | None = Field(examples=["Arjun Nair"])
    channel: str = Field(examples=["console"])
    milestone: str | None = Field(examples=[None])
    attachment: int | None = Field(examples=[None])
    notes: str = Field(examples=["Technician assigned for inspection"])
    is_internal: bool = Field(examples=[False])
    changes: list[FieldChange]  # type: ignore[valid-type]


HISTORY = Paged("History", HistoryEntry, ordering="id")
