"""A request's story as the ticket page tells it: who, when, and what changed, in words."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from gasutil import reports
from gasutil.access import Actor
from gasutil.admin.deliveries import Told, told
from gasutil.admin.wording import Names, Wording, moment, titled
from gasutil.deadlines import ACKNOWLEDGED
from gasutil.models import Channel, Event, ServiceRequest, Status
from gasutil.workflow import transitions
from gasutil.workflow.steps import NO_ACCESS

QUIET = frozenset({"resolved_at", "incident"})  # said by the status, or by the sentence, already
SENTENCES: Mapping[str, str] = {
    "start": "started work",
    "hold": "put it on hold",
    "resume": "resumed work",
    "resolve": "resolved it",
    "cancel": "cancelled it",
    "reopen": "reopened it",
}
RECORDED: Mapping[str, str] = {NO_ACCESS: "recorded that nobody could get in", ACKNOWLEDGED: "acknowledged it"}
ICONS: Mapping[str, str] = {
    "start": "play_arrow",
    "hold": "pause",
    "resume": "play_arrow",
    "resolve": "check",
    "cancel": "block",
    "reopen": "replay",
    Event.CREATED: "add",
    Event.ASSIGNED: "person",
    Event.PRIORITISED: "flag",
    Event.COMMENTED: "chat_bubble",
    Event.MILESTONE: "where_to_vote",
    Event.ESCALATED: "alarm",
    Event.JOINED: "hub",
    Event.LEFT: "call_split",
    Event.ATTACHED: "attach_file",
    Event.DETACHED: "delete",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the timeline."""

    id: int
    author: str
    is_customer: bool
    is_system: bool
    is_internal: bool
    is_alarm: bool
    sentence: str
    icon: str
    when: SafeString | str
    door: str
    notes: str
    changes: list[Wording]
    told: list[Told]


def timeline(actor: Actor, obj: ServiceRequest, now: dt.datetime) -> list[Line]:
    """Return everything that happened to a request, the newest first."""
    story = reports.story(actor, obj)
    names = Names.of(change for one in story for change in one.changes)
    gone_out = told(obj, now)
    return [_line(one, obj, names, now, gone_out.get(one.update.history_id, [])) for one in reversed(story)]


def what_happened(row: Any) -> tuple[str, str]:
    """Return what a row of the log means as a sentence's end, and its icon."""
    if row.event == Event.STATUS_CHANGED and row.previous_status:
        move = transitions.TABLE[Status(row.previous_status)].get(Status(row.status))
        verb = move.verb if move else ""
        return SENTENCES.get(verb, f"made it {Status(row.status).label.lower()}"), ICONS.get(verb, "sync")
    sentences = {
        Event.CREATED: "filed this request",
        Event.ASSIGNED: "assigned it" if row.assigned_to_id else "unassigned it",
        Event.PRIORITISED: "changed the priority",
        Event.COMMENTED: "noted" if row.is_internal else "wrote",
        Event.MILESTONE: RECORDED.get(row.subject, f"recorded: {titled(row.subject).lower()}"),
        Event.ESCALATED: "escalated it",
        Event.ATTACHED: f"added {row.subject}",
        Event.DETACHED: f"removed {row.subject}",
        Event.JOINED: f"joined it to incident {row.subject}",
        Event.LEFT: f"took it out of incident {row.subject}",
    }
    return sentences.get(row.event, str(row.get_event_display()).lower()), ICONS.get(row.event, "info")


def _line(one: reports.Story, obj: ServiceRequest, names: Names, now: dt.datetime, gone_out: list[Told]) -> Line:
    row = one.update
    sentence, icon = what_happened(row)
    changed = [] if row.event == Event.CREATED else [change for change in one.changes if change.field not in QUIET]
    return Line(
        id=row.history_id,
        author=str(row.history_user) if row.history_user else "The system",
        is_customer=row.history_user_id == obj.customer_id,
        is_system=row.history_user_id is None or row.channel == Channel.SYSTEM,
        is_internal=row.is_internal and row.event == Event.COMMENTED,
        is_alarm=row.event == Event.ESCALATED,
        sentence=sentence,
        icon="lock" if row.is_internal and row.event == Event.COMMENTED else icon,
        when=moment(row.history_date, now),
        door=row.get_channel_display(),
        notes=row.notes,
        changes=[names.word(change) for change in changed],
        told=gone_out,
    )
