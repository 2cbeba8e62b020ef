"""The verbs of service requests. API, console and commands call these, and nothing else changes a request."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from typing_extensions import Unpack

from gasutil import access, deadlines, teams
from gasutil.access import CUSTOMERS, OWNER_OR_STAFF, STAFF, Actor, Role
from gasutil.details import check
from gasutil.errors import Conflict, Fault, Invalid, NotAllowed, TooLarge, Unsupported
from gasutil.files.judging import Judged, judge
from gasutil.models import URGENT_FIRST, LogRow, Priority, RequestType, ServiceRequest, Status, User
from gasutil.workflow import engine, steps, transitions
from gasutil.workflow.attachments import add, stored


class Said(TypedDict, total=False):
    """What every verb takes beside its own: a word on it, and the versions of the request that the caller has seen."""

    notes: str
    is_internal: bool
    versions: tuple[int, ...]
    now: dt.datetime | None


class Changes(Said, total=False):
    """What support may change in one go."""

    status: Status
    priority: Priority
    assigned_to: int | None


class Verb(Protocol):
    """A verb that moves a request along the table of transitions."""

    def __call__(self, pk: int, *, actor: Actor, **said: Unpack[Said]) -> ServiceRequest:
        """Move one request; raise what `engine.change` raises."""


def _verb(name: str, to: Status, allowed: frozenset[Role] = STAFF) -> Verb:
    """Return the verb of the table's moves of this name."""

    def verb(pk: int, *, actor: Actor, **said: Unpack[Said]) -> ServiceRequest:
        return engine.change(pk, steps.move(to, name), actor=actor, allowed=allowed, **said)

    verb.__name__ = verb.__qualname__ = name
    verb.__doc__ = f"{name.capitalize()} a request, where the table of transitions allows it.\n\nRaises `TransitionRefused` where not."
    return verb


start = _verb("start", Status.IN_PROGRESS)
hold = _verb("hold", Status.ON_HOLD)
resume = _verb("resume", Status.IN_PROGRESS)
resolve = _verb("resolve", Status.RESOLVED)
cancel = _verb("cancel", Status.CANCELLED, OWNER_OR_STAFF)
reopen = _verb("reopen", Status.IN_PROGRESS, OWNER_OR_STAFF)
MOVES: Mapping[str, Verb] = {"start": start, "hold": hold, "resume": resume, "resolve": resolve, "cancel": cancel, "reopen": reopen}


def submit(
    *,
    actor: Actor,
    request_type: str,
    description: str,
    address: str = "",
    details: Mapping[str, Any] | None = None,
    attachments: Sequence["UploadedFile[bytes]"] = (),
    and_then: Callable[[ServiceRequest], None] | None = None,
    now: dt.datetime | None = None,
) -> ServiceRequest:
    """File a request, with files or without; without an address it is for the customer's own.

    `and_then` is done in the same transaction, which no judging and keeping of files holds up.
    """
    access.require(actor, CUSTOMERS)
    filed = Filing(request_type=request_type, description=description, address=address, details=details or {})
    return _file(filed, customer=actor, author=actor, attachments=attachments, and_then=and_then, now=now)


def submit_for(
    *,
    actor: Actor,
    customer: User,
    request_type: str,
    description: str,
    address: str = "",
    details: Mapping[str, Any] | None = None,
    now: dt.datetime | None = None,
) -> ServiceRequest:
    """File a request for a customer who has rung up: it is the customer's as if filed by the app, and the log says who wrote it.

    It needs the permission for it, and a customer who may file requests; what a customer may not file, nobody files for one.
    """
    access.require(actor, STAFF)
    if not actor.person.has_perm("gasutil.submit_for_customer"):
        raise NotAllowed(_("This needs the permission to file requests for customers."))
    owner = Actor(customer, actor.channel)
    if owner.role is not Role.CUSTOMER:
        raise Invalid([Fault("customer", "not_a_customer", _("This is not a customer's active account."))])
    filed = Filing(request_type=request_type, description=description, address=address, details=details or {})
    return _file(filed, customer=owner, author=actor, now=now)


@dataclass(frozen=True, kw_only=True)
class Filing:
    """What is filed, as it was given."""

    request_type: str
    description: str
    address: str
    details: Mapping[str, Any]


