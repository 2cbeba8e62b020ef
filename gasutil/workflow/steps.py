"""The steps of which a verb's change to a request consists.

Each step checks the request, alters it, and says what that means in the log.
"""

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil import access, clock_starts, deadlines
from gasutil.access import Actor, is_representative, representatives
from gasutil.errors import Conflict, FieldError, Invalid
from gasutil.models import (
    OPEN_STATUSES,
    Attachment,
    Event,
    Incident,
    Priority,
    RequestType,
    ServiceRequest,
    Status,
    User,
)
from gasutil.models.catalogue import version_of
from gasutil.workflow import danger_marks, guards, messages, safety_texts, times, transitions
from gasutil.workflow.change import Additive, Change, LogEvent, Step


def move(to: Status, verb: str = "") -> Step:
    """Return the step to a status.

    The status a request already has is no move, unless a verb asked for just that move.
    """
    to = Status(to)

    def step(change: Change) -> LogEvent | None:
        obj = change.obj
        if obj.status == to and not verb:
            return None
        transitions.find_move(obj, to, change.roles, change.now, verb=verb)
        if to == Status.RESOLVED:
            guards.require_safety(change)
        if to == Status.CANCELLED:
            guards.require_reason(change)
        if to in (Status.IN_PROGRESS, Status.RESOLVED):
            guards.check_no_open_dispute(change)
        is_start = (obj.status, to) == (Status.PENDING, Status.IN_PROGRESS)
        if (
            is_start
            and obj.assigned_to_id is None
            and change.actor.user
            and is_representative(change.actor.user)
        ):
            obj.assigned_to_id = change.actor.id  # who starts it takes it
        _set_status(change, to)
        return LogEvent(Event.STATUS_CHANGED, is_attention=is_start or to == Status.RESOLVED)

    return step


def _set_status(change: Change, to: Status) -> None:
    change.obj.status = to
    change.obj.resolved_at = change.at if to == Status.RESOLVED else None


def record(name: str) -> Step:
    """Return the step that records a milestone, or an outcome of an emergency.

    What comes before a milestone has been reached with it. `acknowledged` also ends an escalation.
    """

    @Additive
    def step(change: Change) -> LogEvent:
        obj, milestones = change.obj, deadlines.milestones_of(change.obj)
        names = [milestone.name for milestone in milestones]
        if name not in (
            *recordable(obj),
            deadlines.ACKNOWLEDGED,
            deadlines.RESOLVED,
        ):  # an escalation can always be acknowledged
            raise Invalid(
                [
                    FieldError(
                        "milestone",
                        "unknown_milestone",
                        _("Choose one of: %(names)s.")
                        % {"names": ", ".join(f"`{name}`" for name in recordable(obj))},
                        {"values": list(recordable(obj))},
                    )
                ]
            )
        if obj.status not in OPEN_STATUSES:
            message = _("%(reference)s is %(status)s. Steps can only be recorded on open requests.")
            raise Conflict(message % {"reference": obj.reference, "status": obj.status})
        if name == deadlines.RESOLVED:
            raise Conflict(_("Resolve the request to record this step."))
        if times.precedes_round(obj, change.at, change.now):
            raise times.before_round(obj)
        if name == deadlines.ACKNOWLEDGED:
            access.require_person(change.actor)
            _acknowledge(milestones, change)
        elif obj.is_pressing and name in guards.SAFE:
            _make_safe(milestones, name, change)
        elif name != guards.NO_ACCESS:
            _reach(milestones[: names.index(name) + 1], change)
        deadlines.store_milestones(obj, milestones)
        return LogEvent(Event.MILESTONE, subject=name, is_attention=True)

    return step


def recordable(obj: ServiceRequest) -> list[str]:
    """Return the milestones and outcomes that a request can have, except that it is resolved."""
    names = [
        milestone.name
        for milestone in deadlines.milestones_of(obj)
        if milestone.name != deadlines.RESOLVED
    ]
    return names + [
        outcome
        for outcome in (guards.OUTCOMES if obj.is_pressing else (guards.NO_ACCESS,))
        if outcome not in names
    ]


