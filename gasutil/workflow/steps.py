"""What a verb may do to a request: each step checks, alters it, and says what that means in the log."""

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.errors import Conflict, Fault, Invalid
from gasutil.models import (
    OPEN_STATUSES,
    Attachment,
    Event,
    Incident,
    Priority,
    RequestType,
    Status,
    User,
    UserType,
)
from gasutil.workflow import gates, transitions
from gasutil.workflow.change import Change, Meaning, Step


def move(to: Status, verb: str = "") -> Step:
    """Return the step to a status. The status a request already has is no move, unless a verb asked for just that move."""

    to = Status(to)

    def step(change: Change) -> Meaning | None:
        obj = change.obj
        if obj.status == to and not verb:
            return None
        transitions.find_move(obj, to, change.roles, change.now, verb=verb)
        if to == Status.RESOLVED:
            gates.require_safety(change)
        if to in (Status.IN_PROGRESS, Status.RESOLVED):
            gates.heed_dispute(change)
        obj.status = to
        obj.resolved_at = change.now if to == Status.RESOLVED else None
        return Meaning(Event.STATUS_CHANGED)

    return step


def record(name: str) -> Step:
    """Return the step that records a milestone, or that nobody could get in (`no_access`).

    What comes before a milestone has been reached with it. `acknowledged` also ends an escalation.
    """

    def step(change: Change) -> Meaning:
        obj, milestones = change.obj, deadlines.milestones_of(change.obj)
        names = [one.name for one in milestones]
        if name not in (*names, gates.NO_ACCESS, deadlines.ACKNOWLEDGED):  # what was escalated can be acknowledged in any case
            known = ", ".join([one for one in names if one != deadlines.RESOLVED] + [gates.NO_ACCESS])
            raise Invalid([Fault("milestone", "unknown_milestone", _("This request has: %(names)s.") % {"names": known})])
        if obj.status not in OPEN_STATUSES:
            told = _("%(reference)s is %(status)s; nothing more can be recorded of it.")
            raise Conflict(told % {"reference": obj.reference, "status": obj.status})
        if name == deadlines.RESOLVED:
            raise Conflict(_("This is recorded by resolving the request."))
        if name == deadlines.ACKNOWLEDGED:
            _acknowledge(milestones, change)
        elif name != gates.NO_ACCESS:
            _reach(milestones[: names.index(name) + 1], change)
        deadlines.keep(obj, milestones)
        return Meaning(Event.MILESTONE, subject=name)

    return step


def _acknowledge(milestones: list[deadlines.Milestone], change: Change) -> None:
    escalated = [one for one in milestones if one.is_running and one.escalations and one.escalate_at]
    waits = any(one.name == deadlines.ACKNOWLEDGED and one.met_at is None for one in milestones)
    if not escalated and not waits:
        raise Conflict(_("%(reference)s has nothing that waits to be acknowledged.") % {"reference": change.obj.reference})
    for one in escalated:
        one.escalate_at = None
    deadlines.meet(milestones, deadlines.ACKNOWLEDGED, change.now)


def _reach(milestones: list[deadlines.Milestone], change: Change) -> None:
    if milestones[-1].met_at is not None:
        told = {"milestone": milestones[-1].label, "when": date_format(timezone.localtime(milestones[-1].met_at), "d M Y, H:i")}
        raise Conflict(_("%(milestone)s was recorded at %(when)s.") % told)
    for one in milestones:
        deadlines.meet([one], one.name, change.now)


def escalate(change: Change) -> Meaning | None:
    """Escalate the milestone that has waited longest: raise the priority, and say when to do it again.

    The row is internal: it tells supervisors, not customers.
    """
    obj, milestones = change.obj, deadlines.milestones_of(change.obj)
    late = [one for one in milestones if one.is_running and one.escalate_at is not None and one.escalate_at <= change.now]
    if not late:
        return None
    one = min(late, key=lambda milestone: (milestone.escalate_at, milestone.due_at))
    one.escalations += 1
    one.escalate_at = deadlines.next_escalation(obj, change.now)
    deadlines.keep(obj, milestones)
    if obj.priority in RAISED:
        obj.priority = RAISED[Priority(obj.priority)]
    # What the log keeps of it is English, whoever reads it.
    again = f" (told {one.escalations} times)" if one.escalations > 1 else ""
    told = f"{one.label} was due at {timezone.localtime(one.due_at):%d %b, %H:%M} and has not been recorded{again}."
    return Meaning(Event.ESCALATED, subject=one.name, notes=told, is_internal=True)


RAISED = {Priority.LOW: Priority.NORMAL, Priority.NORMAL: Priority.HIGH}  # what is an emergency is a person's to say


def prioritise(priority: Priority) -> Step:
    """Return the step to a priority."""

    def step(change: Change) -> Meaning | None:
        if change.obj.priority == priority:
            return None
        change.obj.priority = priority
        return Meaning(Event.PRIORITISED)

    return step