def _file(
    filed: Filing,
    *,
    customer: Actor,
    author: Actor,
    attachments: Sequence["UploadedFile[bytes]"] = (),
    and_then: Callable[[ServiceRequest], None] | None = None,
    now: dt.datetime | None = None,
) -> ServiceRequest:
    """Make a request of what was filed for a customer; the log says who wrote it."""
    now = now or timezone.now()
    obj = ServiceRequest(customer=customer.person, description=filed.description, address=filed.address or customer.person.address)
    kind = _type(customer, filed.request_type)
    obj.details, faults = _answers(kind, filed.details)
    faults = submission_faults(customer, {"address": obj.address} | ({} if kind else {"request_type": filed.request_type})) + faults
    faults += Fault.of_fields(obj, "description", *(["address"] if obj.address else []))
    if faults or kind is None:
        raise Invalid(faults)
    obj.request_type, obj.schema_version = kind, kind.version
    obj.priority, obj.is_emergency, obj.safety_instructions = kind.priority, kind.is_emergency, kind.safety_instructions
    deadlines.begin(obj, kind, now)
    with stored([judge(file, field="attachments") for file in attachments]) as files, transaction.atomic():
        engine.create(obj, actor=author, now=now)
        for file in files:
            obj = add(obj.pk, file, actor=author)
        if and_then:
            and_then(obj)
    return obj


