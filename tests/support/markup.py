"""A desk with an object of every kind, and markup in every text column that people can write."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat
from django_tasks_db.models import DBTaskResult

from gasutil.access import Actor
from gasutil.identity import logins
from gasutil.models import (
    BulkRow,
    Calendar,
    CannedReply,
    Channel,
    EmailChange,
    EntryPoint,
    Incident,
    Login,
    MachineScope,
    Outcome,
    RequestType,
    SecurityEvent,
    SecurityEventType,
    SecurityOutcome,
    Team,
    User,
    Webhook,
)
from gasutil.workflow import access_reviews, incidents, requests, saved_views
from tests.support.api import Api
from tests.support.demo_data import create_demo_data, run_over_many
from tests.support.documents import PDF
from tests.support.histories import switch_triggers
from tests.support.machines import make_machine
from tests.support.people import make_team
from tests.support.request_types import make_type

CANARY = "/marked/"  # an address that only markup asks for
# Out of an attribute of either kind, a text, a title or a script; as a link's address; as Django,
# Alpine and htmx would run it.
HEAD = 'javascript:marked()//\'"><b data-mark-{0} x-init="marked()" hx-on:load="marked()">'
FULL = (
    HEAD + "</b></textarea></title></script><img data-mark-{0} src=x onerror=marked()>{{{{"
    " 'eval'|add:'uated' }}}}"
)
# All of it, and what a browser would run by itself, get from the server, or run on a click.
WHOLE = (
    FULL + f'<img src={CANARY}><i x-data="{{{{ a: marked() }}}}" @click=marked() hx-get={CANARY}'
    " hx-trigger=load></i>{{{{ marked() }}}}"
    " ${{marked()}}<script>marked()</script><a data-mark-{0}"
    " href=javascript:marked()>x</a>"
)
PAYLOADS = (
    WHOLE,
    FULL,
    HEAD,
    "'\"><b data-mark-{0} x-init=marked()>",
    "'\"><b data-mark-{0}>",
    "'\"><b mk-{0}>",
)
MARK = re.compile(r"(?:data-mark-|mk-)(\d+)\b")
TYPED = 1  # the number of what a test types into a form; the columns' follow

# What no person writes, or what only a sound value can be in; each with its reason.
NOT_WRITTEN: Mapping[str, str] = {
    "IdempotencyKey": "keys and digests of API calls",
    "Installation": "the code's",
    "OrphanedFile": "names of files, made by the code",
    "ReportGroup": "digests",
    "UnverifiedReport": "digests",
    "ReportSubscription": "codes, which are checked",
    "SearchEntry": "what other columns have, for the search",
    "Worker.id": "made by the code",
    "Login.current": "an id",
    "Login.previous": "an id",
    "Login.auth_hash": "a digest",
    "ConsoleSession.session_key": "made by the code",
    "ConsoleSession.auth_hash": "a digest",
    "SecurityEvent.username_digest": "a digest",
    "Heartbeat": "names from the code",
    "User.password": "a digest",
    "User.username_key": "a digest of the name",
    "User.email_key": "a digest of the address",
    "User.previous_email_key": "a digest of the address",
    "User.muted_notices": "a choice from the code",
    "HistoricalUser.muted_notices": "a choice from the code",
    "Calendar.time_zone": "a time zone",
    "HistoricalCalendar.time_zone": "a time zone",
    "Calendar.country": "a code of two letters",
    "HistoricalCalendar.country": "a code of two letters",
    "Calendar.subdivision": "a code",
    "HistoricalCalendar.subdivision": "a code",
    **{
        f"{prefix}Calendar.{day}": "hours"
        for prefix in ("", "Historical")
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    },
    "RequestType.code": "letters, digits and underscores",
    "HistoricalRequestType.code": "letters, digits and underscores",
    "RequestField.name": "letters, digits and underscores",
    "RequestField.shown_if": "the name of a field",
    "MilestoneLimit.name": "letters, digits and underscores",
    "ServiceRequest.reference": "made by the code",
    "ServiceRequest.filed_as": "the code of a type",
    "Incident.reference": "made by the code",
    "HistoricalIncident.reference": "made by the code",
    "RequestUpdate.changed": "names of columns",
    "Attachment.file": "made by the code",
    "Attachment.thumbnail": "made by the code",
    "Attachment.sha256": "a digest",
    "Webhook.events": "a choice from the code",
    "HistoricalWebhook.events": "a choice from the code",
    "MachineAccount.scopes": "a choice from the code",
    "HistoricalMachineAccount.scopes": "a choice from the code",
    "MachineAccount.networks": "networks in their usual form",
    "HistoricalMachineAccount.networks": "networks in their usual form",
    "MachineKey.digest": "a digest",
    "Passkey.credential_id": "letters, digits, hyphens and underscores",
    "Passkey.transports": "choices from the standard",
    "MachineKey.beginning": "made by the code",
    "RequestUpdate.changes": "values of columns",
    "Webhook.sealed_secret": "sealed",
    "Webhook.former_sealed_secret": "sealed",
    "Export.what": "the name of a model",
    "Export.file_format": "a choice from the code",
    "LogEntry.object_id": "an id",
    "DBTaskResult.args_kwargs": "ids",
    "DBTaskResult.worker_ids": "ids",
    "DBTaskResult.return_value": "the code's",
    "DBTaskResult.task_path": "the path of a function",
    "DBTaskResult.queue_name": "a name from the code",
    "DBTaskResult.backend_name": "a name from the code",
}
# Columns whose text has a form, and how markup gets into it.
IN_FORM: Mapping[str, Callable[[str], str]] = {
    "Calendar.extra_holidays": lambda text: f"2027-01-04 {text}",
    "RequestField.choices": lambda text: f"a: {text}",
    "SavedView.query": lambda text: f"view=open&q={text}",
    "Export.filters": lambda text: f"view=open&q={text}",
}
STRUCTURE = {
    "name",
    "kind",
    "shown_if",
    "pattern",
    "request_type",
    "calendar",
    "file_format",
    "delimiter",
    "encoding",
}  # keys of JSON


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column that markup is written into; its number says in a page which it was."""

    number: int
    model: type[models.Model]
    field: Any
    payloads: Sequence[str] = PAYLOADS

    def __str__(self) -> str:
        return f"{self.model.__name__}.{self.field.name}"

    @property
    def text(self) -> str:
        """Return the longest markup that fits."""
        limit = (
            self.field.max_length
            if isinstance(self.field, models.CharField | models.FileField)
            else None
        )
        room = (limit or 10_000) - (len("99999") if self.may_repeat_nothing else 0)
        shape = next(shape for shape in self.payloads if len(shape.format(self.number)) <= room)
        return shape.format(self.number)

    @property
    def may_repeat_nothing(self) -> bool:
        """Return whether a column is unique, alone or with another column."""
        constraints = {
            name
            for constraint in self.model._meta.constraints
            for name in [*getattr(constraint, "fields", ()), *_named(constraint)]
        }
        is_history = self.model.__name__.startswith(
            "Historical"
        )  # whose pages show what differs between two rows
        return is_history or self.field.unique or self.field.name in constraints

    def write(self) -> None:
        """Write the markup into every row."""
        rows = self.model._base_manager.all()
        if str(self) == "Import.source":
            rows.update(source={**rows.latest("pk").source, **_source(self.text)})
        elif isinstance(self.field, models.JSONField):
            for pk, value in rows.values_list("pk", self.field.name):
                text = f"{self.text}{pk}" if self.may_repeat_nothing else self.text
                rows.filter(pk=pk).update(**{self.field.name: _within(value, text)})
        else:  # as it is, without the field's own checks
            text = IN_FORM.get(str(self), str)(self.text)
            rows.update(
                **{
                    self.field.name: (
                        Concat(Value(text), Cast("pk", models.CharField()))
                        if self.may_repeat_nothing
                        else Value(text)
                    )
                }
            )


