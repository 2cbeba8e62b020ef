"""The whole API, declared: what there is, what it looks like, who may do what to it, and by which verb."""

import datetime as dt
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from gasutil import access, deadlines, reports
from gasutil.access import CUSTOMERS, CUSTOMERS_AND_STAFF, STAFF, Actor
from gasutil.api.fields import Moment, answer_type, column, many
from gasutil.api.resource import Body, Call, Computed, Detail, Filter, Resource, Shape
from gasutil.identity import logins
from gasutil.models import RequestType, RequestUpdate, ServiceRequest, User
from gasutil.search import search_requests
from gasutil.workflow import accounts, requests

# --- Shapes -------------------------------------------------------------------------------------------------------
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

# --- What calls take ----------------------------------------------------------------------------------------------
Secret = Annotated[str, Field(min_length=1, max_length=128, json_schema_extra={"format": "password"})]
Token = Annotated[str, Field(min_length=1, max_length=2000)]
PASSWORDS = {"password": Secret, "password2": Secret, "old_password": Secret}
CUSTOMER_EXAMPLE = {
    "username": "anshu_singh",
    "password": "CustomerGas@2024",
    "password2": "CustomerGas@2024",
    "email": "anshu.singh@gmail.com",
    "first_name": "Anshu",
    "last_name": "Singh",
    "phone_number": "+917890123456",
    "address": "Flat 302, Sunrise Apartments, Koramangala, Bengaluru - 560095",
    "user_type": "customer",
}
CREDENTIALS = Body(
    name="Credentials", fields="username password", extra={"username": Annotated[str, Field(min_length=1, max_length=150)], **PASSWORDS}
)
REFRESH = Body(name="RefreshToken", fields="refresh", extra={"refresh": Token})
REGISTRATION = Body(
    name="Registration",
    fields="username password password2 email first_name last_name phone_number address? user_type?",
    models=[User],
    extra=PASSWORDS,
    faults=accounts.registration_faults,
    examples=[CUSTOMER_EXAMPLE],
)
PROFILE_CHANGE = Body(
    name="ProfileChange", fields="email? first_name? last_name? phone_number? address?", models=[User], faults=accounts.profile_faults
)
NOTES = Body(name="Notes", fields="notes?", models=[RequestUpdate])
COMMENT = Body(name="Comment", fields="notes", models=[RequestUpdate], examples=[{"notes": "The technician may ring the neighbour."}])
SUBMISSION = Body(
    name="Submission",
    fields="request_type description address? details?",
    models=[ServiceRequest],
    faults=requests.submission_faults,
    examples=[
        {
            "request_type": "gas_leak_inspection",
            "description": "Suspected gas leak near kitchen stove",
            "address": "Flat 302, Sunrise Apartments, Koramangala, Bengaluru - 560095",
        },
        {
            "request_type": "new_connection",
            "description": "Application for new gas connection",
            "address": "12, Green Valley, Pune - 411001",
        },
    ],
)
REQUEST_CHANGE = Body(
    name="ServiceRequestChange",
    fields="status? notes? priority? assigned_to? is_internal?",
    models=[ServiceRequest, RequestUpdate],
    examples=[{"status": "in_progress", "notes": "Technician assigned for inspection"}],
)
NEW_UPDATE = Body(
    name="NewRequestUpdate",
    fields="service_request status? notes? is_internal?",
    models=[RequestUpdate],
    extra={"service_request": Annotated[int, Field(ge=1, le=2**63 - 1)]},
    examples=[{"service_request": 1, "status": "resolved", "notes": "Gas leak fixed. No further action required."}],
)


# --- What calls answer, where it is no row of a model ---------------------------------------------------------------
class TokenPair(Schema):
    """The tokens of a login: `access` opens the API for minutes, `refresh` brings the next pair once."""

    refresh: str
    access: str


class FieldChange(Schema):
    """One field's old and new value."""

    field: str
    old: Any = Field(..., alias="from")
    new: Any = Field(..., alias="to")


class HistoryEntry(Schema):
    """One row of a request's history, field by field."""

    id: int
    event: str
    changed_at: dt.datetime
    changed_by: int | None
    channel: str
    notes: str
    is_internal: bool
    changes: list[FieldChange]


class History(Schema):
    """Everything that happened to a request, the oldest first."""

    results: list[HistoryEntry]
    next: str | None
    previous: str | None


def history(pk: int, *, actor: Actor) -> dict[str, Any]:
    """Return a request's history, field by field."""
    obj, _ = access.reach(actor, ServiceRequest, pk, STAFF)
    return {"results": reports.changes_of(actor, obj), "next": None, "previous": None}


def updates_of(actor: Actor, obj: ServiceRequest) -> list[dict[str, Any]]:
    """Return a request's updates that the actor may see, the oldest first."""
    return UPDATE.read(access.visible_to(actor, RequestUpdate).filter(id=obj.pk).order_by("history_id"))


