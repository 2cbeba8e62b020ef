"""Formatting of the console: labels and their colours, times, and changes in words."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Choices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gasutil.deadlines import EMERGENCY_LIMITS, MADE_SAFE
from gasutil.models import Priority, RequestType, ServiceRequest, Status, User
from gasutil.request_history import FieldChange
from gasutil.workflow.guards import NO_ACCESS, NOT_A_LEAK

EMPTY_VALUE = "—"
STATUS_COLOURS: Mapping[str, str] = {
    Status.PENDING: "warning",
    Status.IN_PROGRESS: "info",
    Status.ON_HOLD: "",
    Status.RESOLVED: "success",
    Status.CANCELLED: "",
}
PRIORITY_COLOURS: Mapping[str, str] = {
    Priority.LOW: "",
    Priority.NORMAL: "",
    Priority.HIGH: "warning",
    Priority.EMERGENCY: "danger",
}
FIELDS: Mapping[str, Any] = {
    "status": gettext_lazy("Status"),
    "priority": gettext_lazy("Priority"),
    "assigned_to": gettext_lazy("Assignee"),
    "request_type": gettext_lazy("Type"),
    "respond_by": gettext_lazy("Respond by"),
    "resolve_by": gettext_lazy("Resolve by"),
    "resolved_at": gettext_lazy("Resolved"),
}
OUTCOME_LABELS: Mapping[str, Any] = {
    MADE_SAFE: gettext_lazy("Made safe"),
    NOT_A_LEAK: gettext_lazy("Not a leak"),
    NO_ACCESS: gettext_lazy("Could not get in"),
}
STEP_LABELS: Mapping[str, Any] = {
    **{name: gettext_lazy(label) for name, (label, _minutes) in EMERGENCY_LIMITS.items()},
    **OUTCOME_LABELS,
}
# Error messages use the codes of the API.
STATUSES = re.compile(rf"\b({'|'.join(Status.values)})\b")
CODE_PATTERN = re.compile(r"`(\w+)`")  # and the codes of milestones and outcomes in backticks
FIELD_CHOICES: Mapping[str, type[Choices]] = {"status": Status, "priority": Priority}


def datetime_seconds(at: dt.datetime) -> str:
    """Return a time to the second, on the 24-hour clock, with its zone."""
    return date_format(timezone.localtime(at), "d M Y, H:i:s T")


def datetime_minutes(at: dt.datetime) -> str:
    """Return a time to the minute, on the 24-hour clock."""
    return date_format(timezone.localtime(at), "d M Y, H:i")


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units, such as `6 h 23 min`."""
    minutes = max(int(seconds // 60), 0)
    hours, days = minutes // 60, minutes // 60 // 24
    params = {"days": days, "hours": hours % 24, "minutes": minutes % 60}
    if days:
        return (
            _("%(days)s d %(hours)s h") % params
            if days < 7 and hours % 24
            else _("%(days)s d") % params
        )
    if hours:
        return (
            _("%(hours)s h %(minutes)s min") % params if minutes % 60 else _("%(hours)s h") % params
        )
    return _("%(minutes)s min") % params if minutes else _("now")


def time_ago(at: dt.datetime | None, now: dt.datetime, *, ago: bool = True) -> SafeString | str:
    """Return the age of a time, with the exact time on hover."""
    if at is None:
        return EMPTY_VALUE
    seconds = (now - at).total_seconds()
    length = duration(seconds)
    text = (
        length
        if not ago
        else _("just now")
        if seconds < 60
        else _("%(length)s ago") % {"length": length}
    )
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), datetime_seconds(at), text
    )


def unverified(obj: ServiceRequest) -> SafeString | str:
    """Return the mark of an unverified report of an emergency."""
    if not obj.is_unverified:
        return ""
    why = _(
        "One of many reports from the same source. Supervisors are notified of them as a group."
    )
    return format_html(
        ' <span class="chip chip-internal" title="{}">{}</span>', why, _("Unverified")
    )


