"""The one door for change: whatever happens to a service request happens in here, together with its row in the log."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from gasutil import access, deadlines, reports
from gasutil.access import STAFF, SYSTEM, Actor, Role
from gasutil.errors import Fault, Invalid, StaleVersion
from gasutil.events.wakeups import announce
from gasutil.models import Entry, Event, LogRow, RequestUpdate, ServiceRequest
from gasutil.notify.deliveries import tell_later
from gasutil.workflow import steps
from gasutil.workflow.change import Change, Meaning, Step

CHANGING: Sequence[str] = [
    "status",
    "priority",
    "assigned_to",
    "resolved_at",
    "respond_by",
    "resolve_by",
    "milestones",
    "due_at",
    "escalate_at",
    "incident",
    "updated_at",
    "version",
]
RECLASSIFYING: Sequence[str] = ["request_type", "filed_as", "is_emergency", "safety_instructions"]  # seldom, and long
NOTES = RequestUpdate._meta.get_field("notes")


def change(
    pk: int,
    *taken: Step,
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
    Its clocks follow, and its alarm is set for when supervisors have to be told.
    `versions` are those that the caller has seen, none for any. Raises what the steps raise, `NotFound`,
    `NotAllowed`, `StaleVersion` and `Invalid`.
    """
    notes = clean_notes(notes, required=is_internal)
    with transaction.atomic():
        obj, roles = access.reach(actor, ServiceRequest, pk, allowed, lock=True)
        if versions and obj.version not in versions:
            told = {"reference": obj.reference, "version": obj.version}
            raise StaleVersion(_("%(reference)s has changed since: it is at version %(version)s.") % told)
        now = now or timezone.now()
        before, alarm, was = obj.status, obj.escalate_at, reports.tracked(obj)
        frame = Change(obj=obj, actor=actor, roles=roles, notes=notes, now=now)
        meanings = [meaning for meaning in [step(frame) for step in taken] if meaning is not None]
        rows = _rows(meanings, notes, is_internal)
        if rows:
            deadlines.follow(obj, before=before, acknowledged=Role.SUPPORT in roles, now=now)
        written = []
        for row in rows:
            obj.version += 1
            is_now = reports.tracked(obj)
            _log(obj, row, actor, before=before, now=now, changed=[name for name in is_now if is_now[name] != was[name]])
            obj.save(update_fields=[*CHANGING, *(RECLASSIFYING if row.event == Event.RECLASSIFIED else ())])
            before, was = obj.status, is_now
            written.append(obj.last_update)
        if obj.escalate_at != alarm:
            _set_alarm(obj)
        if rows:
            _tell(written)
    return obj


def _rows(meanings: Sequence[Meaning], notes: str, is_internal: bool) -> list[Meaning]:
    """Return the rows that the log gets."""
    said = [Meaning(Event.COMMENTED, notes=notes, is_internal=is_internal)] if notes else []
    if not meanings:
        return said
    if is_internal or meanings[0].notes:
        return [meanings[0], *said]
    return [replace(meanings[0], notes=notes)]


def create(obj: ServiceRequest, *, actor: Actor, now: dt.datetime) -> ServiceRequest:
    """Save a new request with the first row of its log, make its customer the owner and set its alarm, in one transaction."""
    with transaction.atomic():
        obj.created_at = now
        _log(obj, Meaning(Event.CREATED), actor, before=None, now=now)
        obj.save(force_insert=True)
        access.make_owner(obj.customer, obj)
        _set_alarm(obj)
        _tell([obj.last_update])
    return obj


def _tell(rows: Sequence[LogRow | None]) -> None:
    """Tell whoever it concerns, and the streams, once this transaction is committed."""
    tell_later(rows)
    transaction.on_commit(announce, robust=True)


def clean_notes(notes: str, *, required: bool) -> str:
    """Return notes as they are kept; raise `Invalid` if they are missing, too long, or hold what no text may hold."""
    try:
        cleaned = str(NOTES.clean(notes, None))
    except ValidationError as error:
        raise Invalid(Fault.of("notes", error)) from error
    if required and not cleaned:
        raise Invalid([Fault("notes", "required", _("Say something here."))])
    return cleaned


def _log(obj: ServiceRequest, meaning: Meaning, actor: Actor, *, now: dt.datetime, before: str | None, changed: Sequence[str] = ()) -> None:
    obj.updated_at = now
    obj.log_entry = Entry(
        event=meaning.event,
        at=now,
        channel=actor.channel,
        author_id=actor.id,
        previous_status=before,
        subject=meaning.subject,
        notes=meaning.notes,
        is_internal=meaning.is_internal,
        changed=changed,
    )


# --- The alarm ----------------------------------------------------------------------------------------------------
# A milestone that passes unmet is escalated by a task that was queued for that very moment, in the transaction that the
# moment was reckoned in. An alarm that rings for nothing (the milestone was met, or its time stood still) does nothing,
# so it may ring twice; `escalation.sweep` finds what a dead worker has missed.


def escalate(pk: int, now: dt.datetime | None = None) -> int:
    """Escalate every milestone of a request that has passed unmet, each once; return how many there were."""
    count = 0
    while change(pk, steps.escalate, actor=SYSTEM, now=now).last_update is not None:
        count += 1
    return count


@task(queue_name="escalation")
def ring(pk: int) -> int:
    """Do what an alarm was set for."""
    return escalate(pk)


def _set_alarm(obj: ServiceRequest) -> None:
    if obj.escalate_at is not None:
        ring.using(run_after=obj.escalate_at).enqueue(obj.pk)
