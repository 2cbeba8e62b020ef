"""The one door for change: whatever happens to a service request happens in here, together with its row in the log."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from gasutil import access
from gasutil.access import STAFF, Actor, Role
from gasutil.errors import Fault, Invalid, StaleVersion
from gasutil.models import Entry, Event, RequestUpdate, ServiceRequest

CHANGING: Sequence[str] = ["status", "priority", "assigned_to", "resolved_at", "updated_at", "version"]
NOTES = RequestUpdate._meta.get_field("notes")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a step may know of the change it is part of; it alters `obj` and nothing else."""

    obj: ServiceRequest
    actor: Actor
    roles: frozenset[Role]
    notes: str
    now: dt.datetime


Step = Callable[[Change], Event | None]
"""Check, alter the request and say what that means; None where the request is so already."""


def change(
    pk: int,
    *steps: Step,
    actor: Actor,
    notes: str = "",
    is_internal: bool = False,
    allowed: frozenset[Role] = STAFF,
    versions: Collection[int] = (),
    now: dt.datetime | None = None,
) -> ServiceRequest:
    """Lock a request, take the steps, and save it with its row in the log, in one transaction.

    The row says what the first effective step means; notes alone are a comment; with neither, nothing is saved.
    Internal notes beside a change get a row of their own, so that the change itself stays visible to the customer.
    `versions` are those that the caller has seen, none for any. Raises what the steps raise, `NotFound`,
    `NotAllowed`, `StaleVersion` and `Invalid`.
    """
    notes = clean_notes(notes, required=is_internal)
    with transaction.atomic():
        obj, roles = access.reach(actor, ServiceRequest, pk, allowed, lock=True)
        if versions and obj.version not in versions:
            raise StaleVersion(f"{obj.reference} has changed since: it is at version {obj.version}.")
        now = now or timezone.now()
        before = obj.status
        frame = Change(obj=obj, actor=actor, roles=roles, notes=notes, now=now)
        events = [event for event in [step(frame) for step in steps] if event is not None]
        apart = is_internal and bool(events) and bool(notes)
        if events:
            _save(obj, events[0], actor, before=before, notes="" if apart else notes, now=now)
        if notes and (apart or not events):
            _save(obj, Event.COMMENTED, actor, before=obj.status, notes=notes, is_internal=is_internal, now=now)
    return obj


def create(obj: ServiceRequest, *, actor: Actor, now: dt.datetime) -> ServiceRequest:
    """Save a new request with the first row of its log, and make its customer the owner, in one transaction."""
    with transaction.atomic():
        obj.created_at = now
        _log(obj, Event.CREATED, actor, before=None, now=now)
        obj.save(force_insert=True)
        access.make_owner(obj.customer, obj)
    return obj


def clean_notes(notes: str, *, required: bool) -> str:
    """Return notes as they are kept; raise `Invalid` if they are missing, too long, or hold what no text may hold."""
    try:
        cleaned = str(NOTES.clean(notes, None))
    except ValidationError as error:
        raise Invalid(Fault.of("notes", error)) from error
    if required and not cleaned:
        raise Invalid([Fault("notes", "required", "Say something here.")])
    return cleaned


def _save(obj: ServiceRequest, event: Event, actor: Actor, *, now: dt.datetime, before: str, notes: str, is_internal: bool = False) -> None:
    obj.version += 1
    _log(obj, event, actor, now=now, before=before, notes=notes, is_internal=is_internal)
    obj.save(update_fields=CHANGING)


def _log(
    obj: ServiceRequest, event: Event, actor: Actor, *, now: dt.datetime, before: str | None, notes: str = "", is_internal: bool = False
) -> None:
    obj.updated_at = now
    obj.log_entry = Entry(
        event=event, at=now, channel=actor.channel, author_id=actor.id, previous_status=before, notes=notes, is_internal=is_internal
    )
