"""The verbs of request types: publish an edited type, and approve its safety text."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from gasutil.access import SYSTEM, Actor
from gasutil.dynamic_forms import danger_errors, definition_errors, form_of
from gasutil.errors import Conflict, FieldError, Invalid, NotAllowed
from gasutil.models import MilestoneLimit, Priority, RequestType
from gasutil.models.history import signed
from gasutil.models.safety_texts import stored_text
from gasutil.models.type_texts import SPOKEN_TEXT, renamed_paths
from gasutil.workflow import danger_marks
from gasutil.workflow.guards import NO_ACCESS, NOT_A_LEAK
from gasutil.workflow.type_translations import approve_texts, safety_digest

FIRST, LAST = "acknowledged", "resolved"


Renamed = Mapping[str, Mapping[str, str]]  # the new names, by section and old name


def publish(
    pk: int,
    *,
    actor: Actor,
    renamed: Renamed | None = None,
    finish: Callable[[RequestType], object] | None = None,
) -> RequestType:
    """Put a type's questions, limits and safety text in force, for what is filed from now on.

    Where any of these is otherwise than it was, the type has a new version. The translations of
    renamed `fields` and `milestones` stay with them. `finish` changes the type before it is saved.
    Raises `Invalid` for a form that can't work.
    """
    with transaction.atomic():
        request_type = RequestType.objects.select_for_update().get(pk=pk)
        form, limits = _checked_definition(request_type)
        is_reworded = _withdraw_approval_of_changed_texts(request_type)
        if (
            request_type.version == 0
            or is_reworded
            or (form, limits) != (request_type.form, request_type.limits)
        ):
            request_type.form, request_type.limits = form, limits
            request_type.version += 1
        _rename_translations(request_type, renamed or {})
        if finish:
            finish(request_type)
        _save(request_type, actor)
        danger_marks.update_type(request_type)
    return request_type


def _checked_definition(
    request_type: RequestType,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Set whether a type is an emergency; return its form and its limits.

    Raises `Invalid` for a form that can't work.
    """
    fields = list(request_type.fields.all())
    form, limits = form_of(fields), [_limit(row) for row in request_type.milestones.all()]
    request_type.is_emergency = request_type.creates_emergencies
    if request_type.is_emergency:
        request_type.priority = Priority.EMERGENCY
    errors = (
        [error for _, error in definition_errors(form)]
        + [error for _, error in danger_errors(fields)]
        + limit_errors(limits)
        + emergency_errors(request_type, form)
    )
    if errors:
        raise Invalid(errors)
    return form, limits


def _withdraw_approval_of_changed_texts(request_type: RequestType) -> bool:
    """Withdraw the approval of safety texts that have changed; return whether the written has."""
    before = RequestType.history.filter(code=request_type.code).order_by("-history_id").first()
    is_reworded = before is None or before.safety_instructions != request_type.safety_instructions
    if is_reworded or before.spoken_instructions != request_type.spoken_instructions:
        request_type.safety_approved_by = request_type.safety_approved_at = None
    return is_reworded


def _rename_translations(request_type: RequestType, renamed: Renamed) -> None:
    for section, names in renamed.items():
        for name in ("translations", "translated_from"):
            texts = getattr(request_type, name)
            moved = {code: renamed_paths(texts[code], names, section) for code in texts}
            setattr(request_type, name, moved)


def to_approve() -> "QuerySet[RequestType]":
    """Return the types in use whose safety text, or its removal, is not approved."""
    return RequestType.objects.filter(is_active=True, safety_approved_at=None).exclude(
        safety_instructions="", approved_safety={}, spoken_instructions="", approved_spoken={}
    )


def show_samples() -> None:
    """Show customers the unapproved safety texts, for a demonstration; they still need approval."""
    for request_type in to_approve().filter(approved_safety={}):
        _store_approved(request_type)
        _save(request_type, SYSTEM, gettext_noop("Sample text shown in the demonstration"))


def approve_safety(pk: int, *, actor: Actor, seen: str = "") -> RequestType:
    """Approve the safety texts, written and spoken, with translations: they are no samples now.

    `seen` is the digest of the texts that the actor has read. Raises `Conflict` if they differ, and
    `NotAllowed` for those who wrote the text, if two people are required.
    """
    if actor.user is None or not actor.user.has_perm("gasutil.change_requesttype"):
        raise NotAllowed(gettext("Only a manager can do this."))
    with transaction.atomic():
        request_type = RequestType.objects.select_for_update().get(pk=pk)
        if not request_type.needs_approval:
            raise Conflict(
                gettext("%(type)s has no safety text that needs approval.") % {"type": request_type}
            )
        if seen and seen != safety_digest(request_type):
            raise Conflict(
                gettext(
                    "The safety text or a translation has changed. Read it again, then approve it."
                )
            )
        if settings.SAFETY_TWO_PEOPLE and actor.user.pk in _authors(request_type):
            raise NotAllowed(gettext("You changed this text. Someone else has to approve it."))
        before = request_type.safety_instructions
        approve_texts(request_type)
        request_type.version += before != request_type.safety_instructions
        request_type.safety_approved_by, request_type.safety_approved_at = (
            actor.user,
            timezone.now(),
        )
        _store_approved(request_type)
        _save(request_type, actor, gettext_noop("Safety text approved"))
    return request_type


def _store_approved(request_type: RequestType) -> None:
    """Take the stored safety texts as those that were approved last."""
    request_type.approved_safety = request_type.stored_safety_text._asdict()
    request_type.approved_spoken = request_type.stored_spoken_text._asdict()


def _authors(request_type: RequestType) -> set[int]:
    """Return who has changed the safety text or a translation since it was approved last."""
    rows = RequestType.history.filter(code=request_type.code).order_by("-history_id")
    authors = set()
    for new, old in pairwise([*rows, None]):
        if new.safety_approved_at is not None:
            break
        if old is None or _texts(new) != _texts(old):
            authors.add(new.history_user_id)
    return authors


def _texts(row: Any) -> tuple[Any, Any]:
    return (
        stored_text(row.safety_instructions, row.translations, version=0),
        stored_text(row.spoken_instructions, row.translations, 0, SPOKEN_TEXT),
    )


def emergency_errors(
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
    return required_errors(form) if request_type.creates_emergencies else []


def required_errors(form: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Return an error for each required question of an emergency type."""
    text = gettext("Questions of an emergency type can't be required.")
    return [
        FieldError("is_required", "emergency", text)
        for question in form
        if question.get("is_required")
    ]


def limit_errors(limits: Sequence[dict[str, Any]]) -> list[FieldError]:
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
