"""The calls of incidents: their verbs, and the reports in the responses."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from gasutil import access
from gasutil.access import Actor
from gasutil.errors import Invalid
from gasutil.models import Incident, ServiceRequest
from gasutil.workflow import incidents


def add_reports(actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    """Add to incidents the IDs of their reports, and how many are open."""
    reports: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for incident, pk, is_open in (
        access.visible_to(actor, ServiceRequest)
        .filter(incident__in=[row["id"] for row in rows])
        .order_by("pk")
        .values_list("incident", "pk", "is_open")
    ):
        reports[incident].append((pk, is_open))
    for row in rows:
        row["reports"] = [pk for pk, _ in reports[row["id"]]]
        row["open_reports"] = sum(is_open for _, is_open in reports[row["id"]])


def create_incident(
    *, actor: Actor, title: str, notes: str = "", reports: Collection[int] = ()
) -> Incident:
    """Open an incident and join reports to it, all or none."""
    _check_reports(actor, reports)
    return incidents.open_incident(actor=actor, title=title, reports=reports, notes=notes)


def join(pk: int, *, actor: Actor, reports: Collection[int], **options: Any) -> Incident:
    """Join reports to an incident, all or none; one that is in it already stays."""
    access.find(actor, Incident, pk)
    _check_reports(actor, reports)
    first, *others = reports
    return incidents.gather(first, actor=actor, incident=pk, reports=others, **options)


def comment_reports(pk: int, *, actor: Actor, notes: str, **options: Any) -> dict[str, Any]:
    """Comment on every open report of an incident, for their reporters or for staff alone."""
    rows = incidents.comment(pk, actor=actor, notes=notes, **options)
    return {"service_requests": [row.id for row in rows]}  # type: ignore[attr-defined]


def close(pk: int, *, actor: Actor, notes: str, **options: Any) -> dict[str, Any]:
    """Close an incident and resolve its reports, except those that need a separate look."""
    closed = incidents.close(pk, actor=actor, notes=notes, **options)
    return {
        "resolved": [report.pk for report in closed.resolved],
        "kept": [
            {"service_request": report.pk, "reason": reason} for report, reason in closed.kept
        ],
    }


def _check_reports(actor: Actor, reports: Collection[int]) -> None:
    """Raise `Invalid` for requests that do not exist."""
    if unknown := incidents.unknown_reports(actor, reports):
        raise Invalid(unknown)
