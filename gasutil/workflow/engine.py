"""The only place where service requests change.

Whatever happens to a request happens in here, together with its row in the log.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from gasutil import access, deadlines, request_history
from gasutil.access import STAFF, SYSTEM, Actor, Role, is_representative
from gasutil.errors import FieldError, Invalid, StaleVersion
from gasutil.events.wakeups import announce
from gasutil.models import (
    OPEN_STATUSES,
    Entry,
    Event,
    LogRow,
    Priority,
    RequestUpdate,
    ServiceRequest,
)
from gasutil.notify.deliveries import enqueue_notifications
from gasutil.search import index as search_index
from gasutil.workflow import messages, steps, unverified
from gasutil.workflow.change import Change, LogEvent, Step

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
    "is_emergency",
    "is_breached",
    "incident",
    "customer_wrote_at",
    "updated_at",
    "version",
]
# Seldom, and long.
RECLASSIFYING: Sequence[str] = ["request_type", "filed_as", "safety_instructions"]
CLAIMING: Sequence[str] = ["customer"]
RECLASSIFIES = {Event.RECLASSIFIED, Event.PRIORITISED}
NOTES_FIELD = RequestUpdate._meta.get_field("notes")


def change(
    pk: int,
    *taken: Step,
    actor: Actor,
    notes: str = "",
    is_internal: bool = False,
    internal_notes: str = "",
    allowed: frozenset[Role] = STAFF,
    versions: Collection[int] = (),
    now: dt.datetime | None = None,
    is_mass: bool = False,
) -> ServiceRequest:
    """Lock a request, take the steps, and save it with its row in the log, in one transaction.

    The row says what the first effective step means; notes alone are a comment; with neither,
    nothing is saved. Internal notes beside a change get a row of their own, so that the change
    itself stays visible to the customer. `internal_notes` always get a row of their own, beside
    `notes` for the customer. Its clocks follow, and its alarm is set for the time at which
    supervisors are notified.
    It is acknowledged by what shows that a support representative has looked at it: a step that
    says so, or notes to the customer and nothing else, unless they go to many requests at once
    (`is_mass`). An open request never stays with an assignee who is no longer a representative.
    `versions` are those that the caller has seen, none for any. Raises what the steps raise,
    `NotFound`, `NotAllowed`, `StaleVersion` and `Invalid`.
    """
    notes, internal_notes = (
        clean_notes(notes, required=is_internal),
        clean_notes(internal_notes, required=False),
    )
    with transaction.atomic():
        obj, roles = access.get_for_action(actor, ServiceRequest, pk, allowed, lock=True)
        access.require_permission(actor, access.WORK)
        if versions and obj.version not in versions:
            params = {"reference": obj.reference, "version": obj.version}
            raise StaleVersion(
                _("%(reference)s has changed. Its current version is %(version)s.") % params
            )
        now = now or timezone.now()
        _keep_in_step(obj)
        before, alarm, was = obj.status, obj.escalate_at, request_history.tracked(obj)
        version, filed_under = obj.version, (obj.incident_id, obj.request_type_id)
        frame = Change(obj=obj, actor=actor, roles=roles, notes=notes, now=now)
        meanings = [meaning for meaning in [step(frame) for step in taken] if meaning is not None]
        rows = _rows(meanings, notes, is_internal, internal_notes)
        if rows:
            _drop_departed_assignee(obj)
            messages.note_reply(frame, before, rows)
            writes = bool(notes) and not meanings and not is_internal and not is_mass
            looked = Role.SUPPORT in roles and (
                writes or any(meaning.is_attention for meaning in meanings)
            )
            deadlines.sync_clocks(obj, before=before, acknowledged=looked, now=now)
            if looked or (Role.SUPPORT in roles and obj.status not in OPEN_STATUSES):
                unverified.acknowledge(obj, now)
        written, rest = (
            [],
            RECLASSIFYING if any(meaning.event in RECLASSIFIES for meaning in meanings) else (),
        )
        if any(meaning.event == Event.CLAIMED for meaning in meanings):
            rest = [*rest, *CLAIMING]
        for row in rows:
            obj.version += 1
            is_now = request_history.tracked(obj)
            _log(
                obj,
                row,
                actor,
                before=before,
                now=now,
                was=was,
            )
            obj.save(update_fields=[*CHANGING, *rest])
            before, was = obj.status, is_now
            written.append(obj.last_update)
        if obj.escalate_at != alarm:
            _set_alarm(obj)
        if rows:
            _index(
                obj,
                rows,
                version=version,
                is_moved=(obj.incident_id, obj.request_type_id) != filed_under,
            )
            _tell(written)
    return obj


def _index(obj: ServiceRequest, rows: Sequence[LogEvent], *, version: int, is_moved: bool) -> None:
    """Update the search index.

    Only the notes are added, unless the incident or the type of the request has changed.
    """
    if is_moved:
        search_index.rebuild([obj.pk])
    else:
        public, internal = (
            [row.notes for row in rows if row.is_internal is hidden] for hidden in (False, True)
        )
        search_index.append(obj, version=version, public=public, internal=internal)


def _keep_in_step(obj: ServiceRequest) -> None:
    """Make the previous release's data of an emergency consistent.

    The fact and the priority go together.
    """
    if obj.is_pressing:
        obj.is_emergency, obj.priority = True, Priority.EMERGENCY


def _drop_departed_assignee(obj: ServiceRequest) -> None:
    """Unassign an open request whose assignee is no longer an approved, active representative."""
    assignee = obj.assigned_to if obj.status in OPEN_STATUSES else None
    if assignee is not None and not is_representative(assignee):
        obj.assigned_to = None


def _rows(
    meanings: Sequence[LogEvent], notes: str, is_internal: bool, internal_notes: str
) -> list[LogEvent]:
    """Return the rows that the log gets."""
    aside = (
        [LogEvent(Event.COMMENTED, notes=internal_notes, is_internal=True)]
        if internal_notes
        else []
    )
    comment = [LogEvent(Event.COMMENTED, notes=notes, is_internal=is_internal)] if notes else []
    if not meanings:
        return comment + aside
    if meanings[0].event == Event.COMMENTED:  # the notes themselves
        return [meanings[0], *aside]
    if is_internal or meanings[0].notes:
        return [meanings[0], *comment, *aside]
    return [replace(meanings[0], notes=notes), *aside]


def create(
    obj: ServiceRequest, *, actor: Actor, now: dt.datetime, notes: str = ""
) -> ServiceRequest:
    """Save a new request with the first row of its log.

    The same transaction makes its customer the owner, and sets its alarm. `notes` of the first row
    have no limit: they hold what did not fit elsewhere.
    """
    with transaction.atomic(savepoint=False):  # the caller's transaction is enough
        obj.created_at = now
        received = obj.received_at = obj.received_at or now
        created = LogEvent(Event.CREATED, notes=notes)
        _log(obj, created, actor, before=None, now=now, occurred_at=received)
        obj.save(force_insert=True)
        search_index.add(obj, notes)
        access.make_owner(obj.customer, obj)
        _set_alarm(obj)
        _tell([obj.last_update])
    return obj


def _tell(rows: Sequence[LogRow | None]) -> None:
    """Notify people, webhooks and streams once this transaction is committed."""
    enqueue_notifications(rows)
    transaction.on_commit(announce, robust=True)


def clean_notes(notes: str, *, required: bool) -> str:
    """Return notes as they are kept.

    Raise `Invalid` if they are missing, too long, or hold what no text may hold.
    """
    try:
        cleaned = str(NOTES_FIELD.clean(notes, None))
    except ValidationError as error:
        raise Invalid(FieldError.of("notes", error)) from error
    if required and not cleaned:
        raise Invalid([FieldError("notes", "required", _("Enter some text."))])
    return cleaned


def _log(
    obj: ServiceRequest,
    meaning: LogEvent,
    actor: Actor,
    *,
    now: dt.datetime,
    before: str | None,
    was: Mapping[str, Any] | None = None,
    occurred_at: dt.datetime | None = None,
) -> None:
    obj.updated_at = now
    obj.log_entry = Entry(
        event=meaning.event,
        at=now,
        occurred_at=occurred_at or now,
        channel=actor.channel,
        author=actor.user,
        machine_account=actor.machine,
        previous_status=before,
        subject=meaning.subject,
        notes=meaning.notes,
        is_internal=meaning.is_internal,
        attachment=meaning.attachment,
        changes=request_history.changes_as_json(was or {}, request_history.tracked(obj)),
    )


# --- The alarm
# --------------------------------------------------------------------------------------------------
# A milestone that passes unmet is escalated by a task that was queued for that very moment, in the
# transaction that the moment was reckoned in. An alarm that rings for nothing (the milestone was
# met, or its time stood still) does nothing, so it may ring twice; `escalation.sweep` finds what a
# dead worker has missed.


def escalate(pk: int, now: dt.datetime | None = None) -> int:
    """Escalate every missed milestone of a request, each once.

    Return how many there were.
    """
    count = 0
    while change(pk, steps.escalate, actor=SYSTEM, now=now).last_update is not None:
        count += 1
    return count


@task(queue_name="escalation")
def escalate_due(pk: int) -> int:
    """Do what an alarm was set for."""
    return escalate(pk)


ring = escalate_due  # queued tasks of 0.1.0 have this path; to be removed in 0.3.0


def _set_alarm(obj: ServiceRequest) -> None:
    if obj.escalate_at is not None:
        escalate_due.using(run_after=obj.escalate_at).enqueue(obj.pk)