def _make_safe(milestones: list[deadlines.Milestone], outcome: str, change: Change) -> None:
    """Record that there is no danger.

    It can be recorded again if something else was recorded since.
    """
    names = [milestone.name for milestone in milestones]
    if guards.last_outcome(change.obj) == outcome:
        raise Conflict(_("`%(outcome)s` is already the last outcome.") % {"outcome": outcome})
    upto = names.index(deadlines.MADE_SAFE) + 1 if deadlines.MADE_SAFE in names else 0
    _mark_met(milestones[:upto], change)


def _mark_met(milestones: list[deadlines.Milestone], change: Change) -> None:
    """Record milestones as reached; what a machine account does is no acknowledgement."""
    for milestone in milestones:
        if change.actor.machine is None or milestone.name != deadlines.ACKNOWLEDGED:
            deadlines.mark_met([milestone], milestone.name, change.at)


def _acknowledge(milestones: list[deadlines.Milestone], change: Change) -> None:
    escalated = [
        milestone
        for milestone in milestones
        if milestone.is_running and milestone.escalations and milestone.escalate_at
    ]
    waits = any(
        milestone.name == deadlines.ACKNOWLEDGED and milestone.met_at is None
        for milestone in milestones
    )
    if not escalated and not waits:
        raise Conflict(
            _("%(reference)s has nothing to acknowledge.") % {"reference": change.obj.reference}
        )
    for milestone in escalated:
        milestone.escalate_at = None
    deadlines.mark_met(milestones, deadlines.ACKNOWLEDGED, change.at)


def _reach(milestones: list[deadlines.Milestone], change: Change) -> None:
    if milestones[-1].met_at is not None:
        params = {
            "milestone": deadlines.localised_label(
                change.obj, milestones[-1].name, milestones[-1].label
            ),
            "when": date_format(timezone.localtime(milestones[-1].met_at), "d M Y, H:i"),
        }
        raise Conflict(_("“%(milestone)s” was already recorded at %(when)s.") % params)
    _mark_met(milestones, change)


def escalate(change: Change) -> LogEvent | None:
    """Escalate the milestone that has waited longest.

    Raise the priority, and say when to escalate again. The row is internal: supervisors are
    notified, customers are not.
    """
    obj, milestones = change.obj, deadlines.milestones_of(change.obj)
    if deadlines.is_held(obj):
        return None
    late = [
        item
        for item in milestones
        if item.is_running and item.escalate_at is not None and item.escalate_at <= change.now
    ]
    if not late:
        return None
    item = min(late, key=lambda milestone: (milestone.escalate_at, milestone.due_at))
    item.escalations += 1
    item.escalate_at = deadlines.next_escalation(obj, item, change.now)
    deadlines.store_milestones(obj, milestones)
    if obj.priority in RAISED:
        obj.priority = RAISED[Priority(obj.priority)]
    # Stored notes are in one language.
    verb = (
        "escalated" if obj.is_unverified else "notified"
    )  # supervisors may be notified of an unverified report's group alone
    again = f" ({verb} {item.escalations} times)" if item.escalations > 1 else ""
    message = (
        f"{item.label} was due at {timezone.localtime(item.due_at):%d %b, %H:%M} and has not been"
        f" recorded{again}."
    )
    return LogEvent(Event.ESCALATED, subject=item.name, notes=message, is_internal=True)


# What is an emergency is a person's to say.
RAISED = {Priority.LOW: Priority.NORMAL, Priority.NORMAL: Priority.HIGH}


def prioritise(priority: Priority) -> Step:
    """Return the step to a priority.

    `emergency` makes any request an emergency; any other ends one, except of an emergency type.
    """

    def step(change: Change) -> LogEvent | None:
        obj = change.obj
        if obj.priority == priority:
            return None
        if priority == Priority.EMERGENCY:
            safety_texts.show_text_of_leak(obj)
            _set_priority(obj, Priority.EMERGENCY)
            clock_starts.begin_emergency(obj, None, change.at)
        elif obj.is_pressing:
            _lower(change, priority)
        obj.priority = priority
        return LogEvent(Event.PRIORITISED)

    return step


