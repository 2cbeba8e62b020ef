"""The only place where service requests change.

Each change is saved together with its row in the log.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from gasutil import access, deadlines, request_history
from gasutil.access import STAFF, SYSTEM, Actor, Role
from gasutil.errors import DeskError, FieldError, Invalid, StaleVersion
from gasutil.events.wakeups import announce
from gasutil.models import (
    OPEN_STATUSES,
    Entry,
    Event,
    LogRow,
    Priority,
    RequestUpdate,
    ServiceRequest,
    Status,
)
from gasutil.notify.deliveries import enqueue_notifications
from gasutil.search import index as search_index
from gasutil.workflow import danger_marks, messages, review_queue, steps, times, unverified
from gasutil.workflow.change import Additive, Change, LogEvent, Step

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
    "has_danger",
    "is_breached",
    "incident",
    "customer_wrote_at",
    "hold_until",
    "hold_reason",
    "updated_at",
    "version",
]
# Seldom, and long.
RECLASSIFYING: Sequence[str] = [
    "request_type",
    "filed_as",
    "safety_instructions",
    "safety_type",
    "safety_version",
    "safety_translations",
    "safety_language",
]
CLAIMING: Sequence[str] = ["customer"]
RECLASSIFIES = {Event.RECLASSIFIED, Event.PRIORITISED}
# What these add concerns no other addition, as long as the status is the same.
ADDING = (
    *(Event.COMMENTED, Event.MILESTONE, Event.ATTACHED, Event.ESCALATED, Event.REFERENCED),
    Event.BREACH_EXPLAINED,
)
# Their rows have the notes.
HOLDING_NOTES = (Event.COMMENTED, Event.REVIEWED, Event.RETURNED, Event.BREACH_EXPLAINED)
NOTES_FIELD = RequestUpdate._meta.get_field("notes")


@dataclass(frozen=True, kw_only=True)
class _Former:
    """A request before a change, as far as what follows depends on it."""

    status: str
    version: int
    escalate_at: dt.datetime | None
    filed_under: tuple[int | None, str]  # the incident and the type
    tracked: Mapping[str, Any]

    @classmethod
    def of(cls, obj: ServiceRequest) -> "_Former":
        """Return the present state of a request."""
        return cls(
            status=obj.status,
            version=obj.version,
            escalate_at=obj.escalate_at,
            filed_under=(obj.incident_id, obj.request_type_id),
            tracked=request_history.tracked(obj),
        )


def change(
    pk: int,
    *taken: Step,
    actor: Actor,
    notes: str = "",
    is_internal: bool = False,
    internal_notes: str = "",
    allowed: frozenset[Role] = STAFF,
    permission: str = access.WORK,
    versions: Collection[int] = (),
    seen: int | None = None,
    now: dt.datetime | None = None,
    occurred_at: dt.datetime | None = None,
    has_reason: bool = False,
    is_mass: bool = False,
) -> ServiceRequest:
    """Lock a request, take the steps, and save it with its row in the log, in one transaction.

    The row says what the first effective step means; notes alone are a comment; with neither,
    nothing is saved. Internal notes beside a change get a row of their own, so that the change
    itself stays visible to the customer. `internal_notes` always get a row of their own, beside
    `notes` for the customer. Its clocks follow, and its alarm is set for the time at which
    supervisors are notified. A representative needs `permission`.
    It is acknowledged by what shows that a support representative has looked at it: a step that
    says so, or notes to the customer and nothing else, unless they go to many requests at once
    (`is_mass`). An open request never stays with an assignee who is no longer a representative.
    `versions` are those that the caller has seen, none for any. `seen` is the version that a person
    has seen: what others have only added since does not conflict with a step that only adds, except
    that a message to the customer conflicts with another. `occurred_at` is when it happened, if not
    now; clocks count with it. If that is a while ago it needs notes, unless another row of the same
    call has them (`has_reason`). Raises what the steps raise, `Invalid` with the errors of all
    fields, `NotFound`, `NotAllowed`, `StaleVersion`, and `PermissionRequired` as
    `times.read_occurred_at` does.
    """
    notes = clean_notes(notes, required=is_internal)
    internal_notes = clean_notes(internal_notes, required=False)
    with transaction.atomic():
        obj, roles = access.get_for_action(actor, ServiceRequest, pk, allowed, lock=True)
        access.require_permission(actor, permission)
        is_message = steps.comment in taken and not is_internal
        _check_version(obj, taken, versions=versions, seen=seen, is_message=is_message)
        now = now or timezone.now()
        has_notes = has_reason or bool(notes or internal_notes)
        at, errors = times.read_occurred_at(
            occurred_at, obj, actor=actor, has_notes=has_notes, now=now
        )
        _keep_in_step(obj)
        former = _Former.of(obj)
        frame = Change(obj=obj, actor=actor, roles=roles, notes=notes, now=now, at=at)
        effective = _take(taken, frame, errors)
        rows = _rows(effective, notes, is_internal, internal_notes)
        if rows:
            is_reply = bool(notes) and not (effective or is_internal or is_mass)
            is_attention = is_reply or any(event.is_attention for event in effective)
            _apply_effects(frame, former, rows, is_attention=is_attention)
            events = {event.event for event in effective}
            written = _save(frame, former, rows, events)
            review_queue.sync_review(frame, former.status)
            if obj.escalate_at != former.escalate_at:
                _set_alarm(obj)
            _index(obj, former, rows, events)
            _notify(written)
    return obj


def _take(taken: Sequence[Step], frame: Change, errors: Sequence[FieldError]) -> list[LogEvent]:
    """Take the steps; return the events of those that had an effect.

    Raises `Invalid` with `errors` and those of all steps. Without any, it raises what the first
    step raises that is refused for another reason.
    """
    errors, refused, effective = list(errors), None, []
    for step in taken:
        try:
            event = step(frame)
        except Invalid as error:
            errors += error.errors
        except DeskError as error:
            refused = refused or error
        else:
            effective += [event] if event is not None else []
    if errors:
        raise Invalid(errors)
    if refused is not None:
        raise refused
    return effective


def _check_version(
    obj: ServiceRequest,
    taken: Sequence[Step],
    *,
    versions: Collection[int],
    seen: int | None,
    is_message: bool,
) -> None:
    """Raise `StaleVersion` if the request has changed since the caller read it."""
    is_stale = bool(versions) and obj.version not in versions
    if is_stale or _conflicts(obj, taken, seen, is_message=is_message):
        params = {"reference": obj.reference, "version": obj.version}
        raise StaleVersion(
            _("%(reference)s has changed. Its current version is %(version)s.") % params
        )


def _conflicts(
    obj: ServiceRequest, taken: Sequence[Step], seen: int | None, *, is_message: bool
) -> bool:
    """Return whether someone has changed what a change depends on since a version.

    A message to the customer also depends on what the customer and others have written.
    """
    if seen is None or seen == obj.version:
        return False
    if seen > obj.version or not all(isinstance(step, Additive) for step in taken):
        return True
    later = RequestUpdate.objects.filter(id=obj.pk, version__gt=seen)
    matters = ~Q(event__in=ADDING, previous_status=F("status"))
    if is_message:
        matters |= Q(event=Event.COMMENTED, is_internal=False)
    return bool(later.filter(matters).exists())


def _apply_effects(
    frame: Change, former: _Former, rows: Sequence[LogEvent], *, is_attention: bool
) -> None:
    """Change what follows from the steps: assignee, hold, danger marks, clocks, acknowledgement.

    `is_attention` says that a support representative who did this has looked at the request.
    """
    obj, now = frame.obj, frame.now
    _drop_departed_assignee(obj)
    if obj.status != Status.ON_HOLD:
        obj.hold_until, obj.hold_reason = None, ""
    if former.status not in OPEN_STATUSES and obj.status in OPEN_STATUSES:
        danger_marks.find_dangers(obj)  # marks that change are applied to open requests
    messages.note_reply(frame, former.status, rows)
    is_by_support = Role.SUPPORT in frame.roles
    has_looked = is_by_support and is_attention
    is_reaction = has_looked and not times.precedes_round(obj, frame.at, now)
    deadlines.sync_clocks(obj, before=former.status, acknowledged=is_reaction, now=frame.at)
    if has_looked or (is_by_support and obj.status not in OPEN_STATUSES):
        unverified.acknowledge(obj, now)


def _save(
    frame: Change, former: _Former, rows: Sequence[LogEvent], events: Collection[Event]
) -> list[LogRow | None]:
    """Save the request once for each row of the log, as a new version; return the rows."""
    obj, columns, written = frame.obj, _columns(events), []
    before, was = former.status, former.tracked
    for row in rows:
        obj.version += 1
        is_now = request_history.tracked(obj)
        _log(obj, row, frame.actor, before=before, now=frame.now, was=was, occurred_at=frame.at)
        obj.save(update_fields=columns)
        before, was = obj.status, is_now
        written.append(obj.last_update)
    return written


def _columns(events: Collection[Event]) -> list[str]:
    """Return the columns that a change with these events saves."""
    reclassifying = [] if RECLASSIFIES.isdisjoint(events) else RECLASSIFYING
    claiming = CLAIMING if Event.CLAIMED in events else []
    return [*CHANGING, *reclassifying, *claiming]


def _index(
    obj: ServiceRequest, former: _Former, rows: Sequence[LogEvent], events: Collection[Event]
) -> None:
    """Update the search index.

    Only the notes are added, unless the incident, the type or a reference of the request has
    changed.
    """
    is_moved = (obj.incident_id, obj.request_type_id) != former.filed_under
    if is_moved or Event.REFERENCED in events:
        search_index.rebuild([obj.pk])
    else:
        public, internal = (
            [row.notes for row in rows if row.is_internal is hidden] for hidden in (False, True)
        )
        search_index.append(obj, version=former.version, public=public, internal=internal)


def _keep_in_step(obj: ServiceRequest) -> None:
    """Set the fact and the priority of an emergency together: the previous release set only one."""
    if obj.is_pressing:
        obj.is_emergency, obj.priority = True, Priority.EMERGENCY


def _drop_departed_assignee(obj: ServiceRequest) -> None:
    """Unassign an open request whose assignee is no longer an approved, active representative."""
    assignee = obj.assigned_to_id if obj.status in OPEN_STATUSES else None
    if assignee is not None and not access.is_assignable(assignee):
        obj.assigned_to = None


def _rows(
    effective: Sequence[LogEvent], notes: str, is_internal: bool, internal_notes: str
) -> list[LogEvent]:
    """Return the rows that the log gets."""
    aside = (
        [LogEvent(Event.COMMENTED, notes=internal_notes, is_internal=True)]
        if internal_notes
        else []
    )
    comment = [LogEvent(Event.COMMENTED, notes=notes, is_internal=is_internal)] if notes else []
    if not effective:
        return comment + aside
    if effective[-1].event in HOLDING_NOTES:
        return [*effective, *aside]
    if is_internal or effective[0].notes:
        return [effective[0], *comment, *aside]
    return [replace(effective[0], notes=notes), *aside]


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
        _notify([obj.last_update])
    return obj


def _notify(rows: Sequence[LogRow | None]) -> None:
    """Notify people, webhooks and streams once this transaction is committed."""
    enqueue_notifications(rows)
    transaction.on_commit(announce, robust=True)


def clean_notes(notes: str, *, required: bool) -> str:
    """Return notes as they are stored.

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
    row: LogEvent,
    actor: Actor,
    *,
    now: dt.datetime,
    before: str | None,
    was: Mapping[str, Any] | None = None,
    occurred_at: dt.datetime | None = None,
) -> None:
    obj.updated_at = now
    obj.log_entry = Entry(
        event=row.event,
        at=now,
        occurred_at=occurred_at or now,
        channel=actor.channel,
        author=actor.user,
        machine_account=actor.machine,
        previous_status=before,
        subject=row.subject,
        notes=row.notes,
        is_internal=row.is_internal,
        attachment=row.attachment,
        sha256=row.sha256,
        reason_code=row.reason_code,
        changes=request_history.changes_as_json(was or {}, request_history.tracked(obj)),
    )


# --- The alarm
# --------------------------------------------------------------------------------------------------
# A missed milestone is escalated by a task that is queued for the time at which it is due, in the
# transaction that calculated the time. A task whose milestone has been met, or whose clock has
# stopped, does nothing, so it may run twice. `escalation.sweep` finds what a dead worker missed.


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
    """Escalate a request at its scheduled time."""
    return escalate(pk)


ring = escalate_due  # queued tasks of 0.1.0 have this path; to be removed in 0.3.0


def _set_alarm(obj: ServiceRequest) -> None:
    if obj.escalate_at is not None:
        escalate_due.using(run_after=obj.escalate_at).enqueue(obj.pk)
