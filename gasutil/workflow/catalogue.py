"""The verbs of request types: publish an edited type, and approve its safety text."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from gasutil.access import Actor
from gasutil.dynamic_forms import definition_errors, form_of
from gasutil.errors import Conflict, FieldError, Invalid, NotAllowed
from gasutil.models import MilestoneLimit, Priority, RequestType
from gasutil.models.catalogue import SAMPLE_TEXT
from gasutil.models.history import signed
from gasutil.workflow.guards import NO_ACCESS, NOT_A_LEAK

FIRST, LAST = "acknowledged", "resolved"


def publish(pk: int, *, actor: Actor) -> RequestType:
    """Put a type's questions, limits and safety text in force, for what is filed from now on.

    Where any of these is otherwise than it was, the type has a new version. Raises `Invalid` for a
    form that can't work.
    """
    with transaction.atomic():
        request_type = RequestType.objects.select_for_update().get(pk=pk)
        form, limits = (
            form_of(request_type.fields.all()),
            [_limit(row) for row in request_type.milestones.all()],
        )
        request_type.is_emergency = request_type.creates_emergencies
        request_type.priority = (
            Priority.EMERGENCY if request_type.is_emergency else request_type.priority
        )
        errors = (
            [error for _, error in definition_errors(form)]
            + limit_faults(limits)
            + emergency_faults(request_type, form)
        )
        if errors:
            raise Invalid(errors)
        before = RequestType.history.filter(code=request_type.code).order_by("-history_id").first()
        reworded = before is None or before.safety_instructions != request_type.safety_instructions
        if reworded:
            request_type.safety_approved_by = request_type.safety_approved_at = None
        if (
            request_type.version == 0
            or reworded
            or (form, limits) != (request_type.form, request_type.limits)
        ):
            request_type.form, request_type.limits, request_type.version = (
                form,
                limits,
                request_type.version + 1,
            )
        _save(request_type, actor)
    return request_type


def to_approve() -> "QuerySet[RequestType]":
    """Return the types in use whose safety text is not approved."""
    return RequestType.objects.filter(is_active=True, safety_approved_at=None).exclude(
        safety_instructions=""
    )


def approve_safety(pk: int, *, actor: Actor) -> RequestType:
    """Take a safety text as approved by the operator: it is no sample any more."""
    if actor.user is None or not actor.user.has_perm("gasutil.change_requesttype"):
        raise NotAllowed(gettext("Only a manager can do this."))
    with transaction.atomic():
        request_type = RequestType.objects.select_for_update().get(pk=pk)
        if not request_type.needs_approval:
            raise Conflict(
                gettext("%(type)s has no safety text that needs approval.") % {"type": request_type}
            )
        text = request_type.safety_instructions.removeprefix(SAMPLE_TEXT).strip()
        request_type.version += text != request_type.safety_instructions
        (
            request_type.safety_instructions,
            request_type.safety_approved_by,
            request_type.safety_approved_at,
        ) = (
            text,
            actor.user,
            timezone.now(),
        )
        _save(request_type, actor, gettext_noop("Safety text approved"))
    return request_type


def emergency_faults(
    request_type: RequestType, form: Sequence[Mapping[str, Any]]
) -> list[FieldError]:
    """Return the reasons why a report of a gas leak would fail.

    These are a required question, or an inactive default emergency type.
    """
    try:
        request_type.clean()
    except ValidationError as error:
        return [
            FieldError(name, "default_emergency", " ".join(messages))
            for name, messages in error.message_dict.items()
        ]
    return required_faults(form) if request_type.creates_emergencies else []


def required_faults(form: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Return an error for each required question of an emergency type."""
    text = gettext("No question of an emergency type can be required.")
    return [
        FieldError("is_required", "emergency", text)
        for question in form
        if question.get("is_required")
    ]


def limit_faults(limits: Sequence[dict[str, Any]]) -> list[FieldError]:
    """Return the validation errors of the milestones of a type, taken together."""
    names = [limit["name"] for limit in limits]
    errors = []
    if len(set(names)) < len(names):
        errors.append(FieldError("name", "unique", gettext("Two milestones have the same name.")))
    if LAST in names[:-1]:
        errors.append(
            FieldError(
                "name",
                "not_last",
                gettext("`%(name)s` must be the last milestone.") % {"name": LAST},
            )
        )
    if FIRST in names[1:]:
        errors.append(
            FieldError(
                "name",
                "not_first",
                gettext("`%(name)s` must be the first milestone.") % {"name": FIRST},
            )
        )
    if not {NO_ACCESS, NOT_A_LEAK}.isdisjoint(names):
        errors.append(
            FieldError(
                "name",
                "reserved",
                gettext("This name is reserved for a visit outcome. Choose another one."),
            )
        )
    return errors


def _limit(row: MilestoneLimit) -> dict[str, Any]:
    return {
        "name": row.name,
        "label": row.label,
        "minutes": row.minutes,
        "in_business_hours": row.in_business_hours,
    }


def _save(request_type: RequestType, actor: Actor, reason: str = "") -> None:
    signed(request_type, actor.user, reason or f"Version {request_type.version}").save()
