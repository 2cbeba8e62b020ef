"""The output of the app.

Texts by others are printed as they are: neither as markup nor as terminal commands.
"""

import datetime as dt
import re
from collections.abc import Iterable

from rich.box import HEAVY, SIMPLE_HEAD
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gasutil_client.generated.models import (
    Attachment,
    Milestone,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    ServiceRequestDetail,
)

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
COLOURS = {
    "pending": "yellow",
    "in_progress": "blue",
    "on_hold": "magenta",
    "resolved": "green",
    "cancelled": "dim",
}
MEANINGS = {
    "request.created": "created",
    "request.commented": "message",
    "request.reclassified": "reclassified",
    "request.escalated": "escalated: a deadline has passed",
    "request.joined": "added to an incident",
    "request.left": "removed from its incident",
    "request.claimed": "claimed by a customer",
    "request.reference_changed": "reference to another system changed",
    "request.breach_explained": "gave the reason for a missed deadline",
    "request.reviewed": "reviewed by a manager",
    "request.returned": "returned for work by a manager",
}
OUTCOMES = {
    "no_access": "no access",
    "not_a_leak": "no leak found",
}  # every other milestone is reached
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def plain(text: str) -> str:
    """Return a text without the characters that a terminal interprets as commands."""
    return CONTROL.sub("", text)


def words(name: str) -> str:
    """Return a name of the API as words."""
    return plain(name).replace("_", " ")


def line(text: Text) -> None:
    """Print one line of any length without wrapping it."""
    out.print(text, soft_wrap=True)


def note(text: str) -> None:
    """Print a message about the app itself on the error stream."""
    err.print(Text(plain(text), style="dim"), soft_wrap=True)


def complain(text: str) -> None:
    """Print an error."""
    err.print(Text(plain(text), style="bold red"), soft_wrap=True)


def moment(at: dt.datetime) -> str:
    """Return a time in the user's time zone, with the day unless that is today."""
    local = at.astimezone()
    return (
        f"{local:%H:%M}"
        if local.date() == dt.datetime.now().astimezone().date()
        else f"{local:%d %b %Y, %H:%M}"
    )


def span(at: dt.datetime) -> str:
    """Return the time until a moment, or since it."""
    minutes = round((at - dt.datetime.now(dt.UTC)).total_seconds() / 60)
    days, hours, rest = abs(minutes) // 1440, abs(minutes) % 1440 // 60, abs(minutes) % 60
    result = (
        " ".join(
            f"{number} {unit}"
            for number, unit in ((days, "d"), (hours, "h"), (0 if days else rest, "min"))
            if number
        )
        or "0 min"
    )
    return f"{result} late" if minutes < 0 else f"in {result}"


def warn(instructions: str) -> None:
    """Print the safety advice, before anything else."""
    out.print(
        Panel(
            Text(plain(instructions)),
            title="DO THIS NOW",
            border_style="bold red",
            box=HEAVY,
            padding=(1, 2),
        )
    )


def filed(obj: ServiceRequest) -> None:
    """Print a new request: the safety advice, then its reference and its deadlines."""
    if obj.safety_instructions:
        warn(obj.safety_instructions)
    line(
        Text.assemble(
            "Created request ",
            (plain(obj.reference), "bold"),
            f" (ID {obj.id}, priority {obj.priority.value}).",
        )
    )
    for name, at in (("First response", obj.respond_by), ("Resolution", obj.resolve_by)):
        if at is not None:
            line(Text(f"{name} due by {moment(at)} ({span(at)})."))


