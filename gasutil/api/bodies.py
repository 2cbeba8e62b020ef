"""The request bodies of the API, with the examples that the OpenAPI document shows."""

from typing import Annotated, Literal

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, Strict

from gasutil.api.framework.fields import Id, Moment, Text, column, input_type
from gasutil.api.framework.resource import Body
from gasutil.api.webhooks import errors_with_lookup
from gasutil.models import ExternalReference, Incident, RequestUpdate, ServiceRequest, User, Webhook
from gasutil.validation import NO_NUL
from gasutil.workflow import (
    incidents,
    intake,
    passwords,
    profiles,
    reception,
    registration,
    reports,
    requests,
)

Secret = Annotated[
    str, Field(min_length=1, max_length=128, json_schema_extra={"format": "password"})
]
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
SUPPORT_EXAMPLE = {
    "username": "abhishek_support",
    "password": "SupportGas@2024",
    "password2": "SupportGas@2024",
    "email": "abhishek.support@gasutility.com",
    "first_name": "Abhishek",
    "last_name": "Singh",
    "phone_number": "+919876543210",
    "address": "Gas Utility Office, Corporate Park, Mumbai - 400001",
    "user_type": "support",
}
EXAMPLE_JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIzNCJ9.c2lnbmF0dXJl"
EXAMPLE_TRACKING_TOKEN = "gst_1.35.1766931600~kf3xUZ0pW7c"  # noqa: S105  # an example
NEW_PASSWORDS = {"password": "NewCustomerGas@2026", "password2": "NewCustomerGas@2026"}

# --- Accounts
# --------------------------------------------------------------------------------------------------
Otp = Annotated[str, Field(max_length=64), NO_NUL]
CREDENTIALS = Body(
    name="Credentials",
    fields="username password otp?",
    extra={
        "username": Annotated[str, Field(min_length=1, max_length=150), NO_NUL],
        "otp": Otp,
        **PASSWORDS,
    },
    examples=[{"username": "anshu_singh", "password": "CustomerGas@2024"}],
)
REFRESH = Body(
    name="RefreshToken",
    fields="refresh",
    extra={"refresh": Token},
    examples=[{"refresh": EXAMPLE_JWT}],
)
REGISTRATION = Body(
    name="Registration",
    fields=(
        "username password password2 email first_name last_name phone_number address? user_type?"
        " language?"
    ),
    models=[User],
    extra={**PASSWORDS, "last_name": input_type(column(User, "last_name"), required=False)},
    find_errors=registration.registration_errors,
    verb_lists_all=True,
    examples=[CUSTOMER_EXAMPLE, SUPPORT_EXAMPLE],
)
PROFILE_CHANGE = Body(
    name="ProfileChange",
    fields="email? first_name? last_name? phone_number? address? language? muted_notices?",
    models=[User],
    extra={
        "first_name": input_type(column(User, "first_name"), required=False)
    },  # null does not clear it: every user has one
    find_errors=profiles.profile_errors,
    verb_lists_all=True,
    examples=[{"phone_number": "+917890123456", "address": "12, Green Valley, Pune - 411001"}],
)
NEW_PASSWORD = Body(
    name="PasswordChange",
    fields="old_password password password2",
    extra=PASSWORDS,
    find_errors=lambda actor, data: passwords.password_errors(actor.person, data),
    verb_lists_all=True,
    examples=[{"old_password": "CustomerGas@2024", **NEW_PASSWORDS}],
)
OWN_PASSWORD = Body(
    name="OwnPassword",
    fields="password",
    extra=PASSWORDS,
    examples=[{"password": "CustomerGas@2024"}],
)
OTP = Body(name="SecondFactorCode", fields="otp", extra={"otp": Otp}, examples=[{"otp": "492039"}])
PASSWORD_AND_OTP = Body(
    name="PasswordAndCode",
    fields="password otp",
    extra={"otp": Otp, **PASSWORDS},
    examples=[{"password": "CustomerGas@2024", "otp": "492039"}],
)
ERASURE = Body(
    name="ErasureRequest",
    fields="password",
    extra={"password": Secret},
    examples=[{"password": "CustomerGas@2024"}],
)
TOKEN = Body(
    name="EmailConfirmation",
    fields="token password?",
    extra={"token": Token, "password": Secret},
    examples=[{"token": EXAMPLE_JWT}],
)
ADDRESS = Body(
    name="PasswordResetRequest",
    fields="email",
    models=[User],
    examples=[{"email": "anshu.singh@gmail.com"}],
)
RESET = Body(
    name="PasswordReset",
    fields="uid token password password2",
    extra={"uid": Annotated[str, Field(min_length=1, max_length=64)], "token": Token, **PASSWORDS},
    find_errors=lambda actor, data: passwords.password_errors(User(), data),
    verb_lists_all=True,
    examples=[{"uid": "MzQ", "token": "d1k2pq-8f2a5e0c7b", **NEW_PASSWORDS}],
)

