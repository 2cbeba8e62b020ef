"""The verbs of service requests.

API, console and commands call these, and nothing else changes a request.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypedDict

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from typing_extensions import Unpack

from gasutil import access, teams
from gasutil.access import OWNER_OR_STAFF, STAFF, Actor, Role
from gasutil.datetimes import parse_start
from gasutil.errors import Conflict, FieldError, Invalid, TooLarge, Unsupported
from gasutil.files.upload_validation import ValidatedFile, validate_upload
from gasutil.languages import stored_language
from gasutil.models import (
    URGENT_FIRST,
    Event,
    LogRow,
    Priority,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    Status,
)
from gasutil.workflow import engine, guards, holds, messages, steps, times, transitions
from gasutil.workflow.attachments import add_to_request, in_time, stored
from gasutil.workflow.intake import submission_errors, submit, submit_for

# The verbs that create requests are found here as well.
__all__ = ["submission_errors", "submit", "submit_for"]


class VerbOptions(TypedDict, total=False):
    """The options that every verb takes beside its own.

    They are notes, and the versions of the request that the caller has seen.
    """

    notes: str
    is_internal: bool
    internal_notes: str
    versions: tuple[int, ...]
    seen: int | None  # the version on the page of a person
    now: dt.datetime | None
    occurred_at: dt.datetime | None
    has_reason: bool  # the notes are on another row of the same call
    is_mass: bool  # the same notes go to many requests at once


class Changes(VerbOptions, total=False):
    """The fields that support can change in one call."""

    status: Status
    priority: Priority
    assigned_to: int | None


class Verb(Protocol):
    """A verb that moves a request along the table of transitions."""

    def __call__(self, pk: int, *, actor: Actor, **options: Unpack[VerbOptions]) -> ServiceRequest:
        """Move one request; raise what `engine.change` raises."""


def _verb(name: str, to: Status, allowed: frozenset[Role] = STAFF) -> Verb:
    """Return the verb of the table's moves of this name."""

    def verb(pk: int, *, actor: Actor, **options: Unpack[VerbOptions]) -> ServiceRequest:
        return engine.change(pk, steps.move(to, name), actor=actor, allowed=allowed, **options)

    verb.__name__ = verb.__qualname__ = name
    verb.__doc__ = (
        f"{name.capitalize()} a request, if its status allows it.\n\nRaises `TransitionRefused`"
        " otherwise."
    )
    return verb


start = _verb("start", Status.IN_PROGRESS)


def hold(
    pk: int,
    *,
    actor: Actor,
    hold_until: dt.datetime | None = None,
    hold_reason: str = "",
    **options: Unpack[VerbOptions],
) -> ServiceRequest:
    """Hold a request, if its status allows it; until a date, and for a reason, if there are any.

    Raises `TransitionRefused` otherwise, and `Invalid` for a date in the past.
    """
    about = holds.hold_note(hold_until, hold_reason)
    if about:
        parts = (about, options.get("internal_notes", ""))
        options["internal_notes"] = "\n\n".join(filter(None, parts))
    taken = steps.move(Status.ON_HOLD, "hold"), holds.plan(hold_until, hold_reason)
    return engine.change(pk, *taken, actor=actor, **options)


resume = _verb("resume", Status.IN_PROGRESS)
resolve = _verb("resolve", Status.RESOLVED)
cancel = _verb("cancel", Status.CANCELLED, OWNER_OR_STAFF)


def finish(
    pk: int, *, actor: Actor, outcome: str = "", **options: Unpack[VerbOptions]
) -> ServiceRequest:
    """Record the outcome of an emergency and resolve it, in one transaction.

    After `no_access` it stays open.
    """
    if outcome == guards.NO_ACCESS:
        return engine.change(pk, steps.record(outcome), actor=actor, **options)
    with transaction.atomic():
        seen, *_roles = access.get_for_action(actor, ServiceRequest, pk, STAFF, lock=True)
        if outcome and guards.last_outcome(seen) != outcome:
            page_version = options.pop("seen", None)  # resolving depends on all that happened
            first: VerbOptions = {
                "versions": options.pop("versions", ())
                or ((page_version,) if page_version else ()),
                "now": options.get("now"),
                "occurred_at": options.get("occurred_at"),
                "has_reason": bool(options.get("notes") or options.get("internal_notes")),
            }
            engine.change(pk, steps.record(outcome), actor=actor, **first)
        return resolve(pk, actor=actor, **options)