# --- The calls that belong to no resource ---------------------------------------------------------------------------
CALLS = {
    "Tokens": [
        Call(
            method="POST",
            path="login/",
            operation_id="login",
            summary="Log in",
            verb=logins.open_login,
            body=CREDENTIALS,
            answer=TokenPair,
            allowed=None,
            errors=[401, 429, 503],
        ),
        Call(
            method="POST",
            path="login/refresh/",
            operation_id="refresh_login",
            summary="Get new tokens",
            verb=logins.refresh,
            body=REFRESH,
            answer=TokenPair,
            allowed=None,
            errors=[401],
        ),
        Call(
            method="POST",
            path="logout/",
            operation_id="logout",
            summary="End a login",
            verb=logins.end_login,
            body=REFRESH,
            status=204,
            allowed=None,
            errors=[401],
        ),
    ],
    "Accounts": [
        Call(
            method="POST",
            path="register/",
            operation_id="register",
            summary="Register",
            verb=accounts.register,
            body=REGISTRATION,
            answer=PROFILE,
            status=201,
            allowed=None,
            errors=[429, 503],
        ),
        Call(
            method="GET", path="profile/", operation_id="get_profile", summary="Show one's profile", verb=accounts.profile, answer=PROFILE
        ),
        Call(
            method="PUT",
            path="profile/",
            operation_id="replace_profile",
            summary="Change one's profile",
            verb=accounts.update_profile,
            body=PROFILE_CHANGE,
            answer=PROFILE,
        ),
        Call(
            method="PATCH",
            path="profile/",
            operation_id="update_profile",
            summary="Change some of one's profile",
            verb=accounts.update_profile,
            body=PROFILE_CHANGE,
            answer=PROFILE,
        ),
        Call(
            method="POST",
            path="profile/password/",
            operation_id="change_password",
            summary="Change one's password",
            verb=accounts.change_password,
            body=Body(name="PasswordChange", fields="old_password password password2", extra=PASSWORDS),
            status=204,
            errors=[429, 503],
        ),
        Call(
            method="POST",
            path="profile/email/confirm/",
            operation_id="confirm_email",
            summary="Confirm one's e-mail address",
            verb=accounts.confirm_email,
            body=Body(name="EmailConfirmation", fields="token", extra={"token": Token}),
            answer=PROFILE,
        ),
        Call(
            method="POST",
            path="password-reset/",
            operation_id="request_password_reset",
            summary="Ask for a new password by mail",
            verb=accounts.request_password_reset,
            body=Body(name="PasswordResetRequest", fields="email", models=[User]),
            status=202,
            allowed=None,
            errors=[429],
        ),
        Call(
            method="POST",
            path="password-reset/confirm/",
            operation_id="confirm_password_reset",
            summary="Set a new password with what was mailed",
            verb=accounts.reset_password,
            body=Body(
                name="PasswordReset",
                fields="uid token password password2",
                extra={"uid": Annotated[str, Field(min_length=1, max_length=64)], "token": Token, **PASSWORDS},
            ),
            status=204,
            allowed=None,
            errors=[503],
        ),
    ],
}

# --- The resources --------------------------------------------------------------------------------------------------
RESOURCES = [
    Resource(
        path="requests/",
        noun="request",
        shape=REQUEST,
        details=[
            Detail("updates", many(UPDATE.schema), updates_of),
            Detail("allowed_statuses", many(answer_type(column(ServiceRequest, "status"))), requests.allowed_statuses),
        ],
        filters=[
            Filter(name="status"),
            Filter(name="request_type"),
            Filter(name="priority"),
            Filter(name="assigned_to"),
            Filter(name="created_after", lookup="created_at__gte", type=Moment),
            Filter(name="created_before", lookup="created_at__lt", type=Moment),
            Filter(name="overdue", type=bool, apply=deadlines.only_overdue),
        ],
        search=search_requests,
        ordering={"id": "pk", "created_at": "created_at", "updated_at": "updated_at", "priority": "urgency"},
        calls=[
            Call(
                method="POST",
                path="",
                operation_id="create_request",
                summary="File a request",
                verb=requests.submit,
                body=SUBMISSION,
                answer=REQUEST,
                status=201,
                allowed=CUSTOMERS,
                idempotent=True,
            ),
            Call(
                method="PATCH",
                path="{int:id}/",
                operation_id="update_request",
                summary="Work a request",
                verb=requests.update,
                body=REQUEST_CHANGE,
                answer=REQUEST,
                allowed=CUSTOMERS_AND_STAFF,
                errors=[409],
                is_versioned=True,
            ),
            Call(
                method="POST",
                path="{int:id}/cancel/",
                operation_id="cancel_request",
                summary="Cancel a request",
                verb=requests.cancel,
                body=NOTES,
                answer=REQUEST,
                allowed=CUSTOMERS_AND_STAFF,
                errors=[409],
            ),
            Call(
                method="POST",
                path="{int:id}/reopen/",
                operation_id="reopen_request",
                summary="Reopen a request",
                verb=requests.reopen,
                body=NOTES,
                answer=REQUEST,
                allowed=CUSTOMERS_AND_STAFF,
                errors=[409],
            ),
            Call(
                method="POST",
                path="{int:id}/comments/",
                operation_id="comment_request",
                summary="Say something on a request",
                verb=requests.comment,
                body=COMMENT,
                answer=UPDATE,
                status=201,
                allowed=CUSTOMERS_AND_STAFF,
            ),
            Call(
                method="GET",
                path="{int:id}/history/",
                operation_id="get_request_history",
                summary="Show a request's history",
                verb=history,
                answer=History,
                allowed=CUSTOMERS_AND_STAFF,
            ),
        ],
    ),
    Resource(
        path="request-updates/",
        noun="request update",
        shape=UPDATE,
        filters=[
            Filter(name="service_request", lookup="id", type=Annotated[int, Field(ge=1, le=2**63 - 1)]),
            Filter(name="since", lookup="history_date__gte", type=Moment),
        ],
        has_detail=False,
        calls=[
            Call(
                method="POST",
                path="",
                operation_id="create_request_update",
                summary="Record an update of a request",
                verb=requests.record,
                body=NEW_UPDATE,
                answer=UPDATE,
                status=201,
                allowed=STAFF,
                errors=[404, 409],
            )
        ],
    ),
    Resource(path="request-types/", noun="request type", shape=REQUEST_TYPE, lookup="code", default_ordering="id", allowed=None),
]
