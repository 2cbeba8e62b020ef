"""The verbs of request types: publishing what a manager has edited, and approving what reporters are told."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from gasutil.access import Actor
from gasutil.details import form_faults, form_of
from gasutil.errors import Conflict, Fault, Invalid, NotAllowed
from gasutil.models import MilestoneLimit, RequestType
from gasutil.models.catalogue import SAMPLE
from gasutil.models.history import signed
from gasutil.workflow.gates import NO_ACCESS

FIRST, LAST = "acknowledged", "resolved"


def publish(pk: int, *, actor: Actor) -> RequestType:
    """Put what a type asks, its limits and its safety text in force, for whatever is filed from now on.

    Where any of these is otherwise than it was, the type has a new version. Raises `Invalid` for a form that can't work.
    """
    with transaction.atomic():
        kind = RequestType.objects.select_for_update().get(pk=pk)
        form, limits = form_of(kind.fields.all()), [_limit(row) for row in kind.milestones.all()]
        faults = [fault for _, fault in form_faults(form)] + limit_faults(limits)
        if faults:
            raise Invalid(faults)
        before = RequestType.history.filter(code=kind.code).order_by("-history_id").first()
        reworded = before is None or before.safety_instructions != kind.safety_instructions
        if reworded:
            kind.safety_approved_by = kind.safety_approved_at = None
        if kind.version == 0 or reworded or (form, limits) != (kind.form, kind.limits):
            kind.form, kind.limits, kind.version = form, limits, kind.version + 1
        _save(kind, actor)
    return kind


def to_approve() -> "QuerySet[RequestType]":
    """Return the types in use whose safety text nobody has approved."""
    return RequestType.objects.filter(is_active=True, safety_approved_at=None).exclude(safety_instructions="")


def approve_safety(pk: int, *, actor: Actor) -> RequestType:
    """Take a safety text as approved by the operator: it is no sample any more."""
    if actor.user is None or not actor.user.has_perm("gasutil.change_requesttype"):
        raise NotAllowed(gettext("Only a manager can do this."))
    with transaction.atomic():
        kind = RequestType.objects.select_for_update().get(pk=pk)
        if not kind.needs_approval:
            raise Conflict(gettext("%(type)s has no safety text that waits for approval.") % {"type": kind})
        text = kind.safety_instructions.removeprefix(SAMPLE).strip()
        kind.version += text != kind.safety_instructions
        kind.safety_instructions, kind.safety_approved_by, kind.safety_approved_at = text, actor.user, timezone.now()
        _save(kind, actor, gettext_noop("Safety text approved"))
    return kind


def limit_faults(limits: Sequence[dict[str, Any]]) -> list[Fault]:
    """Return what is wrong with the milestones of a type, taken together."""
    names = [limit["name"] for limit in limits]
    faults = []
    if len(set(names)) < len(names):
        faults.append(Fault("name", "unique", gettext("Two milestones have the same name.")))
    if LAST in names[:-1]:
        faults.append(Fault("name", "not_last", gettext("`%(name)s` comes last.") % {"name": LAST}))
    if FIRST in names[1:]:
        faults.append(Fault("name", "not_first", gettext("`%(name)s` comes first.") % {"name": FIRST}))
    if NO_ACCESS in names:
        faults.append(Fault("name", "reserved", gettext("This means that nobody could get in, and is no step; take another name.")))
    return faults


def _limit(row: MilestoneLimit) -> dict[str, Any]:
    return {"name": row.name, "label": row.label, "minutes": row.minutes, "in_business_hours": row.in_business_hours}


def _save(kind: RequestType, actor: Actor, reason: str = "") -> None:
    signed(kind, actor.user, reason or f"Version {kind.version}").save()