def reopen(pk: int, *, actor: Actor, **options: Unpack[VerbOptions]) -> ServiceRequest:
    """Reopen a request, if its status allows it.

    The owner's message on an emergency that is closed permanently is stored; then it raises
    `RequestClosed`.
    """
    obj, roles = access.get_for_action(actor, ServiceRequest, pk, OWNER_OR_STAFF)
    now = options.get("now") or timezone.now()
    is_closed = (
        Role.OWNER in roles
        and obj.status in transitions.CLOSED
        and not transitions.moves(obj, roles, now)
    )
    if is_closed and messages.is_emergency_report(obj):
        with stored_language():
            text = _("The customer tried to reopen this request.")
        options["notes"] = options.get("notes") or text
        comment(pk, actor=actor, **options)
    return engine.change(
        pk, steps.move(Status.IN_PROGRESS, "reopen"), actor=actor, allowed=OWNER_OR_STAFF, **options
    )


MOVES: Mapping[str, Verb] = {
    "start": start,
    "hold": hold,
    "resume": resume,
    "resolve": resolve,
    "cancel": cancel,
    "reopen": reopen,
}


def update(pk: int, *, actor: Actor, **changes: Unpack[Changes]) -> ServiceRequest:
    """Change the status, priority or assignee of a request, with or without notes, as one change.

    Raises what `engine.change` raises.
    """
    make = {"status": steps.move, "priority": steps.prioritise, "assigned_to": steps.assign}
    names = (
        sorted(make, key=lambda name: name != "priority")
        if changes.get("priority") == Priority.EMERGENCY
        else list(make)
    )
    taken = [make[name](changes.pop(name)) for name in names if name in changes]  # type: ignore[operator, misc]
    return engine.change(pk, *taken, actor=actor, **changes)  # type: ignore[misc]  # the rest is `VerbOptions`


def change_errors(
    actor: Actor,
    data: Mapping[str, Any],
    obj: Model | None = None,
    *,
    needs_notes: bool = False,
) -> list[FieldError]:
    """Return the validation errors of a change; times are still texts.

    The request is given if the path of the call names it.
    """
    errors = steps.assignee_errors(data["assigned_to"]) if "assigned_to" in data else []
    notes = data.get("notes") or ""
    try:
        notes = engine.clean_notes(notes, required=needs_notes or bool(data.get("is_internal")))
    except Invalid as error:
        errors += error.errors
    if data.get("occurred_at"):
        at, now = parse_start(data["occurred_at"]), timezone.now()
        errors += (
            times.time_errors(at, obj, actor=actor, has_notes=bool(notes), now=now)
            if isinstance(obj, ServiceRequest)
            else times.future_errors(at, now)
        )
    return errors


def comment_errors(
    actor: Actor, data: Mapping[str, Any], obj: Model | None = None
) -> list[FieldError]:
    """Return the validation errors of a comment, which needs notes."""
    return change_errors(actor, data, obj, needs_notes=True)


def milestone_errors(
    actor: Actor, data: Mapping[str, Any], obj: ServiceRequest
) -> list[FieldError]:
    """Return the validation errors of a milestone or an outcome of a request."""
    unknown = steps.milestone_error(obj, data["milestone"]) if "milestone" in data else None
    return ([unknown] if unknown else []) + change_errors(actor, data, obj)


def reclassification_errors(
    actor: Actor, data: Mapping[str, Any], obj: ServiceRequest
) -> list[FieldError]:
    """Return the validation errors of the new type of a request, and of its notes."""
    is_unknown = "request_type" in data and _active_type(data["request_type"]) is None
    return ([_no_active_type()] if is_unknown else []) + change_errors(actor, data, obj)


