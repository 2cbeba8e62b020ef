"""The milestones of a request: their start, their pauses, and the deadlines that follow."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from bench.peer.models import ServiceRequest, Status


def start(obj: ServiceRequest) -> None:
    """Copy the limits of the type onto a new request."""
    obj.milestones = [
        {
            "name": limit["name"],
            "label": limit["label"],
            "minutes": limit["minutes"],
            "calendar": None,
            "due_at": (obj.created_at + timedelta(minutes=limit["minutes"])).isoformat(),
            "met_at": None,
            "stopped_at": None,
            "escalations": 0,
            "escalate_at": None,
        }
        for limit in obj.request_type.limits
    ]
    store_deadlines(obj)


def follow_status(obj: ServiceRequest, before: str, now: datetime) -> None:
    """Stop the clocks of a request that is put on hold or closed, and resume them after a hold."""
    for milestone in obj.milestones:
        if milestone["met_at"]:
            continue
        if before == Status.ON_HOLD and milestone["stopped_at"]:
            resume(milestone, now)
        if obj.status not in (Status.PENDING, Status.IN_PROGRESS):
            milestone["stopped_at"] = now.isoformat()
    obj.resolved_at = now if obj.status == Status.RESOLVED else None
    store_deadlines(obj)


def resume(milestone: dict[str, Any], now: datetime) -> None:
    """Move the deadline of a milestone by the length of its pause."""
    pause = now - read(milestone["stopped_at"])
    milestone["due_at"] = (read(milestone["due_at"]) + pause).isoformat()
    milestone["stopped_at"] = None


def store_deadlines(obj: ServiceRequest) -> None:
    """Write the deadlines that lists show and filter by."""
    due = [read(milestone["due_at"]) for milestone in obj.milestones]
    running = [
        at
        for at, milestone in zip(due, obj.milestones, strict=True)
        if not milestone["met_at"] and not milestone["stopped_at"]
    ]
    obj.respond_by, obj.resolve_by = (due[0], due[-1]) if due else (None, None)
    obj.due_at = min(running, default=None)


def next_milestone(obj: ServiceRequest) -> str | None:
    """Return the name of the milestone that is due next."""
    running = [each for each in obj.milestones if not each["met_at"] and not each["stopped_at"]]
    return min(running, key=lambda each: read(each["due_at"]))["name"] if running else None


def serialize(obj: ServiceRequest) -> list[dict[str, Any]]:
    """Return the milestones as the API shows them."""
    return [
        {
            "name": milestone["name"],
            "due_at": milestone["due_at"],
            "met_at": milestone["met_at"],
            "is_breached": _ended(milestone) > read(milestone["due_at"]),
        }
        for milestone in obj.milestones
    ]


def _ended(milestone: dict[str, Any]) -> datetime:
    ended = milestone["met_at"] or milestone["stopped_at"]
    return read(ended) if ended else timezone.now()


def read(text: str) -> datetime:
    """Return a stored time."""
    at = parse_datetime(text)
    if at is None:
        raise ValueError(text)
    return at