def _lower(change: Change, priority: Priority) -> None:
    """End the emergency of a request whose type is none.

    Its milestones are those of its type again.
    """
    obj = change.obj
    if obj.request_type.is_emergency:
        text = _(
            "%(reference)s is an emergency because of its type. To change that, reclassify it."
        )
        raise Conflict(text % {"reference": obj.reference})
    guards.require_reason(change)
    _set_priority(obj, priority)
    asked = version_of(obj.request_type_id, obj.schema_version) if not obj.filed_as else None
    clock_starts.begin_again(obj, obj.request_type, (asked or obj.request_type).limits, change.at)


def _set_priority(obj: ServiceRequest, priority: str) -> None:
    """Set the priority and the fact that it goes with."""
    obj.priority, obj.is_emergency = priority, priority == Priority.EMERGENCY


def reclassify(request_type: RequestType) -> Step:
    """Return the step that makes a request one of another type, as if it had been filed so.

    Its clocks are those of the new type, without the time that it was on hold; what has been
    recorded stays recorded. A request that becomes an emergency gets the clocks of an emergency,
    from now. Its answers stay those of the type that it was filed as.
    """

    def step(change: Change) -> LogEvent | None:
        obj = change.obj
        if obj.request_type_id == request_type.code:
            return None
        if obj.status not in OPEN_STATUSES:
            message = _("%(reference)s is %(status)s. Only open requests can be reclassified.")
            raise Conflict(message % {"reference": obj.reference, "status": obj.status})
        guards.require_reason(change)
        was_emergency = obj.is_pressing
        obj.filed_as, obj.request_type = obj.answers_type, request_type
        _set_priority(
            obj, Priority.EMERGENCY if request_type.is_emergency else request_type.priority
        )
        danger_marks.find_dangers(obj)
        safety_texts.show_safety_text(obj, request_type, obj.customer.language)
        if obj.is_emergency:
            safety_texts.show_text_of_leak(obj)
            since = deadlines.round_of(obj)[1] if was_emergency else change.at
            clock_starts.begin_emergency(obj, request_type, since, is_new=not was_emergency)
        else:
            clock_starts.begin_again(obj, request_type, request_type.limits, change.at)
        return LogEvent(Event.RECLASSIFIED)

    return step


def claim(user: User) -> Step:
    """Return the step that makes a request a customer's own."""

    def step(change: Change) -> LogEvent:
        change.obj.customer = user
        return LogEvent(Event.CLAIMED)

    return step


def assign(user_id: int | None) -> Step:
    """Return the step that assigns a request to a representative, or to no one."""

    def step(change: Change) -> LogEvent | None:
        obj = change.obj
        if obj.assigned_to_id == user_id:
            return None
        errors = assignee_errors(user_id)
        if errors:
            raise Invalid(errors)
        obj.assigned_to_id = user_id
        return LogEvent(
            Event.ASSIGNED, is_attention=user_id is not None and user_id == change.actor.id
        )

    return step


def take(change: Change) -> LogEvent | None:
    """Assign an open request to the actor; acknowledge it if it is assigned to them already.

    An emergency that another representative is looking after stays theirs.
    """
    obj = change.obj
    params = {"reference": obj.reference, "status": obj.status, "name": str(obj.assigned_to)}
    if obj.status not in OPEN_STATUSES:
        raise Conflict(_("%(reference)s is %(status)s.") % params)
    if obj.assigned_to_id == change.actor.id:
        return record(deadlines.ACKNOWLEDGED)(change)
    if obj.assigned_to_id is not None and not deadlines.awaits_acknowledgement(obj):
        raise Conflict(_("%(name)s has already taken %(reference)s.") % params)
    return assign(change.actor.id)(change)