def assign(
    pk: int, *, actor: Actor, assigned_to: int | None, **options: Unpack[VerbOptions]
) -> ServiceRequest:
    """Assign a request to a representative, or to no one."""
    return engine.change(pk, steps.assign(assigned_to), actor=actor, **options)


def take(pk: int, *, actor: Actor, **options: Unpack[VerbOptions]) -> ServiceRequest:
    """Assign a request to the agent, and acknowledge it.

    Raise `Conflict` if it is closed, or if another representative is looking after it.
    """
    return engine.change(pk, steps.take, actor=actor, **options)


def take_next(*, actor: Actor) -> ServiceRequest:
    """Assign the most urgent unassigned request that the agent's teams may take.

    Raise `Conflict` if there is none, or if the agent is off duty.

    Those who ask at once get one each: a request that another is just being given is passed over.
    """
    access.require(actor, STAFF)
    access.require_permission(actor, access.WORK)
    if actor.person.is_off_duty:
        raise Conflict(_("You are off duty. To take requests, change that in “My notifications”."))
    waiting = (
        ServiceRequest.objects.filter(is_open=True, assigned_to=None)
        .exclude(status=Status.ON_HOLD)
        .filter(teams.within_reach(actor))
    )
    with transaction.atomic():
        first = waiting.order_by(*URGENT_FIRST).select_for_update(skip_locked=True).first()
        if first is None:
            raise Conflict(_("There are no unassigned requests to take."))
        return assign(first.pk, actor=actor, assigned_to=actor.person.pk)


def prioritise(
    pk: int, *, actor: Actor, priority: Priority, **options: Unpack[VerbOptions]
) -> ServiceRequest:
    """Raise or lower the priority of a request."""
    return engine.change(pk, steps.prioritise(priority), actor=actor, **options)


def reclassify(
    pk: int, *, actor: Actor, request_type: str, **options: Unpack[VerbOptions]
) -> ServiceRequest:
    """Make a request one of another type, where it was filed under the wrong one.

    See `steps.reclassify`.
    """
    new_type = _active_type(request_type)
    if new_type is None:
        raise Invalid([_no_active_type()])
    return engine.change(pk, steps.reclassify(new_type), actor=actor, **options)


def _active_type(code: str) -> RequestType | None:
    types = RequestType.objects.select_related("calendar")
    return types.filter(code=code, is_active=True, version__gt=0).first()


def _no_active_type() -> FieldError:
    return FieldError("request_type", "unknown_type", _("No such active request type."))


def comment(pk: int, *, actor: Actor, **options: Unpack[VerbOptions]) -> LogRow:
    """Add a comment to a request.

    The owner's comment resumes a request on hold and reopens a resolved one.
    """
    engine.clean_notes(options.get("notes", ""), required=True)
    obj = engine.change(pk, steps.comment, actor=actor, allowed=OWNER_OR_STAFF, **options)
    messages.refuse_if_closed(obj, access.roles_on(actor, obj))
    return _recorded(obj)


def reply(
    pk: int,
    *,
    actor: Actor,
    attachments: Sequence["UploadedFile[bytes]"] = (),
    **options: Unpack[VerbOptions],
) -> LogRow:
    """Comment on a request with files, or add files alone, all or nothing.

    Return the last row of the history.

    Everyone who sees the request sees its files, so an internal note can't have any. Raises
    `Invalid` for files that are not taken, each by its name.
    """
    if not attachments:
        return comment(pk, actor=actor, **options)
    if options.get("is_internal"):
        raise Invalid(
            [
                FieldError(
                    "attachments",
                    "not_internal",
                    _("You can't attach files to an internal note because customers see files."),
                )
            ]
        )
    options["now"] = options.get("now") or timezone.now()  # rows of one call have the same time
    _obj, roles = access.get_for_action(
        actor, ServiceRequest, pk, OWNER_OR_STAFF
    )  # before the work of validation
    with stored(_validate_all(attachments, actor.id)) as files, transaction.atomic():
        words = [steps.comment] if options.get("notes") else []
        engine.change(
            pk, *words, actor=actor, allowed=OWNER_OR_STAFF, **options
        )  # without words it holds the version to what was seen
        for file in files:
            obj = add_to_request(
                pk,
                file,
                actor=actor,
                now=options["now"],
                occurred_at=options.get("occurred_at"),
                has_reason=bool(options.get("notes")),
            )
    messages.refuse_if_closed(obj, roles)
    return _recorded(obj)


