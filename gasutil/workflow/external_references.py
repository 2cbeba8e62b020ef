"""The verbs of references: the ID of a request in another system."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from typing_extensions import Unpack

from gasutil.access import Actor
from gasutil.errors import Conflict, NotFound
from gasutil.models import Event, ExternalReference
from gasutil.workflow import engine
from gasutil.workflow.change import Change, LogEvent, Step
from gasutil.workflow.requests import VerbOptions


def set_reference(
    pk: int,
    *,
    actor: Actor,
    system: str,
    id: str,  # noqa: A002  # the contract's name
    url: str = "",
    **options: Unpack[VerbOptions],
) -> dict[str, Any]:
    """Set the ID of a request in another system; 201 if it had none there, else 200."""
    outcome: dict[str, Any] = {"system": system, "id": id, "url": url, "is_new": False}
    try:
        engine.change(pk, _set(outcome), actor=actor, **options)
    except IntegrityError as error:  # two calls at once
        raise _taken(outcome) from error
    return outcome


def remove_reference(pk: int, *, actor: Actor, system: str, **options: Unpack[VerbOptions]) -> None:
    """Remove the ID of a request in another system.

    Raise `NotFound` if it has none.
    """
    engine.change(pk, _remove(system), actor=actor, **options)


def refer(
    pk: int,
    *,
    actor: Actor,
    system: str,
    id: str,  # noqa: A002  # as in `set_reference`
    url: str = "",
    **options: Unpack[VerbOptions],
) -> None:
    """Set the ID of a request in another system, or remove it if the ID is empty."""
    if id:
        set_reference(pk, actor=actor, system=system, id=id, url=url, **options)
    else:
        remove_reference(pk, actor=actor, system=system, **options)


def _set(outcome: dict[str, Any]) -> Step:
    def step(change: Change) -> LogEvent | None:
        about = {"external_id": outcome["id"], "url": outcome["url"]}
        others = ExternalReference.objects.filter(
            system=outcome["system"], external_id=outcome["id"]
        ).exclude(service_request=change.obj)
        if others.exists():
            raise _taken(outcome)
        existing = ExternalReference.objects.filter(
            service_request=change.obj, system=outcome["system"]
        ).first()
        if existing and all(getattr(existing, name) == value for name, value in about.items()):
            return None
        outcome["is_new"] = existing is None
        with transaction.atomic():
            ExternalReference.objects.update_or_create(
                service_request=change.obj, system=outcome["system"], defaults=about
            )
        return _event(f"{outcome['system']}: {outcome['id']}")

    return step


def _remove(system: str) -> Step:
    def step(change: Change) -> LogEvent:
        deleted, _rows = ExternalReference.objects.filter(
            service_request=change.obj, system=system
        ).delete()
        if not deleted:
            raise NotFound
        return _event(f"{system}: removed")

    return step


def _event(subject: str) -> LogEvent:
    return LogEvent(Event.REFERENCED, subject=subject[:100], is_internal=True)


def _taken(outcome: dict[str, Any]) -> Conflict:
    text = _("Another request has this ID in %(system)s.")
    return Conflict(text % {"system": outcome["system"]})
