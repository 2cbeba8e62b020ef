"""What the API answers: the shape of each model's rows, and the few answers that are no row."""

import datetime as dt
from typing import Any

from ninja import Schema
from pydantic import create_model

from gasutil import deadlines
from gasutil.api.resource import Computed, Shape
from gasutil.models import RequestType, RequestUpdate, ServiceRequest, User

UPDATE = Shape(
    name="RequestUpdate",
    model=RequestUpdate,
    fields="id service_request status previous_status notes is_internal author created_at",
    renamed={"id": "history_id", "service_request": "id", "author": "history_user", "created_at": "history_date"},
    example={"notes": "Technician assigned for inspection"},
)
REQUEST = Shape(
    name="ServiceRequest",
    model=ServiceRequest,
    fields="id reference request_type description address details status priority customer assigned_to created_at updated_at resolved_at"
    " respond_by resolve_by is_overdue safety_instructions version",
    computed={"is_overdue": Computed(bool, deadlines.is_overdue)},
    example={"reference": "SR-7KQ-2M4-TDX", "request_type": "gas_leak_inspection", "description": "Suspected gas leak near kitchen stove"},
)
REQUEST_TYPE = Shape(name="RequestType", model=RequestType, fields="code name description is_emergency priority safety_instructions")
PROFILE = Shape(
    name="Profile",
    model=User,
    fields="id username email email_confirmed first_name last_name phone_number address user_type is_approved date_joined",
)


class TokenPair(Schema):
    """The tokens of a login: `access` opens the API for minutes, `refresh` brings the next pair once."""

    refresh: str
    access: str


_change: dict[str, Any] = {"field": (str, ...), "from": (Any, ...), "to": (Any, ...)}  # `from` is a word of Python's
FieldChange = create_model("FieldChange", __base__=Schema, __doc__="One field's old and new value.", **_change)


class HistoryEntry(Schema):
    """One row of a request's history, field by field."""

    id: int
    event: str
    changed_at: dt.datetime
    changed_by: int | None
    channel: str
    notes: str
    is_internal: bool
    changes: list[FieldChange]  # type: ignore[valid-type]


class History(Schema):
    """Everything that happened to a request, the oldest first."""

    results: list[HistoryEntry]
    next: str | None
    previous: str | None