def submission_faults(actor: Actor, data: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with what a customer files, as far as it has come."""
    faults = []
    kind = _type(actor, data["request_type"]) if "request_type" in data else None
    if "request_type" in data and kind is None:
        faults.append(Fault("request_type", "unknown_type", _("There is no such request type; see the catalogue at `request-types/`.")))
    if not data.get("address") and not (actor.user and actor.user.address):
        faults.append(Fault("address", "required", _("Your profile has no address, so the request needs one.")))
    return faults + (_answers(kind, data.get("details", {}))[1] if kind else [])


def _answers(kind: RequestType | None, answers: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return the answers to what a type asks as they are kept, and what is wrong with them."""
    kept, faults = check(kind.form, answers) if kind else ({}, [])
    return kept, [Fault(f"details.{name}", code, message) for name, code, message in faults]


def _type(actor: Actor, code: Any) -> RequestType | None:
    """Return the type of this code that the actor may file a request of."""
    return access.visible_to(actor, RequestType).select_related("calendar").filter(code=str(code)).first()


def update(pk: int, *, actor: Actor, **changes: Unpack[Changes]) -> ServiceRequest:
    """Change status, priority or assignee in one go, with or without a word, and log it as one change."""
    make = {"status": steps.move, "priority": steps.prioritise, "assigned_to": steps.assign}
    taken = [step(changes.pop(name)) for name, step in make.items() if name in changes]  # type: ignore[operator, misc]
    return engine.change(pk, *taken, actor=actor, **changes)  # type: ignore[misc]  # what is left is `Said`


def change_faults(actor: Actor, data: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with a change by support, as far as it has come."""
    faults = steps.assignee_faults(data["assigned_to"]) if "assigned_to" in data else []
    try:
        engine.clean_notes(data.get("notes", ""), required=bool(data.get("is_internal")))
    except Invalid as error:
        faults += error.faults
    return faults


def assign(pk: int, *, actor: Actor, assigned_to: int | None, **said: Unpack[Said]) -> ServiceRequest:
    """Hand a request to a support representative, or to nobody."""
    return engine.change(pk, steps.assign(assigned_to), actor=actor, **said)


def take_next(*, actor: Actor) -> ServiceRequest:
    """Hand the most urgent request that nobody has, and that the teams of whoever asks may take, to him; raise `Conflict` where none waits.

    Those who ask at once get one each: a request that another is just being given is passed over.
    """
    access.require(actor, STAFF)
    waiting = ServiceRequest.objects.filter(is_open=True, assigned_to=None).exclude(status=Status.ON_HOLD).filter(teams.within_reach(actor))
    with transaction.atomic():
        first = waiting.order_by(*URGENT_FIRST).select_for_update(skip_locked=True).first()
        if first is None:
            raise Conflict(_("Nothing waits for anybody to take it."))
        return assign(first.pk, actor=actor, assigned_to=actor.person.pk)


def prioritise(pk: int, *, actor: Actor, priority: Priority, **said: Unpack[Said]) -> ServiceRequest:
    """Raise or lower the priority of a request."""
    return engine.change(pk, steps.prioritise(priority), actor=actor, **said)


def reclassify(pk: int, *, actor: Actor, request_type: str, **said: Unpack[Said]) -> ServiceRequest:
    """Make a request one of another type, where it was filed under the wrong one; see `steps.reclassify`."""
    kind = RequestType.objects.select_related("calendar").filter(code=request_type, is_active=True, version__gt=0).first()
    if kind is None:
        raise Invalid([Fault("request_type", "unknown_type", _("There is no such request type in use."))])
    return engine.change(pk, steps.reclassify(kind), actor=actor, **said)


def comment(pk: int, *, actor: Actor, **said: Unpack[Said]) -> LogRow:
    """Say something on a request and return its row of the log. An owner's word resumes a request that is on hold."""
    engine.clean_notes(said.get("notes", ""), required=True)
    return _recorded(engine.change(pk, steps.comment, actor=actor, allowed=OWNER_OR_STAFF, **said))


def reply(pk: int, *, actor: Actor, attachments: Sequence["UploadedFile[bytes]"] = (), **said: Unpack[Said]) -> LogRow:
    """Say something on a request with files, or send files alone, all or nothing; return the last row of the log.

    Whoever sees the request sees its files, so they can't go with an internal note. Raises `Invalid` for files that are
    not taken, each by its name.
    """
    if not attachments:
        return comment(pk, actor=actor, **said)
    if said.get("is_internal"):
        raise Invalid([Fault("attachments", "not_internal", _("The customer sees files, so they can't go with an internal note."))])
    access.reach(actor, ServiceRequest, pk, OWNER_OR_STAFF)  # before the work of judging
    with stored(_judged(attachments)) as files, transaction.atomic():
        words = [steps.comment] if said.get("notes") else []
        engine.change(pk, *words, actor=actor, allowed=OWNER_OR_STAFF, **said)  # without words it holds the version to what was seen
        for file in files:
            obj = add(pk, file, actor=actor)
    return _recorded(obj)


def _judged(attachments: Sequence["UploadedFile[bytes]"]) -> list[Judged]:
    """Return what is to be kept of some files; raise `Invalid` with everything that is wrong with them."""
    if len(attachments) > settings.FILES_A_CALL:
        told = ngettext("Send %(number)d file at most.", "Send %(number)d files at most.", settings.FILES_A_CALL)
        raise Invalid([Fault("attachments", "too_long", told % {"number": settings.FILES_A_CALL})])
    kept, faults = [], []
    for file in attachments:
        try:
            kept.append(judge(file))
        except (TooLarge, Unsupported) as error:
            faults.append(Fault("attachments", error.code, f"{file.name}: {error.message}"))
    if faults:
        raise Invalid(faults)
    return kept


def record_milestone(pk: int, *, actor: Actor, milestone: str, **said: Unpack[Said]) -> LogRow:
    """Record that a request has come to a milestone, or that nobody could get in (`no_access`).

    `acknowledged` also ends an escalation: supervisors are not told again of what has passed so far.
    """
    return _recorded(engine.change(pk, steps.record(milestone), actor=actor, **said))


def record(*, actor: Actor, service_request: int, **changes: Unpack[Changes]) -> LogRow:
    """Record an update of a request, a status or notes or both, and return its row of the log.

    Raises `Conflict` where there is nothing to record.
    """
    if "status" not in changes and not changes.get("notes"):
        raise Invalid([Fault(name, "required", _("Give a status, notes, or both.")) for name in ("status", "notes")])
    return _recorded(update(service_request, actor=actor, **changes))


def _recorded(obj: ServiceRequest) -> LogRow:
    if obj.last_update is None:
        told = _("%(reference)s is %(status)s already. With notes, this would be recorded as a note.")
        raise Conflict(told % {"reference": obj.reference, "status": obj.status})
    return obj.last_update


def allowed_statuses(actor: Actor, obj: ServiceRequest, now: dt.datetime | None = None) -> list[Status]:
    """Return the statuses that the actor may move a request to next."""
    return list(transitions.moves(obj, access.roles_on(actor, obj), now or timezone.now()))