def _within(value: Any, text: str) -> Any:
    """Return JSON in which every text that is no part of the structure is replaced."""
    if isinstance(value, dict):
        return {
            name: item if name in STRUCTURE or name.endswith("_at") else _within(item, text)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_within(item, text) for item in value]
    return text if isinstance(value, str) else value


def _source(text: str) -> dict[str, Any]:
    """Return the source of an import, with a text as its sheets and headings."""
    names = ("customer", "request_type", "description")
    return {"sheet": text, "other_sheets": [text], "columns": [["A", name, text] for name in names]}


def _named(constraint: Any) -> list[str]:
    """Return the columns that a constraint's expressions name."""
    return [
        item.name
        for expression in getattr(constraint, "expressions", ())
        for item in expression.flatten()
        if isinstance(item, F)
    ]


def columns(payloads: Sequence[str] = PAYLOADS) -> list[Column]:
    """Return every text column that people write, also indirectly."""
    known = [*apps.get_app_config("gasutil").get_models(), Group, LogEntry, DBTaskResult]
    fields = [
        (model, field)
        for model in known
        if not model._meta.proxy
        for field in model._meta.concrete_fields
        if isinstance(
            field, models.CharField | models.TextField | models.JSONField | models.FileField
        )
        and not field.choices
    ]
    names = [
        (model, item)
        for model, item in fields
        if not {model.__name__, f"{model.__name__}.{item.name}"} & NOT_WRITTEN.keys()
    ]
    return [
        Column(number=number, model=model, field=item, payloads=payloads)
        for number, (model, item) in enumerate(names, TYPED + 1)
    ]


