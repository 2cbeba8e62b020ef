"""Create service requests: by their customer, or by support for a customer."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil import access, clock_starts
from gasutil.access import CUSTOMERS, STAFF, Actor, Role
from gasutil.datetimes import parse_start
from gasutil.dynamic_forms import check
from gasutil.errors import FieldError, Invalid
from gasutil.languages import stored_language
from gasutil.models import Attachment, Contact, Priority, RequestType, ServiceRequest, User
from gasutil.models.type_texts import localised_form
from gasutil.statements import Given, Statement, compiled
from gasutil.workflow import (
    danger_marks,
    emergencies,
    engine,
    safety_texts,
    times,
    unclaimed,
    unverified,
)
from gasutil.workflow.attachments import (
    RefusedFile,
    add_to_request,
    stored,
    stored_if_possible,
    validate_uploads,
)
from gasutil.workflow.places import read_coordinates
from gasutil.workflow.unverified import Source

RECEIVED_WITHIN = dt.timedelta(days=7)
SUBMIT_FOR_CUSTOMER = "gasutil.submit_for_customer"


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A request as it was sent."""

    request_type: str
    description: str
    address: str
    details: Mapping[str, Any]
    attachments: Sequence["UploadedFile[bytes]"] = ()
    received_at: Any = None
    contact: Any = ""
    latitude: Any = None
    longitude: Any = None
    caller: Mapping[str, Any] | None = None  # of a request without an account
    caller_prefix: str = ""  # of the names of its fields
    type_sent: str = ""  # by a reporter, if there is no such type


def submit(
    *,
    actor: Actor,
    request_type: str,
    description: str = "",
    address: str | None = None,
    details: Mapping[str, Any] | None = None,
    latitude: Any = None,
    longitude: Any = None,
    attachments: Sequence["UploadedFile[bytes]"] = (),
    address_of_caller: str = "",
    and_then: Callable[[ServiceRequest], None] | None = None,
    now: dt.datetime | None = None,
) -> ServiceRequest:
    """File a request, with or without files. The default address is that of the customer's profile.

    An emergency is always created: values that do not validate go to its first note, and `warnings`
    names them; files that can't be stored are named in `files_refused`. Of any other request,
    nothing is stored if anything is wrong. Of an emergency beyond `EMERGENCY_LIMIT` for
    `address_of_caller` or the account, `is_unverified` is true. `and_then` is called in the same
    transaction; files are validated and stored before it begins. Raises `Invalid`, and for files of
    other requests what `validate_upload` and `stored` raise.
    """
    access.require(actor, CUSTOMERS)
    sent = Submission(
        request_type=request_type,
        description=description,
        address=address or "",
        details=details or {},
        attachments=attachments,
        latitude=latitude,
        longitude=longitude,
    )
    sources = [Source("ip", address_of_caller), Source("account", str(actor.id))]
    return create_request(
        sent, customer=actor, author=actor, sources=sources, and_then=and_then, now=now
    )


def submit_for(
    *,
    actor: Actor,
    customer: User,
    caller: Mapping[str, Any] | None = None,
    request_type: str,
    description: str = "",
    address: str = "",
    details: Mapping[str, Any] | None = None,
    received_at: Any = None,
    contact: Any = "",
    latitude: Any = None,
    longitude: Any = None,
    attachments: Sequence["UploadedFile[bytes]"] = (),
    and_then: Callable[[ServiceRequest], None] | None = None,
    now: dt.datetime | None = None,
) -> ServiceRequest:
    """Create a request for a customer, who owns it as if they had filed it.

    The history names the author. `received_at` and `contact` say when and how the report came. A
    `caller` has what a new unclaimed customer says of themselves.

    Raises `NotAllowed` without the permission, and `Invalid` as `submit` does.
    """
    access.require(actor, STAFF)
    require_filing_permission(actor)
    owner = Actor(customer, actor.channel)
    if owner.role is not Role.CUSTOMER:
        raise Invalid([not_a_customer()])
    sent = Submission(
        request_type=request_type,
        description=description,
        address=address,
        details=details or {},
        attachments=attachments,
        received_at=received_at,
        contact=contact,
        latitude=latitude,
        longitude=longitude,
        caller=caller,
        caller_prefix="caller.",
    )
    return create_request(sent, customer=owner, author=actor, and_then=and_then, now=now)


def require_filing_permission(actor: Actor) -> None:
    """Raise `PermissionRequired` unless the actor may create requests for customers."""
    access.require_permission(
        actor, SUBMIT_FOR_CUSTOMER, _("You need permission to file requests for customers.")
    )


def not_a_customer() -> FieldError:
    """Return the error of a person for whom no request can be created."""
    return FieldError("customer", "not_a_customer", _("This is not an active customer account."))