def listed(rows: Iterable[ServiceRequest]) -> None:
    """Print requests, one in each row."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("ID", "reference", "type", "status", "created", "due"):
        table.add_column(heading, no_wrap=True)
    for row in rows:
        due = moment(row.resolve_by) if row.resolve_by and not row.resolved_at else ""
        status = Text(words(row.status.value), style=COLOURS[row.status.value])
        late = Text(due, style="bold red" if row.is_overdue else "")
        table.add_row(
            str(row.id),
            plain(row.reference),
            words(row.request_type),
            status,
            moment(row.created_at),
            late,
        )
    out.print(table)


def types(kinds: Iterable[RequestType]) -> None:
    """Print the request types; emergencies stand out."""
    for kind in kinds:
        line(
            Text.assemble(
                (plain(kind.code), "bold red" if kind.is_emergency else "bold"),
                f"  {plain(kind.name)}",
            )
        )
        line(Text(f"    {plain(kind.description)}", style="dim"))


def shown(obj: ServiceRequestDetail) -> None:
    """Print one request with its deadlines, its files and its updates."""
    head = (
        (plain(obj.reference), "bold"),
        f"  {words(obj.request_type)}  ",
        (words(obj.status.value), COLOURS[obj.status.value]),
    )
    line(Text.assemble(*head))
    for text in (obj.description, obj.address):
        line(Text(plain(text)))
    for name, answer in obj.details.to_dict().items():
        line(Text(f"  {words(name)}: {plain(_answer(answer))}"))
    for milestone in obj.milestones:
        line(_clock(milestone))
    for file in obj.attachments:
        line(_file(file))
    for update in obj.updates:
        line(step(obj.reference, update))


def _answer(answer: object) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return ", ".join(map(str, answer)) if isinstance(answer, list) else str(answer)


def _clock(milestone: Milestone) -> Text:
    if milestone.met_at is not None:
        return Text(
            f"  ✓ {words(milestone.name)}, {moment(milestone.met_at)}",
            style="yellow" if milestone.is_breached else "green",
        )
    return Text(
        f"  · {words(milestone.name)}, due {moment(milestone.due_at)} ({span(milestone.due_at)})",
        style="bold red" if milestone.is_breached else "",
    )


def _file(file: Attachment) -> Text:
    return Text(f"  file {file.id}: {plain(file.filename)}, {file.size / 1024:.0f} KiB")


def step(reference: str, update: RequestUpdate) -> Text:
    """Return an update as a line: when, what happened, the notes, and who did it."""
    at, notes = update.occurred_at.astimezone(), " ".join(plain(update.notes).split())
    when = (
        f"{at:%H:%M:%S}"
        if at.date() == dt.datetime.now().astimezone().date()
        else f"{at:%d %b %H:%M}"
    )
    text = Text.assemble(
        (when, "dim"),
        f"  {plain(reference)}  ",
        (", ".join(happened(update)), COLOURS.get(update.status.value, "")),
    )
    if notes:
        text.append(f"  “{notes}”")
    return text.append(f"  {author(update)}", style="dim")


def author(update: RequestUpdate) -> str:
    """Return the name of the author, or what they are."""
    return plain(update.author_name or f"the {update.author_kind.value}")


def happened(update: RequestUpdate) -> list[str]:
    """Return what happened in words: the event, then the fields that changed."""
    event, changes = update.event, update.changes.additional_properties
    if event == "request.created":
        return [MEANINGS[event]]
    words_of_fields = [_changed(name, value.to) for name, value in changes.items()]
    return [text for text in (_event(update), *words_of_fields) if text] or [words(event)]


def _event(update: RequestUpdate) -> str:
    """Return an event in words, or nothing if the changed fields say it."""
    event = update.event
    if event == "request.milestone" and update.milestone:
        return OUTCOMES.get(update.milestone, f"reached: {words(update.milestone)}")
    if event in ("request.attachment_added", "request.attachment_removed"):
        number = f" {update.attachment}" if update.attachment else ""
        return f"file{number} {event.rpartition('_')[2]}"
    return MEANINGS.get(event, "")


def _changed(name: str, value: object) -> str:
    """Return the new value of a field in words; dates of deadlines are of no interest here."""
    match name:
        case "status":
            return words(str(value))
        case "priority":
            return f"priority {value}"
        case "assigned_to":
            return "assigned" if value else "unassigned"
        case "request_type":
            return f"now: {words(str(value))}"
    return ""