def reclassify(kind: RequestType) -> Step:
    """Return the step that makes a request one of another type, as if it had been filed so.

    Its clocks begin anew by the new type's limits, from the moment it was filed; what has been recorded stays recorded.
    Its answers stay those of the type that it was filed as.
    """

    def step(change: Change) -> Meaning | None:
        obj, before = change.obj, deadlines.milestones_of(change.obj)
        if obj.request_type_id == kind.code:
            return None
        if obj.status not in OPEN_STATUSES:
            told = _("%(reference)s is %(status)s; only an open request can be reclassified.")
            raise Conflict(told % {"reference": obj.reference, "status": obj.status})
        if obj.is_pressing and not kind.is_emergency and not change.notes:
            raise Conflict(_("%(reference)s is an emergency: a note has to say why it is none.") % {"reference": obj.reference})
        obj.filed_as, obj.request_type = obj.answers_type, kind
        obj.is_emergency, obj.priority = kind.is_emergency, kind.priority
        obj.safety_instructions = kind.safety_instructions or obj.safety_instructions
        deadlines.begin(obj, kind, obj.created_at)
        deadlines.carry(obj, before)
        return Meaning(Event.RECLASSIFIED)

    return step


def assign(user_id: int | None) -> Step:
    """Return the step that hands a request to a support representative, or to nobody."""

    def step(change: Change) -> Meaning | None:
        obj = change.obj
        if obj.assigned_to_id == user_id:
            return None
        faults = assignee_faults(user_id)
        if faults:
            raise Invalid(faults)
        obj.assigned_to_id = user_id
        return Meaning(Event.ASSIGNED)

    return step


def assignee_faults(user_id: int | None) -> list[Fault]:
    """Return why a request can't be handed to somebody."""
    if user_id is None or representatives().filter(pk=user_id).exists():
        return []
    return [Fault("assigned_to", "not_a_representative", _("This is not an approved support representative."))]


def representatives() -> QuerySet[User]:
    """Return those who can be given a request: approved and active."""
    return User.objects.filter(user_type=UserType.SUPPORT, is_approved=True, is_active=True)


def is_representative(user: User) -> bool:
    """Return whether somebody is one of `representatives`, without asking the database again."""
    return user.user_type == UserType.SUPPORT and user.is_approved and user.is_active


def comment(change: Change) -> Meaning | None:
    """Say something; an owner's word on a request that waits for it also resumes it, unless that would cut off a disputant."""
    for to, way in transitions.TABLE[Status(change.obj.status)].items():
        if not way.by_comment.isdisjoint(change.roles) and not gates.would_disconnect(change.obj):
            change.obj.status = to
            return Meaning(Event.STATUS_CHANGED)
    return None


def attach(attachment: Attachment) -> Step:
    """Return the step that adds a file to a request."""

    def step(change: Change) -> Meaning:
        held = Attachment.objects.filter(service_request=change.obj).count()
        if held >= settings.FILES_A_REQUEST:
            told = ngettext(
                "%(reference)s has %(number)d file, and can't have more.", "%(reference)s has %(number)d files, and can't have more.", held
            )
            raise Conflict(told % {"reference": change.obj.reference, "number": held})
        if not change.actor.is_staff:
            _keep_to_the_quota(change.actor, attachment.size)
        return Meaning(Event.ATTACHED, subject=attachment.filename)

    return step


def _keep_to_the_quota(actor: Actor, size: int) -> None:
    """A customer may have uploaded so much in all; staff file what others send them, on requests that keep it for ever."""
    User.objects.select_for_update(no_key=True).get(pk=actor.person.pk)  # who uploads twice at once is counted twice
    mine = Attachment.objects.filter(uploaded_by=actor.id).aggregate(total=Sum("size"))["total"] or 0
    if mine + size > settings.FILES_QUOTA:
        sizes = {"size": mine // 2**20, "most": settings.FILES_QUOTA // 2**20}
        raise Conflict(_("You have uploaded %(size)s MiB; %(most)s MiB is the most.") % sizes)


def detach(attachment: Attachment) -> Step:
    """Return the step that takes a file away."""

    def step(change: Change) -> Meaning:
        if change.obj.status != Status.PENDING:
            told = {"reference": change.obj.reference, "status": change.obj.status}
            raise Conflict(_("%(reference)s is %(status)s; its files stay with it.") % told)
        return Meaning(Event.DETACHED, subject=attachment.filename)

    return step


def join(incident: Incident) -> Step:
    """Return the step that joins a request to an incident."""

    def step(change: Change) -> Meaning | None:
        if change.obj.incident_id == incident.pk:
            return None
        if incident.closed_at is not None:
            raise Conflict(_("%(reference)s is closed.") % {"reference": incident.reference})
        change.obj.incident = incident
        return Meaning(Event.JOINED, subject=incident.reference, is_internal=True)

    return step


def leave(change: Change) -> Meaning:
    """Take a request out of its incident."""
    incident = change.obj.incident
    if incident is None:
        raise Conflict(_("%(reference)s belongs to no incident.") % {"reference": change.obj.reference})
    change.obj.incident = None
    return Meaning(Event.LEFT, subject=incident.reference, is_internal=True)