def create_request(
    sent: Submission,
    *,
    customer: Actor,
    author: Actor,
    sources: Sequence[Source] = (),
    and_then: Callable[[ServiceRequest], None] | None = None,
    now: dt.datetime | None = None,
) -> ServiceRequest:
    """Create a request from what was sent, in the order that `submit` describes.

    A customer who is not saved yet is saved with it.
    """
    now, group = now or timezone.now(), None
    request_type = _type(customer, sent.request_type)
    if request_type is not None and request_type.creates_emergencies:
        obj, note = _emergency(sent, request_type, customer, now)
        if sent.caller is not None and sources:
            sources = [*sources, Source("phone", obj.customer.phone_number)]
        exceeded = unverified.count_report(sources)
        group = unverified.group_of(exceeded, now) if exceeded else None
        obj.is_unverified = group is not None
    else:
        obj, note = _valid_request(sent, request_type, customer, now), ""
    _copy_type(obj)
    with _files(obj, sent.attachments, author.id) as (files, refused), transaction.atomic():
        lines = [note, *map(_refused_line, refused)]
        if obj.customer._state.adding:
            unclaimed.save_unclaimed(obj.customer, author=author)
            obj.customer = obj.customer  # Django copies the ID, which is new
        engine.create(obj, actor=author, now=now, notes="\n".join(line for line in lines if line))
        if group is not None:
            unverified.add_report(obj, group)
        warnings = obj.warnings
        for file in files:
            obj = add_to_request(obj.pk, file, actor=author, now=now)
        obj.warnings, obj.files_refused = warnings, refused
        if and_then:
            and_then(obj)
    return obj


def _refused_line(file: RefusedFile) -> str:
    with stored_language():
        params = {"name": file.filename, "why": file.message}
        return _("File not stored: %(name)s. %(why)s") % params


def _emergency(
    sent: Submission, request_type: RequestType, customer: Actor, now: dt.datetime
) -> tuple[ServiceRequest, str]:
    """Return an emergency with the values that are usable, and a note of the rest.

    Raise `Invalid` only without a place.
    """
    report = emergencies.accept(
        request_type, {"description": sent.description, "address": sent.address}, sent.details
    )
    if sent.type_sent:
        report.add_unusable(unknown_type(), sent.type_sent)
    received_at, contact = _reception(sent, now, report.add_unusable)
    place = read_coordinates(sent.latitude, sent.longitude, report.add_unusable)
    email = _read_caller(sent, customer, report.add_unusable)
    obj = ServiceRequest(
        customer=customer.person,
        request_type=request_type,
        description=report.description,
        received_at=received_at,
        contact=contact,
        contact_email=email,
        **place._asdict(),
    )
    obj.address = report.address or obj.coordinates or customer.person.address
    if not obj.address:
        raise Invalid([no_address()])
    obj.details, obj.warnings = report.details, report.warnings
    return obj, report.note


def _valid_request(
    sent: Submission, request_type: RequestType | None, customer: Actor, now: dt.datetime
) -> ServiceRequest:
    obj = ServiceRequest(customer=customer.person, description=sent.description)
    obj.details, errors = _answers(request_type, sent.details)

    def report(error: FieldError, value: Any) -> None:
        errors.append(error)

    obj.received_at, obj.contact = _reception(sent, now, report)
    obj.latitude, obj.longitude = read_coordinates(sent.latitude, sent.longitude, report)
    obj.contact_email = _read_caller(sent, customer, report)
    errors += [] if sent.caller is None else caller_errors(sent.caller)
    obj.address = sent.address or obj.coordinates or customer.person.address
    errors = (
        submission_errors(
            customer,
            {"address": obj.address}
            | ({} if request_type else {"request_type": sent.request_type}),
        )
        + errors
    )
    errors += FieldError.of_fields(obj, "description", *(["address"] if obj.address else []))
    if errors or request_type is None:
        raise Invalid(errors)
    obj.request_type = request_type
    return obj


def _read_caller(
    sent: Submission, customer: Actor, report: Callable[[FieldError, Any], None]
) -> str:
    """Set what a caller says of themselves, and return the email address for the request."""
    if sent.caller is None:
        return ""
    return unclaimed.set_caller(customer.person, sent.caller, report, prefix=sent.caller_prefix)


def caller_errors(caller: Mapping[str, Any]) -> list[FieldError]:
    """Return what a caller must say of themselves, unless they report an emergency."""
    texts = {"name": _("Enter the caller's name."), "phone_number": _("Enter a phone number.")}
    return [
        FieldError(f"caller.{name}", "required", text)
        for name, text in texts.items()
        if not str(caller.get(name) or "").strip()
    ]


