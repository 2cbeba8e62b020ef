"""Emergencies that people report without an account, and the claims of customers to them."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil import access, request_owners
from gasutil.access import CUSTOMERS, Actor, Role
from gasutil.errors import Claimed, FieldError, Invalid, NotAuthenticated
from gasutil.identity import tracking
from gasutil.models import RequestType, ServiceRequest, User
from gasutil.privacy import redaction
from gasutil.search import index as search_index
from gasutil.workflow import emergencies, engine, intake, steps, unclaimed
from gasutil.workflow.accounts import update_account
from gasutil.workflow.unverified import EVERYONE, Source

DEFAULT_TYPE = "gas_leak_inspection"


def report_emergency(
    *,
    request_type: Any = "",
    description: str = "",
    address: str = "",
    latitude: Any = None,
    longitude: Any = None,
    details: Mapping[str, Any] | None = None,
    address_of_caller: str = "",
    and_then: Callable[[ServiceRequest], None] | None = None,
    now: dt.datetime | None = None,
    **caller: Any,
) -> ServiceRequest:
    """Report an emergency without an account.

    Only an address or coordinates are required. `tracking_token` is a bearer token for this request
    for 30 days: read, comment, attach a file, reopen and events.

    A report is never rejected because of the number of calls. `caller` has the name, phone number,
    email address and language, as far as they are known; the reporter becomes an unclaimed
    customer. Raises `Invalid` without a place, or for a type that is no emergency.
    """
    now = now or timezone.now()
    code, unknown = _type_of(request_type)
    reporter = Actor(unclaimed.new_customer())
    sent = intake.Submission(
        request_type=code,
        description=description,
        address=address,
        details=details or {},
        latitude=latitude,
        longitude=longitude,
        caller=caller,
        type_sent=unknown,
    )

    def finish(obj: ServiceRequest) -> None:
        obj.tracking_token = tracking.new_token(obj.pk, obj.customer_id, now)
        if and_then:
            and_then(obj)

    return intake.create_request(
        sent,
        customer=reporter,
        author=reporter,
        sources=[Source("ip", address_of_caller), EVERYONE],
        and_then=finish,
        now=now,
    )


def _type_of(code: Any) -> tuple[str, str]:
    """Return the emergency type to use, and the code that was sent if it is unknown."""
    text = emergencies.printable(emergencies.as_text(code or "")).strip()
    known = RequestType.objects.filter(code=text, is_active=True).first() if text else None
    if known is not None and not known.creates_emergencies:
        message = _("This type is not an emergency. Log in to submit such a request.")
        raise Invalid([FieldError("request_type", "not_an_emergency", message)])
    return (known.code, "") if known else (_default_type(), text)


def _default_type() -> str:
    active = RequestType.objects.filter(is_active=True, is_emergency=True).order_by("pk")
    codes = list(active.values_list("code", flat=True))
    if not codes:
        message = _("No emergency can be reported here. Call the emergency number.")
        raise Invalid([FieldError("request_type", "unknown_type", message)])
    return DEFAULT_TYPE if DEFAULT_TYPE in codes else str(codes[0])


def report_errors(data: Mapping[str, Any]) -> list[FieldError]:
    """Return the further errors of a report whose body is not valid."""
    has_place = data.get("address") or {"latitude", "longitude"} <= data.keys()
    return [] if has_place else [intake.no_address()]


def is_acceptable(data: Mapping[str, Any], errors: Any) -> bool:
    """Return whether an invalid body reports an emergency nevertheless."""
    return emergencies.only_values_are_wrong(errors)


def claim(*, actor: Actor, tracking_token: str, versions: tuple[int, ...] = ()) -> ServiceRequest:
    """Make the request of a tracking token the customer's own. This ends the token.

    The first claim wins. Raises `Claimed` for a later one, `StaleVersion` if the request has none
    of the `versions` that the caller has seen, and `Invalid` for a token that is not genuine or has
    expired.
    """
    access.require(actor, CUSTOMERS)
    claims = _claims(tracking_token)
    with transaction.atomic():
        former = User.objects.select_for_update().filter(pk=claims.customer_id).first()
        if former is None or tracking.active_reporter(claims) is None:
            raise Claimed
        obj = ServiceRequest.objects.get(pk=claims.request_id)
        access.transfer(obj, former, actor.person)
        obj = engine.change(
            obj.pk,
            steps.claim(actor.person),
            actor=actor,
            allowed=frozenset({Role.OWNER}),
            versions=versions,
        )
        request_owners.move_history(obj.pk)
        search_index.rebuild([obj.pk])
        if not former.service_requests.exists():
            update_account(former.pk, actor, redaction.CLAIMED, is_active=False)
    return obj


def claim_errors(data: Mapping[str, Any]) -> list[FieldError]:
    """Return the validation errors of a claim."""
    try:
        _claims(str(data.get("tracking_token") or ""))
    except Invalid as error:
        return error.errors
    return []


def _claims(token: str) -> tracking.Claims:
    try:
        return tracking.read_claims(token)
    except NotAuthenticated as error:
        raise Invalid([FieldError("tracking_token", "invalid_token", error.message)]) from error
