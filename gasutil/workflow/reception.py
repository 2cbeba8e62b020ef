"""Requests that support files for a customer: when and how they were received."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from gasutil import access
from gasutil.access import STAFF, Actor
from gasutil.errors import FieldError, Invalid
from gasutil.models import ServiceRequest, User, UserType
from gasutil.workflow import intake, unclaimed

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


def receive(
    *,
    actor: Actor,
    request_type: str,
    customer: int | None = None,
    caller: Mapping[str, Any] | None = None,
    description: str = "",
    address: str = "",
    details: Mapping[str, Any] | None = None,
    received_at: Any = None,
    contact: str = "",
    latitude: Any = None,
    longitude: Any = None,
    attachments: Sequence["UploadedFile[bytes]"] = (),
    and_then: Callable[[ServiceRequest], None] | None = None,
) -> ServiceRequest:
    """Create a request for another person, who owns it as if they had filed it.

    Its clocks begin when the report was received. As for a customer, an emergency is always
    created: values that do not validate go to its first note, and `warnings` names them. Raises
    `PermissionRequired`, and `Invalid` as `submit` does.
    """
    access.require(actor, STAFF)
    intake.require_filing_permission(actor)
    sent = {
        "request_type": request_type,
        "customer": customer,
        "caller": caller,
        "address": address,
        "details": details or {},
        "received_at": received_at,
    }
    if person_errors(sent):
        raise Invalid(filing_errors(actor, sent, ()))
    return intake.submit_for(
        actor=actor,
        customer=User.objects.get(pk=customer) if customer else unclaimed.new_customer(),
        caller=caller,
        request_type=request_type,
        description=description,
        address=address,
        details=details,
        received_at=received_at,
        contact=contact,
        latitude=latitude,
        longitude=longitude,
        attachments=attachments,
        and_then=and_then,
    )


def person_errors(data: Mapping[str, Any]) -> list[FieldError]:
    """Return what is wrong with whom a request is for: exactly one customer or caller."""
    customer, caller = data.get("customer"), data.get("caller")
    if customer is not None and caller is not None:
        return [FieldError("caller", "not_both", _("Name a customer or a caller, not both."))]
    if caller is not None:
        return []
    if customer is None:
        text = _("Name the customer, or the caller.")
        return [FieldError("customer", "required", text)]
    if not User.objects.filter(
        pk=customer, user_type=UserType.CUSTOMER, is_superuser=False, is_active=True
    ).exists():
        return [intake.not_a_customer()]
    return []


def filing_errors(
    actor: Actor, data: Mapping[str, Any], invalid_fields: Collection[str]
) -> list[FieldError]:
    """Return the further errors of a new request for another person, besides invalid fields."""
    errors = [] if "caller" in invalid_fields else person_errors(data)
    customer: Any = None if errors else data.get("customer")
    person = User.objects.filter(pk=customer).first() or User()
    is_known = not errors and "caller" not in invalid_fields
    given = data if is_known or data.get("address") else {**data, "address": "unknown"}
    return errors + intake.submission_errors(Actor(person), given)


def is_acceptable_report(
    actor: Actor, data: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]
) -> bool:
    """Return whether an invalid body reports an emergency of a customer."""
    return intake.is_acceptable_emergency(actor, data, errors) and not person_errors(data)