# --- Service requests
# ---------------------------------------------------------------------------------------------
OccurredAt = Annotated[
    Moment,
    Field(
        description=(
            "When it happened, if not now. Only support and machine accounts can send it. More than"
            " 15 minutes ago needs notes, more than 24 hours ago a permission as well."
        ),
        examples=["2026-11-23T14:31:12Z"],
    ),
]
WHEN = {"occurred_at": OccurredAt}
Notes = Annotated[Text, Field(max_length=settings.TEXT_LIMIT, description="Why.")]
# Of a call without a body.
QUERY_OF_CHANGE = {"notes": (Notes, Field("")), "occurred_at": (OccurredAt | None, Field(None))}
FIELDS_OF_FILE = {"notes": Notes, **WHEN}  # beside a file
NOTES = Body(
    name="Notes",
    fields="notes? occurred_at?",
    models=[RequestUpdate],
    extra=WHEN,
    find_errors=requests.change_errors,
    examples=[{"notes": "The smell came from cooking."}],
)
COMMENT = Body(
    name="Comment",
    fields="notes occurred_at?",
    models=[RequestUpdate],
    extra=WHEN,
    find_errors=requests.comment_errors,
    examples=[{"notes": "My neighbour can let the technician in."}],
)
DEGREES = {
    "latitude": Annotated[float, Strict(), Field(ge=-90, le=90, allow_inf_nan=False)],
    "longitude": Annotated[float, Strict(), Field(ge=-180, le=180, allow_inf_nan=False)],
}
SUBMISSION = Body(
    name="Submission",
    fields="request_type description address? details? latitude? longitude?",
    models=[ServiceRequest],
    extra=DEGREES,
    find_errors=intake.submission_errors,
    tolerates=intake.is_acceptable_emergency,
    verb_lists_all=True,
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


class Caller(BaseModel):
    """A person without an account who reported something."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(max_length=300, examples=["Anshu Singh"]), NO_NUL]
    phone_number: Annotated[str, Field(max_length=32, examples=["+917890123456"]), NO_NUL]
    email: Annotated[str, Field(max_length=254, examples=["anshu@example.com"]), NO_NUL] = ""


REPORT = Body(
    name="EmergencyReport",
    fields=(
        "request_type? description? address? latitude? longitude? phone_number? name? email?"
        " details? language?"
    ),
    models=[ServiceRequest, User],
    extra={
        **DEGREES,
        "description": Annotated[Text, Field(max_length=settings.TEXT_LIMIT)],
        "address": Annotated[Text, Field(max_length=settings.ADDRESS_LIMIT)],
        "phone_number": input_type(column(User, "phone_number"), required=False),
        "name": Annotated[Text, Field(max_length=300)],
        "email": input_type(column(ServiceRequest, "contact_email"), required=False),
    },
    find_errors=reports.report_errors,
    tolerates=reports.is_acceptable,
    verb_lists_all=True,
    examples=[
        {
            "description": "Strong smell of gas in the stairwell",
            "address": "Sunrise Apartments, Koramangala, Bengaluru - 560095",
            "phone_number": "+917890123456",
            "name": "Anshu Singh",
            "language": "en",
        },
        {"latitude": 12.9352, "longitude": 77.6245},
    ],
)
CLAIM = Body(
    name="Claim",
    fields="tracking_token",
    extra={"tracking_token": Token},
    find_errors=reports.claim_errors,
    examples=[{"tracking_token": EXAMPLE_TRACKING_TOKEN}],
)
INTAKE = Body(
    name="Intake",
    fields=(
        "customer? caller? request_type description address? details? received_at? contact?"
        " latitude? longitude?"
    ),
    models=[ServiceRequest],
    extra={
        "customer": Annotated[Id, Strict()],
        "caller": Caller,
        "received_at": Moment,
        **DEGREES,
    },
    find_errors=reception.filing_errors,
    tolerates=reception.is_acceptable_report,
    verb_lists_all=True,
    examples=[
        {
            "customer": 34,
            "request_type": "gas_leak_inspection",
            "description": "Smells gas in the stairwell",
            "received_at": "2026-11-23T14:28:00Z",
            "contact": "phone",
        }
    ],
)
MILESTONE = Body(
    name="MilestoneRecord",
    fields="milestone notes? is_internal? occurred_at?",
    models=[RequestUpdate],
    extra={
        "milestone": Annotated[str, Field(min_length=1, max_length=64), NO_NUL],
        "is_internal": Annotated[
            bool,
            Field(
                description="Whether the notes are hidden from the customer, who sees the milestone"
                " itself. By default they are."
            ),
            Strict(),
        ],
        **WHEN,
    },
    find_errors=requests.milestone_errors,
    examples=[
        {"milestone": "on_site", "notes": "Van 7"},
        {
            "milestone": "on_site",
            "notes": "The valve was already closed.",
            "is_internal": False,
        },
        {"milestone": "no_access"},
        {"milestone": "made_safe"},
    ],
)
RECLASSIFICATION = Body(
    name="Reclassification",
    fields="request_type notes? occurred_at?",
    models=[ServiceRequest, RequestUpdate],
    extra=WHEN,
    find_errors=requests.reclassification_errors,
    examples=[{"request_type": "gas_leak_inspection", "notes": "The caller smells gas as well."}],
)
CHANGE = Body(
    name="ServiceRequestChange",
    fields="status? notes? priority? assigned_to? is_internal? occurred_at?",
    models=[ServiceRequest, RequestUpdate],
    extra=WHEN,
    find_errors=requests.change_errors,
    examples=[{"status": "in_progress", "notes": "Technician assigned for inspection"}],
)
NEW_UPDATE = Body(
    name="NewRequestUpdate",
    fields="service_request status? notes? is_internal? occurred_at?",
    models=[RequestUpdate],
    extra={"service_request": Annotated[Id, Strict()], **WHEN},
    find_errors=requests.change_errors,
    examples=[
        {
            "service_request": 1,
            "status": "resolved",
            "notes": "Gas leak fixed. No further action required.",
        }
    ],
)

REFERENCE = Body(
    name="ReferenceInput",
    fields="id url? notes? occurred_at?",
    models=[ExternalReference, RequestUpdate],
    extra={
        **WHEN,
        "id": Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S"), NO_NUL],
        "url": Annotated[
            str, Field(max_length=500, pattern=r"^(https?://\S+)?$", description="Its page there.")
        ],
    },
    find_errors=requests.change_errors,
    examples=[{"id": "WO-4711", "url": "https://dispatch.example.com/WO-4711"}],
)

# --- Incidents
# --------------------------------------------------------------------------------------------------
Reports = Annotated[
    list[Annotated[Id, Strict()]],
    Field(min_length=1, max_length=200, description="The IDs of requests.", examples=[[1, 2]]),
]
NEW_INCIDENT = Body(
    name="NewIncident",
    fields="title notes? reports?",
    models=[Incident],
    extra={"reports": Reports},
    find_errors=incidents.incident_errors,
    examples=[{"title": "Smell of gas in Park Street", "reports": [1, 2]}],
)
INCIDENT_CHANGE = Body(
    name="IncidentChange",
    fields="title? notes?",
    models=[Incident],
    find_errors=incidents.incident_errors,
    examples=[{"notes": "The main in Park Street is damaged."}],
)
INCIDENT_REPORTS = Body(
    name="IncidentReports",
    fields="reports notes? occurred_at?",
    models=[RequestUpdate],
    extra={"reports": Reports, **WHEN},
    find_errors=incidents.joining_errors,
    examples=[{"reports": [1, 2]}],
)
INCIDENT_UPDATE = Body(
    name="IncidentUpdate",
    fields="notes is_internal? occurred_at?",
    models=[RequestUpdate],
    extra=WHEN,
    find_errors=requests.comment_errors,
    examples=[{"notes": "A crew is digging at the main."}],
)

# --- Webhooks
# --------------------------------------------------------------------------------------------------
NEW_WEBHOOK = Body(
    name="NewWebhook",
    fields="name url events with_internal? with_request?",
    models=[Webhook],
    find_errors=errors_with_lookup,
    examples=[
        {
            "name": "Dispatch",
            "url": "https://dispatch.example.com/hooks/desk",
            "events": ["request.created", "request.status_changed"],
        }
    ],
)
WEBHOOK_CHANGE = Body(
    name="WebhookChange",
    fields="name? url? events? with_internal? with_request? state?",
    models=[Webhook],
    extra={"state": Literal["active", "paused"]},
    find_errors=errors_with_lookup,
    examples=[{"state": "paused"}],
)