def _reception(
    sent: Submission, now: dt.datetime, report: Callable[[FieldError, Any], None]
) -> tuple[dt.datetime, str]:
    """Return when and how a report was received; report a value that is not usable."""
    contact = "" if sent.contact is None else sent.contact
    if contact not in ("", *Contact.values):
        text, values = _("Choose from the available options."), {"values": list(Contact.values)}
        report(FieldError("contact", "enum", text, values), contact)
        contact = ""
    if sent.received_at is None:
        return now, contact
    try:
        return read_received_at(sent.received_at, now), contact
    except Invalid as error:
        report(error.errors[0], sent.received_at)
    return now, contact


def read_received_at(value: Any, now: dt.datetime) -> dt.datetime:
    """Return when a report was received; a clock that is a little ahead is taken for now.

    Raise `Invalid` for what is no time, in the future or too long ago.
    """
    try:
        moment = value if isinstance(value, dt.datetime) else parse_start(value)
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        text = _("Write a time with its zone, as 2026-11-23T14:30:00Z.")
        raise Invalid([FieldError("received_at", "invalid_time", text)]) from error
    if moment > now + times.CLOCK_TOLERANCE:
        text = _("This time is in the future.")
        raise Invalid([FieldError("received_at", "in_the_future", text)])
    if moment < now - RECEIVED_WITHIN:
        params = {"days": RECEIVED_WITHIN.days}
        text = _("This is more than %(days)d days ago.") % params
        raise Invalid([FieldError("received_at", "too_long_ago", text, params)])
    return min(moment, now)


def reception_time_errors(value: Any, now: dt.datetime) -> list[FieldError]:
    """Return what is wrong with the time at which a report was received."""
    try:
        read_received_at(value, now)
    except Invalid as error:
        return list(error.errors)
    return []


def _copy_type(obj: ServiceRequest) -> None:
    """Copy to a new request what later changes of its type must not change."""
    request_type = obj.request_type
    obj.schema_version = request_type.version
    safety_texts.show_safety_text(obj, request_type)
    danger_marks.find_dangers(obj)
    obj.is_emergency = request_type.creates_emergencies
    obj.priority = Priority.EMERGENCY if obj.is_emergency else request_type.priority
    clock_starts.begin(obj, request_type, obj.began_at)


@contextmanager
def _files(
    obj: ServiceRequest, uploads: Sequence["UploadedFile[bytes]"], user: int | None
) -> Iterator[tuple[Sequence[Attachment], Sequence[RefusedFile]]]:
    """Store the files of a new request.

    All of them are stored, or of an emergency those that can be stored.
    """
    if obj.is_emergency:
        with stored_if_possible(uploads, user=user) as result:
            yield result
    else:
        with stored(validate_uploads(uploads, user=user)) as attachments:
            yield attachments, ()


def submission_errors(actor: Actor, data: Mapping[str, Any]) -> list[FieldError]:
    """Return the validation errors of a new request, as far as its fields are known."""
    errors = []
    request_type = _type(actor, data["request_type"]) if "request_type" in data else None
    if "request_type" in data and request_type is None:
        errors.append(unknown_type())
    has_place = data.get("address") or {"latitude", "longitude"} <= data.keys()
    if not has_place and not (actor.user and actor.user.address):
        errors.append(no_address())
    if data.get("received_at") is not None:
        errors += reception_time_errors(data["received_at"], timezone.now())
    return errors + (_answers(request_type, data.get("details", {}))[1] if request_type else [])


def is_acceptable_emergency(
    actor: Actor, data: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]
) -> bool:
    """Return whether an invalid body reports an emergency, and only its values are wrong."""
    return emergencies.only_values_are_wrong(errors) and is_emergency_type(
        actor, data.get("request_type")
    )


def is_emergency_type(actor: Actor, code: Any) -> bool:
    """Return whether a code is that of a type whose requests are emergencies."""
    request_type = _type(actor, code) if isinstance(code, str) else None
    return request_type is not None and request_type.creates_emergencies


def unknown_type() -> FieldError:
    """Return the error of a type that does not exist or is not active."""
    text = _("No such request type. `GET request-types/` lists them.")
    return FieldError("request_type", "unknown_type", text)


def no_address() -> FieldError:
    """Return the error of a request without a place."""
    return FieldError("address", "required", _("Enter an address or coordinates."))


def _answers(
    request_type: RequestType | None, answers: Mapping[str, Any]
) -> tuple[dict[str, Any], list[FieldError]]:
    """Return the answers as they are stored, and the errors of those that do not validate."""
    usable, errors = check(localised_form(request_type), answers) if request_type else ({}, [])
    return usable, [error._replace(field=f"details.{error.field}") for error in errors]


def _type(actor: Actor, code: Any) -> RequestType | None:
    """Return the type with this code, if the actor can file requests of it."""
    result: RequestType | None = _type_with_calendar(actor.role).first(
        **actor.given, code=str(code).strip().replace("\0", "")
    )
    return result


@compiled
def _type_with_calendar(role: Role) -> Statement:
    types = access.visible_to(access.anyone(role), RequestType).select_related("calendar")
    return Statement(types.filter(code=Given("code")).order_by())
