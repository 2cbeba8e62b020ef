"""The timeline of a ticket: who, when, and what changed, in words."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gasutil import deadlines, request_history
from gasutil.access import Actor
from gasutil.admin.base.formatting import (
    Names,
    Wording,
    datetime_minutes,
    datetime_seconds,
    step_label,
    time_ago,
)
from gasutil.admin.base.when_field import MINUTE
from gasutil.admin.operations.deliveries import SentNotice, sent_notices
from gasutil.deadlines import ACKNOWLEDGED
from gasutil.models import BreachReason, Channel, Event, ServiceRequest, Status
from gasutil.privacy.redaction import RETENTION_SUBJECT
from gasutil.workflow import transitions
from gasutil.workflow.guards import NO_ACCESS, NOT_A_LEAK
from gasutil.workflow.reviews import OWN_WORK

QUIET = frozenset({"resolved_at", "incident"})  # the status or the sentence shows them
BREACH_REASONS: Mapping[str, Any] = dict(BreachReason.choices)
STAFF_EVENTS = (Event.REVIEWED, Event.RETURNED, Event.BREACH_EXPLAINED)
VERB_SENTENCES: Mapping[str, Any] = {
    "start": _("started work"),
    "hold": _("put the request on hold"),
    "resume": _("resumed work"),
    "resolve": _("resolved the request"),
    "cancel": _("cancelled the request"),
    "reopen": _("reopened the request"),
}
RECORDED: Mapping[str, Any] = {
    NOT_A_LEAK: _("recorded the outcome “Not a leak”"),
    NO_ACCESS: _("recorded the outcome “Could not get in”"),
    ACKNOWLEDGED: _("acknowledged the request"),
}
EVENT_ICONS: Mapping[str, str] = {
    "start": "play_arrow",
    "hold": "pause",
    "resume": "play_arrow",
    "resolve": "check",
    "cancel": "block",
    "reopen": "replay",
    Event.CREATED: "add",
    Event.ASSIGNED: "person",
    Event.PRIORITISED: "flag",
    Event.RECLASSIFIED: "category",
    Event.COMMENTED: "chat_bubble",
    Event.MILESTONE: "where_to_vote",
    Event.ESCALATED: "alarm",
    Event.JOINED: "hub",
    Event.LEFT: "call_split",
    Event.REFERENCED: "link",
    Event.BREACH_EXPLAINED: "assignment_late",
    Event.REVIEWED: "fact_check",
    Event.RETURNED: "assignment_return",
    Event.ATTACHED: "attach_file",
    Event.DETACHED: "delete",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the timeline; `earlier` are the lines that are folded into it."""

    id: int
    author: str
    is_own: bool
    is_customer: bool
    is_system: bool
    is_internal: bool
    is_alarm: bool
    is_file: bool
    sentence: str
    icon: str
    when: SafeString | str
    at: str
    happened: str  # when it happened, if it was recorded later
    channel: str
    notes: str
    changes: list[Wording]
    notices: list[SentNotice]
    earlier: list["Line"] = field(default_factory=list)

    @property
    def folds_with(self) -> tuple[str, str] | None:
        """Return the key by which lines are folded.

        Repeated system events are folded, and files sent together.
        """
        return (
            ("system", "") if self.is_system else ("files", self.author) if self.is_file else None
        )


def timeline(actor: Actor, obj: ServiceRequest, now: dt.datetime) -> list[Line]:
    """Return everything that happened to a request, newest first."""
    story = request_history.history_of(actor, obj)
    names, gone_out = _names(story), sent_notices(obj, now)
    return [
        _line(actor, entry, obj, names, now, gone_out.get(entry.update.history_id, []))
        for entry in reversed(story)
    ]


def _names(story: list[request_history.HistoryRow]) -> Names:
    """Return the names in a timeline.

    People are loaded with it, types only if the request was reclassified.
    """
    rows = [entry.update for entry in story]
    retyped = [
        change
        for entry in story
        for change in entry.changes
        if change.field == "request_type" and entry.update.event != Event.CREATED
    ]
    return Names(
        people={row.assigned_to_id: str(row.assigned_to) for row in rows if row.assigned_to},
        types=Names.of(retyped).types,
    )