def write_everywhere(payloads: Sequence[str] = PAYLOADS) -> list[Column]:
    """Write markup, or other texts, into every text column of every row; return the columns."""
    written = columns(payloads)
    switch_triggers("DISABLE", "append_only")
    for column in written:
        column.write()
    switch_triggers("ENABLE", "append_only")
    return written


def fill(customer: User, neighbour: User, support: User, manager: User, root: User) -> None:
    """Create an object of every kind."""
    about = {"address": "1 customer Street", "description": "A smell"}
    for user in (customer, neighbour):
        requests.submit(actor=Actor(user, Channel.API), request_type="gas_leak_inspection", **about)
    questions = [
        {"name": "street", "kind": "short_text", "help": "Where", "pattern": ".*"},
        {"name": "flow", "kind": "decimal", "unit": "m3"},
        {"name": "one", "kind": "one_of", "choices": "a: First\nb: Second"},
        {
            "name": "more",
            "kind": "long_text",
            "shown_if": "one",
            "shown_if_value": "a",
            "marks_care": True,
        },
    ]
    calendar = Calendar.objects.create(name="Office", extra_holidays="2027-01-04 Epiphany")
    request_type = make_type(
        "survey",
        fields=questions,
        limits={"on_site": 30, "resolved": 60},
        calendar=calendar,
        safety_instructions="Out!",
    )
    details = {"street": "High", "flow": 2, "one": "a", "more": "Ill"}
    survey, closed, _ = (
        requests.submit(
            actor=Actor(customer, Channel.API),
            request_type=request_type.code,
            details=details,
            **about,
        )
        for _ in range(3)
    )
    requests.comment(survey.pk, actor=Actor(customer, Channel.API), notes="When?")
    requests.cancel(closed.pk, actor=Actor(manager), notes="Twice")
    requests.comment(survey.pk, actor=Actor(support), notes="Ours", is_internal=True)
    create_demo_data(manager, support)
    run_over_many(support)
    answer = Api(support).send(
        f"requests/{survey.pk}/attachments/",
        file=SimpleUploadedFile("note.pdf", PDF, "application/pdf"),
    )
    assert answer.status_code == 201, answer.json()
    incidents.open_incident(actor=Actor(support), title="Another", reports=[survey.pk])
    make_team("North", [support, manager], ["survey"])
    make_machine(MachineScope.REQUESTS_READ, owner=manager)
    CannedReply.objects.create(title="Hello", text="Good day {customer}.")
    saved_views.keep_view(actor=Actor(support), name="Mine", query="view=open", is_shared=False)
    BulkRow.objects.filter(run__author=support).update(outcome=Outcome.REFUSED)
    Group.objects.create(name="Night shift")
    access_reviews.record_review(
        actor=Actor(manager),
        comment="All needed",
        seen=access_reviews.digest_of_accounts(access_reviews.read_access_list()),
    )
    for model in (User, Calendar, RequestType, Incident, Team, CannedReply, Webhook):
        for row in model.objects.all():
            row.save()  # two rows of its history
    about_event = {
        "event": SecurityEventType.LOGIN,
        "outcome": SecurityOutcome.FAILURE,
        "entry_point": EntryPoint.CONSOLE,
    }
    SecurityEvent.objects.create(
        **about_event,
        username="stranger",
        ip="192.0.2.7",
        user_agent="curl/8",
        details={"reason": "unknown"},
    )
    for user in (support, manager, root):
        logins.start_login(user)
    Login.objects.update(user_agent="curl/8")
    EmailChange.objects.create(
        user=customer, old_email="old@example.com", new_email="new@example.com"
    )
    LogEntry.objects.create(
        user=root,
        content_type=ContentType.objects.get_for_model(Team),
        object_id="1",
        object_repr="North",
        action_flag=CHANGE,
    )
