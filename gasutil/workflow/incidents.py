"""The verbs of incidents.

They join reports of the same thing, inform everyone at once, and close an incident without losing a
report.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from typing_extensions import Unpack

from gasutil import access
from gasutil.access import STAFF, Actor
from gasutil.errors import Conflict, DeskError, FieldError, Invalid, NotFound
from gasutil.models import Incident, LogRow, ServiceRequest
from gasutil.models.history import signed
from gasutil.workflow import engine, guards, requests, steps
from gasutil.workflow.requests import VerbOptions


@dataclass(frozen=True)
class Closed:
    """Hold the result of closing an incident.

    It has the reports that were resolved with the incident, and those that stay open, each with the
    reason.
    """

    incident: Incident
    resolved: list[ServiceRequest]
    kept: list[tuple[ServiceRequest, str]]


def incident_errors(actor: Actor, data: Mapping[str, Any]) -> list[FieldError]:
    """Return the validation errors of a new or a changed incident."""
    fields = {name: data[name].strip() for name in ("title", "notes") if data.get(name) is not None}
    errors = FieldError.of_fields(Incident(**fields), *fields)
    return errors + unknown_reports(actor, data.get("reports") or ())


def joining_errors(actor: Actor, data: Mapping[str, Any]) -> list[FieldError]:
    """Return the validation errors of reports that are to join an incident."""
    unknown = unknown_reports(actor, data.get("reports") or ())
    return unknown + requests.change_errors(actor, data)


def unknown_reports(actor: Actor, reports: Collection[int]) -> list[FieldError]:
    """Return the error of reports that do not exist."""
    known = access.visible_to(actor, ServiceRequest).filter(pk__in=reports)
    unknown = sorted(set(reports) - set(known.values_list("pk", flat=True))) if reports else []
    if not unknown:
        return []
    text = _("No such request: %(ids)s.") % {"ids": ", ".join(map(str, unknown))}
    return [FieldError("reports", "unknown_request", text, {"ids": unknown})]


def open_incident(*, actor: Actor, title: str, reports: Iterable[int], notes: str = "") -> Incident:
    """Open an incident and join reports to it, all or none."""
    _require(actor)
    incident = Incident(title=title.strip(), notes=notes)
    errors = FieldError.of_fields(incident, "title", "notes")
    if errors:
        raise Invalid(errors)
    with transaction.atomic():
        _save(incident, actor, gettext_noop("Opened"))
        for pk in sorted(set(reports)):
            join(pk, actor=actor, incident=incident.pk)
    return incident


def update_incident(pk: int, *, actor: Actor, **fields: str) -> Incident:
    """Change the title or the notes of an incident, open or closed."""
    with transaction.atomic():
        incident = _locked(pk, actor)
        for name, value in fields.items():
            setattr(incident, name, value.strip())
        errors = FieldError.of_fields(incident, *fields)
        if errors:
            raise Invalid(errors)
        if fields:
            _save(incident, actor, gettext_noop("Changed"))
    return incident


def join(pk: int, *, actor: Actor, incident: int, **options: Unpack[VerbOptions]) -> ServiceRequest:
    """Join a report to an incident; it keeps its reporter, its clocks and its history."""
    with transaction.atomic():
        return engine.change(pk, steps.join(_locked(incident, actor)), actor=actor, **options)


def gather(
    pk: int,
    *,
    actor: Actor,
    incident: int | None = None,
    title: str = "",
    reports: Iterable[int] = (),
    **options: Unpack[VerbOptions],
) -> Incident:
    """Join a report, and others that report the same, to an incident.

    The incident is one that is open, or a new one with this title.
    """
    together = {pk, *reports}
    if incident is None:
        return open_incident(actor=actor, title=title, reports=together)
    with transaction.atomic():
        for report in sorted(together):
            join(report, actor=actor, incident=incident, **options)
        return Incident.objects.get(pk=incident)


def leave(pk: int, *, actor: Actor, **options: Unpack[VerbOptions]) -> ServiceRequest:
    """Remove a report from its incident."""
    return engine.change(pk, steps.leave, actor=actor, **options)


def comment(
    incident: int,
    *,
    actor: Actor,
    notes: str,
    is_internal: bool = False,
    occurred_at: dt.datetime | None = None,
) -> list[LogRow]:
    """Comment on every open report of an incident, each in its own history; return the rows."""
    engine.clean_notes(notes, required=True)
    with transaction.atomic():
        _locked(incident, actor)
        return [
            requests.comment(
                pk,
                actor=actor,
                notes=notes,
                is_internal=is_internal,
                occurred_at=occurred_at,
                is_mass=True,
            )
            for pk in open_reports(incident)
        ]


def close(
    incident: int,
    *,
    actor: Actor,
    notes: str,
    occurred_at: dt.datetime | None = None,
    now: dt.datetime | None = None,
) -> Closed:
    """Close an incident and resolve its reports, except those that need a separate look.

    A report that is an emergency stays open until `made_safe` or `not_a_leak` is its last outcome:
    what is recorded for the incident does not count for it.
    """
    engine.clean_notes(notes, required=True)
    resolved, stored = [], []
    with transaction.atomic():
        obj = _locked(incident, actor)
        if obj.closed_at is not None:
            raise Conflict(_("%(reference)s is already closed.") % {"reference": obj.reference})
        for pk in open_reports(incident):
            report = access.find(actor, ServiceRequest, pk)
            why = _own_gate(report)
            if not why:
                try:
                    report = requests.resolve(
                        pk, actor=actor, notes=notes, occurred_at=occurred_at, now=now
                    )
                except DeskError as error:
                    why = error.message
            (stored.append((report, why)) if why else resolved.append(report))
        obj.closed_at = now or timezone.now()
        _save(obj, actor, gettext_noop("Closed"))
    return Closed(obj, resolved, stored)


def reopen_incident(incident: int, *, actor: Actor) -> Incident:
    """Open a closed incident again; its reports stay as they are."""
    with transaction.atomic():
        obj = _locked(incident, actor)
        if obj.closed_at is None:
            raise Conflict(_("%(reference)s is already open.") % {"reference": obj.reference})
        obj.closed_at = None
        _save(obj, actor, gettext_noop("Reopened"))
    return obj


def _own_gate(report: ServiceRequest) -> str:
    """Return why a report can't be resolved with its incident, or nothing."""
    if report.is_pressing and not guards.is_safe(report):
        return _("It is an emergency and has no outcome “Made safe” or “Not a leak”.")
    return ""


def open_reports(incident: int) -> list[int]:
    """Return the open reports of an incident."""
    return list(
        ServiceRequest.objects.filter(incident=incident, is_open=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _locked(incident: int, actor: Actor) -> Incident:
    _require(actor)
    obj = Incident.objects.select_for_update().filter(pk=incident).first()
    if obj is None:
        raise NotFound
    return obj


def _require(actor: Actor) -> None:
    access.require(actor, STAFF)
    access.require_permission(actor, access.WORK)


def _save(incident: Incident, actor: Actor, reason: str) -> None:
    signed(incident, actor.user, reason, actor.machine).save()
