"""How the console says things: labels and their colours, times, and what a change was."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Choices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gasutil.models import Priority, RequestType, ServiceRequest, Status, User
from gasutil.reports import FieldChange

NOTHING = "—"
STATUS_COLOURS: Mapping[str, str] = {
    Status.PENDING: "warning",
    Status.IN_PROGRESS: "info",
    Status.ON_HOLD: "",
    Status.RESOLVED: "success",
    Status.CANCELLED: "",
}
PRIORITY_COLOURS: Mapping[str, str] = {Priority.LOW: "", Priority.NORMAL: "", Priority.HIGH: "warning", Priority.EMERGENCY: "danger"}
FIELDS: Mapping[str, Any] = {
    "status": gettext_lazy("Status"),
    "priority": gettext_lazy("Priority"),
    "assigned_to": gettext_lazy("Assignee"),
    "request_type": gettext_lazy("Type"),
    "respond_by": gettext_lazy("Respond by"),
    "resolve_by": gettext_lazy("Resolve by"),
    "resolved_at": gettext_lazy("Resolved"),
}
STATUSES = re.compile(rf"\b({'|'.join(Status.values)})\b")  # what a refusal names as the API does
CHOICES: Mapping[str, type[Choices]] = {"status": Status, "priority": Priority}


def exact(at: dt.datetime) -> str:
    """Return a time to the second, on the 24-hour clock, with its zone."""
    return date_format(timezone.localtime(at), "d M Y, H:i:s T")


def minute(at: dt.datetime) -> str:
    """Return a time to the minute, on the 24-hour clock."""
    return date_format(timezone.localtime(at), "d M Y, H:i")


def span(seconds: float) -> str:
    """Return a length of time in its two largest units, such as `6 h 23 min`."""
    minutes = max(int(seconds // 60), 0)
    hours, days = minutes // 60, minutes // 60 // 24
    told = {"days": days, "hours": hours % 24, "minutes": minutes % 60}
    if days:
        return _("%(days)s d %(hours)s h") % told if days < 7 and hours % 24 else _("%(days)s d") % told
    if hours:
        return _("%(hours)s h %(minutes)s min") % told if minutes % 60 else _("%(hours)s h") % told
    return _("%(minutes)s min") % told if minutes else _("now")


def moment(at: dt.datetime | None, now: dt.datetime, *, ago: bool = True) -> SafeString | str:
    """Return how long ago something was, with the exact time on hover."""
    if at is None:
        return NOTHING
    seconds = (now - at).total_seconds()
    length = span(seconds)
    said = length if not ago else _("just now") if seconds < 60 else _("%(length)s ago") % {"length": length}
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact(at), said)


def telephone(number: str) -> str:
    """Return a telephone number in groups, as people read it."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number


def first_line(text: str, length: int = 80) -> str:
    """Return the first line of a text, cut at a length."""
    line = text.partition("\n")[0]
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def in_words(refusal: str) -> str:
    """Return a refusal with the statuses that it names called as the console calls them."""
    return STATUSES.sub(lambda found: str(Status(found[0]).label).lower(), refusal)


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
    """The people and the types that changes speak of, by what the log keeps of them."""

    people: Mapping[int, str]
    types: Mapping[str, str]

    @classmethod
    def of(cls, changes: Iterable[FieldChange]) -> "Names":
        """Look up whoever and whatever some changes speak of, in two queries at most."""
        told: dict[str, set[Any]] = {"assigned_to": set(), "request_type": set()}
        for change in changes:
            if change.field in told:
                told[change.field] |= {change.old, change.new} - {None}
        people = {user.pk: str(user) for user in User.objects.filter(pk__in=told["assigned_to"])} if told["assigned_to"] else {}
        codes = told["request_type"]
        types = dict(RequestType.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
        return cls(people=people, types=types)

    def say(self, field: str, value: Any) -> str:
        """Return a value of a field in words."""
        if value is None:
            return _("Nobody") if field == "assigned_to" else NOTHING
        if field == "assigned_to":
            return self.people.get(value, _("Somebody who is gone"))
        if field == "request_type":
            return self.types.get(value, titled(value))
        if field in CHOICES:
            return str(dict(CHOICES[field].choices).get(value, value))
        return minute(value) if isinstance(value, dt.datetime) else str(value)

    def word(self, change: FieldChange) -> Wording:
        """Return a change in words."""
        label = str(FIELDS.get(change.field) or _name_of(change.field))
        new = self.say(change.field, change.new)
        if isinstance(change.old, dt.datetime) and isinstance(change.new, dt.datetime):
            new = f"{new} ({_moved(change.old, change.new)})"
        return Wording(label=label, old=self.say(change.field, change.old), new=new)


def _moved(old: dt.datetime, new: dt.datetime) -> str:
    """Return how far a time has moved."""
    length = {"length": span(abs((new - old).total_seconds()))}
    return (_("%(length)s later") if new > old else _("%(length)s earlier")) % length


def _name_of(field: str) -> str:
    try:
        return capfirst(str(getattr(ServiceRequest._meta.get_field(field), "verbose_name", field)))
    except FieldDoesNotExist:  # an answer, by the name that its type gives it
        return titled(field)