def assignee_errors(user_id: int | None) -> list[FieldError]:
    """Return the reason why a request can't be assigned to a user, or an empty text."""
    if user_id is None or representatives().filter(pk=user_id).exists():
        return []
    return [
        FieldError(
            "assigned_to",
            "not_a_representative",
            _("This is not an approved support representative."),
        )
    ]


@Additive
def comment(change: Change) -> LogEvent | None:
    """Add a comment.

    The owner's also resumes a request on hold and reopens a resolved one, see `messages.receive`.
    """
    before = change.obj.status
    if messages.receive_message(change):
        return LogEvent(Event.COMMENTED, notes=change.notes, is_internal=True)
    return LogEvent(Event.STATUS_CHANGED) if change.obj.status != before else None


def attach(attachment: Attachment) -> Step:
    """Return the step that adds a file to a request, and saves it.

    The owner's file resumes and reopens it as their comment does.

    No limit refuses a file on an emergency.
    """

    @Additive
    def step(change: Change) -> LogEvent:
        if not messages.is_emergency_report(change.obj):
            _check_file_limits(change, attachment)
        is_stored_only = messages.receive_message(change)
        attachment.service_request, attachment.uploaded_by = change.obj, change.actor.user
        attachment.machine_account = change.actor.machine
        attachment.created_at = change.now
        attachment.save(force_insert=True)  # now, because the row in the log has its ID
        return LogEvent(
            Event.ATTACHED,
            subject=attachment.filename,
            attachment=attachment.pk,
            sha256=attachment.sha256,
            is_internal=is_stored_only,
            is_attention=True,
        )

    return step


def _check_file_limits(change: Change, attachment: Attachment) -> None:
    count = Attachment.objects.filter(service_request=change.obj).count()
    if count >= settings.FILES_A_REQUEST:
        text = ngettext(
            "%(reference)s already has %(number)d file, the maximum.",
            "%(reference)s already has %(number)d files, the maximum.",
            count,
        )
        raise Conflict(text % {"reference": change.obj.reference, "number": count})
    if not change.actor.is_staff:
        _keep_to_the_quota(change.actor, attachment.size)


def _keep_to_the_quota(actor: Actor, size: int) -> None:
    """Raise `Conflict` if an upload exceeds a customer's quota.

    Staff, who upload files that others sent them, have none.
    """
    User.objects.select_for_update(no_key=True).get(
        pk=actor.person.pk
    )  # who uploads twice at once is counted twice
    mine = (
        Attachment.objects.filter(uploaded_by=actor.id).aggregate(total=Sum("size"))["total"] or 0
    )
    if mine + size > settings.FILES_QUOTA:
        sizes = {"size": mine // 2**20, "most": settings.FILES_QUOTA // 2**20}
        raise Conflict(_("You have uploaded %(size)s MiB. The limit is %(most)s MiB.") % sizes)


def detach(attachment: Attachment) -> Step:
    """Return the step that removes a file."""

    def step(change: Change) -> LogEvent:
        if change.obj.status != Status.PENDING:
            params = {"reference": change.obj.reference, "status": change.obj.status}
            raise Conflict(
                _("%(reference)s is %(status)s. Files can only be removed from pending requests.")
                % params
            )
        return LogEvent(
            Event.DETACHED,
            subject=attachment.filename,
            attachment=attachment.pk,
            sha256=attachment.sha256,
        )

    return step


def join(incident: Incident) -> Step:
    """Return the step that joins a request to an incident."""

    def step(change: Change) -> LogEvent | None:
        if change.obj.incident_id == incident.pk:
            return None
        if incident.closed_at is not None:
            raise Conflict(_("%(reference)s is closed.") % {"reference": incident.reference})
        change.obj.incident = incident
        return LogEvent(Event.JOINED, subject=incident.reference, is_internal=True)

    return step


def leave(change: Change) -> LogEvent:
    """Remove a request from its incident."""
    incident = change.obj.incident
    if incident is None:
        raise Conflict(
            _("%(reference)s is not part of an incident.") % {"reference": change.obj.reference}
        )
    change.obj.incident = None
    return LogEvent(Event.LEFT, subject=incident.reference, is_internal=True)