def folded(lines: Iterable[Line]) -> list[Line]:
    """Return the lines, with repeated ones folded into one."""
    shown: list[Line] = []
    for line in lines:
        if shown and line.folds_with and line.folds_with == shown[-1].folds_with:
            shown[-1].earlier.append(line)
        else:
            shown.append(line)
    return shown


def author_of(row: Any) -> str:
    """Return the name of the author of a history row."""
    return str(row.history_user or row.machine_account or _t("The system"))


def author_is_unknown(row: Any) -> bool:
    """Return whether neither a user nor a machine account made a history row."""
    return row.history_user_id is None and row.machine_account_id is None


def what_happened(row: Any, labels: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Return what happened in a history row, as the end of a sentence, and its icon."""
    if row.event == Event.STATUS_CHANGED and row.previous_status:
        move = transitions.TABLE[Status(row.previous_status)].get(Status(row.status))
        verb = move.verb if move else ""
        became = _t("changed the status to %(status)s") % {
            "status": Status(row.status).label.lower()
        }
        return str(VERB_SENTENCES.get(verb, became)), EVENT_ICONS.get(verb, "sync")
    what = {"what": row.subject}
    if row.event == Event.COMMENTED and row.subject == RETENTION_SUBJECT:
        return _t("removed personal data by retention"), "auto_delete"
    sentences = {
        Event.CREATED: _t("filed the request"),
        Event.ASSIGNED: (
            _t("assigned the request") if row.assigned_to_id else _t("removed the assignee")
        ),
        Event.PRIORITISED: _t("changed the priority"),
        Event.RECLASSIFIED: _t("changed the type"),
        Event.COMMENTED: _t("added a note") if row.is_internal else _t("sent a message"),
        Event.MILESTONE: str(
            RECORDED.get(
                row.subject,
                _t("recorded the step “%(what)s”") % {"what": step_label(row.subject, labels)},
            )
        ),
        Event.ESCALATED: _t("escalated the request"),
        Event.ATTACHED: _t("added %(what)s") % what,
        Event.DETACHED: _t("removed %(what)s") % what,
        Event.JOINED: _t("added the request to incident %(what)s") % what,
        Event.LEFT: _t("removed the request from incident %(what)s") % what,
        Event.BREACH_EXPLAINED: _t("said why “%(step)s” was late: %(reason)s")
        % {
            "step": step_label(row.subject, labels),
            "reason": BREACH_REASONS.get(row.reason_code, row.reason_code),
        },
        Event.REVIEWED: (
            _t("reviewed the request, which they had worked on")
            if row.subject == OWN_WORK
            else _t("reviewed the request")
        ),
        Event.RETURNED: _t("returned the request for work"),
        Event.REFERENCED: _t("changed the reference in another system: %(what)s") % what,
    }
    return sentences.get(row.event, str(row.get_event_display()).lower()), EVENT_ICONS.get(
        row.event, "info"
    )


def _happened(row: Any) -> str:
    """Return when something happened, unless it was recorded within a minute."""
    if row.occurred_at is None or row.history_date - row.occurred_at < MINUTE:
        return ""
    text = _t("Received %(time)s") if row.event == Event.CREATED else _t("Happened %(time)s")
    return text % {"time": datetime_minutes(row.occurred_at)}


def _line(
    actor: Actor,
    item: request_history.HistoryRow,
    obj: ServiceRequest,
    names: Names,
    now: dt.datetime,
    gone_out: list[SentNotice],
) -> Line:
    row = item.update
    sentence, icon = what_happened(row, deadlines.labels_of(obj))
    changed = (
        []
        if row.event == Event.CREATED
        else [change for change in item.changes if change.field not in QUIET]
    )
    is_note = row.is_internal and row.event == Event.COMMENTED
    return Line(
        id=row.history_id,
        author=author_of(row),
        is_own=row.history_user_id is not None and row.history_user_id == actor.id,
        is_customer=row.history_user_id == obj.customer_id,
        is_system=row.channel == Channel.SYSTEM or author_is_unknown(row),
        is_internal=is_note or row.event in STAFF_EVENTS,
        is_alarm=row.event == Event.ESCALATED,
        is_file=row.event == Event.ATTACHED,
        sentence=sentence,
        icon="lock" if is_note else icon,
        when=time_ago(row.history_date, now),
        at=datetime_seconds(row.history_date),
        happened=_happened(row),
        channel=row.get_channel_display(),
        notes=row.notes,
        changes=[names.word(change) for change in changed],
        notices=gone_out,
    )
