"""The copy of the caller's own personal data."""

import datetime as dt
from typing import Any

from ninja import Schema
from pydantic import Field, create_model

from gasutil.api.framework.fields import column, many, response_type
from gasutil.api.representations import ATTACHMENT, REQUEST, UPDATE
from gasutil.models import Delivery, EntryPoint, SecurityOutcome

EXAMPLE_TIME = "2026-11-23T14:29:00Z"


class ExportedProfile(Schema):
    """The account, with columns that the profile of the API does not show."""

    id: int = Field(examples=[34])
    username: str = Field(examples=["anshu_singh"])
    email: str = Field(examples=["anshu.singh@gmail.com"])
    email_confirmed: bool = Field(examples=[True])
    previous_email: str = Field(
        description="The address in use until a new one is confirmed, or empty.", examples=[""]
    )
    first_name: str = Field(examples=["Anshu"])
    last_name: str = Field(examples=["Singh"])
    phone_number: str = Field(examples=["+917890123456"])
    address: str = Field(examples=["Flat 302, Sunrise Apartments, Bengaluru - 560095"])
    user_type: str = Field(examples=["customer"])
    is_approved: bool = Field(examples=[False])
    language: str = Field(examples=["en"])
    muted_notices: list[str] = Field(examples=[[]])
    registered_from: str | None = Field(
        description="The IP address from which the account was created, or null.",
        examples=["203.0.113.7"],
    )
    date_joined: dt.datetime = Field(examples=[EXAMPLE_TIME])
    last_login: dt.datetime | None = Field(
        description="When the account last logged in, or null.", examples=[EXAMPLE_TIME]
    )
    updated_at: dt.datetime = Field(examples=[EXAMPLE_TIME])


class EarlierProfile(Schema):
    """The contact data of an account, as they were from a time on."""

    changed_at: dt.datetime = Field(examples=[EXAMPLE_TIME])
    username: str = Field(examples=["anshu_singh"])
    first_name: str = Field(examples=["Anshu"])
    last_name: str = Field(examples=["Singh"])
    email: str = Field(examples=["anshu@example.com"])
    phone_number: str = Field(examples=["+917890123456"])
    address: str = Field(examples=["Flat 302, Sunrise Apartments, Bengaluru - 560095"])


class ExportedEmailChange(Schema):
    """A change of the email address."""

    old_email: str = Field(description="The address before.", examples=["anshu@example.com"])
    new_email: str = Field(description="The address after.", examples=["anshu.singh@gmail.com"])
    created_at: dt.datetime = Field(examples=[EXAMPLE_TIME])
    undone_at: dt.datetime | None = Field(
        description="When the change was undone, or null.", examples=[None]
    )


class ExportedLogin(Schema):
    """A login of the API or a session of the console."""

    created_at: dt.datetime = Field(examples=[EXAMPLE_TIME])
    last_used_at: dt.datetime = Field(
        description="When its tokens were last renewed, or its last page was opened.",
        examples=[EXAMPLE_TIME],
    )
    ended_at: dt.datetime | None = Field(description="When it was ended, or null.", examples=[None])
    ip: str | None = Field(description="The IP address, or null.", examples=["203.0.113.7"])
    user_agent: str = Field(
        description="The program, as it names itself.", examples=["GasApp/2.1 (Android 15)"]
    )


class ExportedNotice(Schema):
    """A notice that was sent to the person, or was to be sent."""

    service_request: int | None = Field(examples=[1])
    notice: str = Field(description="The kind of the notice.", examples=["received"])
    address: str = Field(
        description="The email address that it went to.", examples=["anshu.singh@gmail.com"]
    )
    state: response_type(column(Delivery, "state")) = Field(examples=["sent"])  # type: ignore[valid-type]
    created_at: dt.datetime = Field(examples=[EXAMPLE_TIME])
    sent_at: dt.datetime | None = Field(examples=[EXAMPLE_TIME])


class ExportedSecurityEvent(Schema):
    """A login of the person, an attempt, or another event of the security log."""

    created_at: dt.datetime = Field(examples=[EXAMPLE_TIME])
    event: str = Field(description="The name of the event.", examples=["login"])
    outcome: SecurityOutcome = Field(description="The outcome of it.", examples=["success"])
    entry_point: EntryPoint = Field(
        description="Through which entrance it happened.", examples=["api"]
    )
    ip: str | None = Field(description="The IP address, or null.", examples=["203.0.113.7"])
    user_agent: str = Field(
        description="The program, as it names itself.", examples=["GasApp/2.1 (Android 15)"]
    )


_request: dict[str, Any] = {
    "contact_email": (
        str,
        Field(description="The email address for this request alone, or empty.", examples=[""]),
    ),
    "updates": (many(UPDATE.schema), Field(description="The updates that the customer can read.")),
    "attachments": (many(ATTACHMENT.schema), Field(description="The files of the request.")),
}
ExportedRequest = create_model(
    "ExportedRequest",
    __base__=REQUEST.schema,
    __doc__="A request of the person, with its updates and files.",
    **_request,
)


class PersonalData(Schema):
    """All that is stored about a person. Internal notes of support are not part of it."""

    exported_at: dt.datetime = Field(description="The time of this copy.", examples=[EXAMPLE_TIME])
    profile: ExportedProfile = Field(description="The account as it is now.")
    earlier_profiles: list[EarlierProfile] = Field(
        description="The contact data after each change of the account, the oldest first."
    )
    email_changes: list[ExportedEmailChange] = Field(
        description="The changes of the email address, the oldest first."
    )
    requests: list[ExportedRequest] = Field(  # type: ignore[valid-type]
        description="The requests of the person, the oldest first."
    )
    uploads: many(ATTACHMENT.schema) = Field(  # type: ignore[valid-type]
        description="The files that the person added to requests of others."
    )
    logins: list[ExportedLogin] = Field(description="The logins and sessions that are stored.")
    notices: list[ExportedNotice] = Field(description="The notices that are stored.")
    security_events: list[ExportedSecurityEvent] = Field(
        description="The rows of the security log about the account's own use."
    )