def danger(obj: ServiceRequest) -> SafeString | str:
    """Return the mark of a request whose answers mean danger; a quiet one if it is closed."""
    if not obj.has_danger:
        return ""
    icon = '<span class="material-symbols-outlined" aria-hidden="true">personal_injury</span>'
    return format_html(
        ' <span class="chip {}" title="{}">' + icon + '<span class="sr-only">{}</span></span>',
        *("chip-danger" if obj.is_open else "chip-emergency", _("Danger"), _("Danger")),
    )


def customer_replied(at: dt.datetime | None, now: dt.datetime) -> SafeString | str:
    """Return the mark of a request whose customer waits for a reply.

    `clock.js` keeps its time up to date.
    """
    if at is None:
        return ""
    icon = format_html(
        '<span class="material-symbols-outlined" aria-hidden="true">{}</span>',
        "mark_unread_chat_alt",
    )
    text = format_html(_("Customer replied {when}"), when=time_ago(at, now))
    return format_html(
        '<span class="chip chip-replied" data-replied="{}">{} {}</span>',
        int(at.timestamp() * 1000),
        icon,
        text,
    )


def first_line(text: str, length: int = 80) -> str:
    """Return the first line of a text, cut at a length."""
    line = text.partition("\n")[0]
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def in_words(message: str) -> str:
    """Replace codes of statuses, milestones and outcomes in an error message by their labels."""
    message = STATUSES.sub(lambda match: str(Status(match[0]).label).lower(), message)
    return CODE_PATTERN.sub(lambda match: f"“{step_label(match[1])}”", message)


def step_label(name: str, labels: Mapping[str, str] | None = None) -> str:
    """Return the label of a milestone or outcome.

    `labels` are those of the request's own milestones.
    """
    label = (labels or {}).get(name) or STEP_LABELS.get(name)
    return str(label) if label else titled(name)


def titled(name: str) -> str:
    """Return the name of a field as a heading."""
    return name.replace("_", " ").strip().capitalize()


@dataclass(frozen=True, kw_only=True)
class Wording:
    """One change of one field, in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Names:
    """The people and types that changes refer to, by the values in the history."""

    people: Mapping[int, str]
    types: Mapping[str, str]

    @classmethod
    def of(cls, changes: Iterable[FieldChange]) -> "Names":
        """Look up the objects that some changes name, in two queries at most."""
        result: dict[str, set[Any]] = {"assigned_to": set(), "request_type": set()}
        for change in changes:
            if change.field in result:
                result[change.field] |= {change.old, change.new} - {None}
        people = (
            {user.pk: str(user) for user in User.objects.filter(pk__in=result["assigned_to"])}
            if result["assigned_to"]
            else {}
        )
        codes = result["request_type"]
        types = (
            dict(RequestType.objects.filter(code__in=codes).values_list("code", "name"))
            if codes
            else {}
        )
        return cls(people=people, types=types)

    def display(self, field: str, value: Any) -> str:
        """Return a value of a field in words."""
        if value is None:
            return _("Unassigned") if field == "assigned_to" else EMPTY_VALUE
        if field == "assigned_to":
            return self.people.get(value, _("Deleted user"))
        if field == "request_type":
            return self.types.get(value, titled(value))
        if field in FIELD_CHOICES:
            return str(dict(FIELD_CHOICES[field].choices).get(value, value))
        return datetime_minutes(value) if isinstance(value, dt.datetime) else str(value)

    def word(self, change: FieldChange) -> Wording:
        """Return a change in words."""
        label = str(FIELDS.get(change.field) or _name_of(change.field))
        new = self.display(change.field, change.new)
        if isinstance(change.old, dt.datetime) and isinstance(change.new, dt.datetime):
            new = f"{new} ({_moved(change.old, change.new)})"
        return Wording(label=label, old=self.display(change.field, change.old), new=new)


def _moved(old: dt.datetime, new: dt.datetime) -> str:
    """Return the difference between two times."""
    length = {"length": duration(abs((new - old).total_seconds()))}
    return (_("%(length)s later") if new > old else _("%(length)s earlier")) % length


def _name_of(field: str) -> str:
    try:
        return capfirst(str(getattr(ServiceRequest._meta.get_field(field), "verbose_name", field)))
    except FieldDoesNotExist:  # an answer, by the name that its type gives it
        return titled(field)
