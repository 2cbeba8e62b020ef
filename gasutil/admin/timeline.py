"""A request's story as the ticket page tells it: who, when, and what changed, in words."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gasutil import reports
from gasutil.access import Actor
from gasutil.admin.deliveries import Told, told
from gasutil.admin.wording import Names, Wording, exact, moment, titled
from gasutil.deadlines import ACKNOWLEDGED
from gasutil.models import Channel, Event, ServiceRequest, Status
from gasutil.workflow import transitions
from gasutil.workflow.gates import NO_ACCESS

QUIET = frozenset({"resolved_at", "incident"})  # said by the status, or by the sentence, already
SENTENCES: Mapping[str, Any] = {
    "start": _("started work"),
    "hold": _("put it on hold"),
    "resume": _("resumed work"),
    "resolve": _("resolved it"),
    "cancel": _("cancelled it"),
    "reopen": _("reopened it"),
}
RECORDED: Mapping[str, Any] = {NO_ACCESS: _("recorded that nobody could get in"), ACKNOWLEDGED: _("acknowledged it")}
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
    Event.RECLASSIFIED: "category",
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
    """One line of the timeline; `earlier` are those of the same kind that it stands for."""

    id: int
    author: str
    is_customer: bool
    is_system: bool
    is_internal: bool
    is_alarm: bool
    is_file: bool
    sentence: str
    icon: str
    when: SafeString | str
    at: str
    door: str
    notes: str
    changes: list[Wording]
    told: list[Told]
    earlier: list["Line"] = field(default_factory=list)

    @property
    def folds_with(self) -> tuple[str, str] | None:
        """Return what it stands behind one line with: what the system does again and again, and files that come together."""
        return ("system", "") if self.is_system else ("files", self.author) if self.is_file else None


def timeline(actor: Actor, obj: ServiceRequest, now: dt.datetime) -> list[Line]:
    """Return everything that happened to a request, the newest first."""
    story = reports.story(actor, obj)
    names, gone_out = _names(story), told(obj, now)
    return [_line(one, obj, names, now, gone_out.get(one.update.history_id, [])) for one in reversed(story)]


def _names(story: list[reports.Story]) -> Names:
    """Return whom and what a story names: its people have come with it, its types only where it was reclassified."""
    rows = [one.update for one in story]
    retyped = [change for one in story for change in one.changes if change.field == "request_type" and one.update.event != Event.CREATED]
    return Names(people={row.assigned_to_id: str(row.assigned_to) for row in rows if row.assigned_to}, types=Names.of(retyped).types)


def folded(lines: Iterable[Line]) -> list[Line]:
    """Return the lines, with one for many of what comes again and again."""
    shown: list[Line] = []
    for line in lines:
        if shown and line.folds_with and line.folds_with == shown[-1].folds_with:
            shown[-1].earlier.append(line)
        else:
            shown.append(line)
    return shown


def author_of(row: Any) -> str:
    """Return the name of whoever did what a row of the log tells."""
    return str(row.history_user) if row.history_user else _t("The system")


def what_happened(row: Any) -> tuple[str, str]:
    """Return what a row of the log means as a sentence's end, and its icon."""
    if row.event == Event.STATUS_CHANGED and row.previous_status:
        move = transitions.TABLE[Status(row.previous_status)].get(Status(row.status))
        verb = move.verb if move else ""
        became = _t("made it %(status)s") % {"status": Status(row.status).label.lower()}
        return str(SENTENCES.get(verb, became)), ICONS.get(verb, "sync")
    what = {"what": row.subject}
    sentences = {
        Event.CREATED: _t("filed this request"),
        Event.ASSIGNED: _t("assigned it") if row.assigned_to_id else _t("unassigned it"),
        Event.PRIORITISED: _t("changed the priority"),
        Event.RECLASSIFIED: _t("reclassified it"),
        Event.COMMENTED: _t("noted") if row.is_internal else _t("wrote"),
        Event.MILESTONE: str(RECORDED.get(row.subject, _t("recorded: %(what)s") % {"what": titled(row.subject).lower()})),
        Event.ESCALATED: _t("escalated it"),
        Event.ATTACHED: _t("added %(what)s") % what,
        Event.DETACHED: _t("removed %(what)s") % what,
        Event.JOINED: _t("joined it to incident %(what)s") % what,
        Event.LEFT: _t("took it out of incident %(what)s") % what,
    }
    return sentences.get(row.event, str(row.get_event_display()).lower()), ICONS.get(row.event, "info")


def _line(one: reports.Story, obj: ServiceRequest, names: Names, now: dt.datetime, gone_out: list[Told]) -> Line:
    row = one.update
    sentence, icon = what_happened(row)
    changed = [] if row.event == Event.CREATED else [change for change in one.changes if change.field not in QUIET]
    is_note = row.is_internal and row.event == Event.COMMENTED
    return Line(
        id=row.history_id,
        author=author_of(row),
        is_customer=row.history_user_id == obj.customer_id,
        is_system=row.history_user_id is None or row.channel == Channel.SYSTEM,
        is_internal=is_note,
        is_alarm=row.event == Event.ESCALATED,
        is_file=row.event == Event.ATTACHED,
        sentence=sentence,
        icon="lock" if is_note else icon,
        when=moment(row.history_date, now),
        at=exact(row.history_date),
        door=row.get_channel_display(),
        notes=row.notes,
        changes=[names.word(change) for change in changed],
        told=gone_out,
    )