def _validate_all(
    attachments: Sequence["UploadedFile[bytes]"], user: int | None
) -> list[ValidatedFile]:
    """Validate files; raise `Invalid` with the errors of all of them."""
    if len(attachments) > settings.FILES_A_CALL:
        message = ngettext(
            "Send at most %(number)d file.", "Send at most %(number)d files.", settings.FILES_A_CALL
        )
        raise Invalid(
            [
                FieldError(
                    "attachments",
                    "too_long",
                    message % {"number": settings.FILES_A_CALL},
                    {"max": settings.FILES_A_CALL},
                )
            ]
        )
    saved, errors = [], []
    for file in in_time(attachments):
        try:
            saved.append(validate_upload(file, user=user))
        except (TooLarge, Unsupported) as error:
            message, params = f"{file.name}: {error.message}", {"filename": file.name}
            errors.append(FieldError("attachments", error.code, message, params))
    if errors:
        raise Invalid(errors)
    return saved


def record_milestone(
    pk: int, *, actor: Actor, milestone: str, **options: Unpack[VerbOptions]
) -> LogRow:
    """Record a milestone of a request, or an outcome of an emergency; return its row.

    The outcomes are `made_safe`, `not_a_leak` and `no_access`. `acknowledged` also ends an
    escalation: supervisors are not reminded again of milestones missed so far. Notes are a reading
    or a name more often than a message, so they are internal unless it is said that they are not:
    then they have a row of their own, and the customer sees the milestone alone.
    """
    has_notes = bool(engine.clean_notes(options.get("notes", ""), required=False))
    options["is_internal"] = options.get("is_internal", True) and has_notes
    last = _recorded(engine.change(pk, steps.record(milestone), actor=actor, **options))
    if not options["is_internal"]:
        return last
    rows = RequestUpdate.objects.filter(id=pk, event=Event.MILESTONE, history_id__lt=last.pk)
    result: LogRow = rows.latest("history_id")
    return result


def explain_breach(
    pk: int, *, actor: Actor, milestone: str, reason: str, **options: Unpack[VerbOptions]
) -> ServiceRequest:
    """Record why a milestone was missed; the notes are internal.

    Raises `Invalid` if it was not missed, for an unknown reason, and for another one without
    notes.
    """
    return engine.change(pk, steps.explain(milestone, reason), actor=actor, **options)


def record(*, actor: Actor, service_request: int, **changes: Unpack[Changes]) -> LogRow:
    """Record an update of a request: a status, notes or both.

    Raises `Conflict` where there is nothing to record.
    """
    if "status" not in changes and not changes.get("notes"):
        raise Invalid(
            [
                FieldError(name, "required", _("Enter a status, notes or both."))
                for name in ("status", "notes")
            ]
        )
    return _recorded(update(service_request, actor=actor, **changes))


def _recorded(obj: ServiceRequest) -> LogRow:
    if obj.last_update is None:
        message = _("%(reference)s is already %(status)s. Add notes to record a note.")
        raise Conflict(message % {"reference": obj.reference, "status": obj.status})
    return obj.last_update


def allowed_statuses(
    actor: Actor, obj: ServiceRequest, now: dt.datetime | None = None
) -> list[Status]:
    """Return the statuses that the actor may move a request to next."""
    return list(transitions.moves(obj, access.roles_on(actor, obj), now or timezone.now()))
