"""Imports: tables of requests, each row created for its customer by `submit_for`.

All of them, or none and why.

A table is stored between its preview and its confirmation, so that any process can import it, and
once.
"""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil import access
from gasutil.access import STAFF, Actor
from gasutil.datetimes import parse_local
from gasutil.dynamic_forms import coerce, display
from gasutil.errors import Conflict, DeskError, FieldError, Invalid, NotAllowed, NotFound
from gasutil.files.names import clean_name
from gasutil.models import Import, RequestType, ServiceRequest, User, UserType
from gasutil.models.accounts import settled_at
from gasutil.models.identifiers import email_key, username_key
from gasutil.models.type_texts import localised_form
from gasutil.tables import Column, Table, formulas, heading_key
from gasutil.workflow import requests

logger = logging.getLogger(__name__)
REQUIRED_COLUMNS = ("customer", "request_type", "description")
OPTIONAL_COLUMNS = ("address", "details", "received_at", "contact")
DETAIL = "details."
SAMPLE_ROWS = 10
SAMPLE_LENGTH = 200  # characters of a text


class RowError(NamedTuple):
    """One thing that is wrong with one field of one row; rows count as they do in the sheet."""

    row: int
    field: str
    message: str


class Preview(NamedTuple):
    """What is wrong with a table, and its first rows that are valid, as JSON."""

    errors: list[RowError]
    sample: list[dict[str, Any]]


def create_draft(*, actor: Actor, filename: str, table: Table) -> Import:
    """Store a table, validated; no request is created yet.

    Raises `Invalid` for its columns and its length.
    """
    _require(actor)
    errors = (
        _column_errors(table.columns)
        if table.rows
        else [FieldError("file", "empty", _("This table has no rows."))]
    )
    if len(table.rows) > settings.IMPORT_LIMIT:
        errors = [
            FieldError(
                "file",
                "too_long",
                _("A file can have at most %(limit)d rows.") % {"limit": settings.IMPORT_LIMIT},
            )
        ]
    if errors:
        raise Invalid(errors)
    rows = [
        {
            name: formulas.unescape(cell) if isinstance(cell, str) else cell
            for name, cell in row.items()
        }
        for row in table.rows
    ]
    draft = Import.objects.create(
        author=actor.person,
        filename=clean_name(filename),
        rows=rows,
        number=len(rows),
        source=_source(table),
    )
    return validate(draft.pk, actor=actor)


def find_import(pk: int, *, actor: Actor) -> Import:
    """Return a draft of the actor's own; raise `NotFound`."""
    _require(actor)
    draft = Import.objects.filter(pk=pk, author=actor.person).first()
    if draft is None:
        raise NotFound
    return draft


def validate(pk: int, *, actor: Actor) -> Import:
    """Store the result that an import would have.

    Every request is really created, and all of them are rolled back.

    Raises `NotFound`, and `Conflict` if the table has been imported.
    """
    with transaction.atomic():
        draft = _locked(pk, actor)
        result = _import(draft, actor, is_rehearsal=True)
        draft.result = {
            "validated_at": timezone.now().isoformat(),
            "faults": result.errors,
            "sample": result.sample,
        }
        draft.save(update_fields=["result"])
    return draft


def stored_errors(draft: Import) -> list[RowError]:
    """Return the errors that the last validation of a table found, by row and field."""
    return [RowError(*error) for error in draft.result.get("faults", ())]


def confirm(pk: int, *, actor: Actor) -> Import:
    """Create the request of every row, or none; once.

    Raises `Conflict` if a row is invalid or the table has been imported.
    """
    with transaction.atomic():
        draft = _locked(pk, actor)
        if _import(draft, actor, is_rehearsal=False).errors:
            raise Conflict(
                _("Some rows are no longer valid, so nothing was imported. Check the table again.")
            )
        draft.confirmed_at, draft.rows, draft.source, draft.result = timezone.now(), [], {}, {}
        draft.save()
    return draft


def _locked(pk: int, actor: Actor) -> Import:
    draft = Import.objects.select_for_update().get(pk=find_import(pk, actor=actor).pk)
    if draft.confirmed_at is not None:
        raise Conflict(_("This table has already been imported."))
    return draft


def _require(actor: Actor) -> None:
    access.require(actor, STAFF)
    if not actor.person.has_perm("gasutil.import_servicerequest"):
        raise NotAllowed(_("You need permission to import service requests."))


def _import(draft: Import, actor: Actor, *, is_rehearsal: bool) -> Preview:
    result = Preview([], [])
    with transaction.atomic():
        for number, row in draft.numbered_rows:
            if not _create(number, row, actor, result):
                break
        transaction.set_rollback(is_rehearsal or bool(result.errors))
    return result


def _create(number: int, row: Mapping[str, Any], actor: Actor, result: Preview) -> bool:
    """Create the request of a row, or add what is wrong with it.

    Return whether the next one can be tried.
    """
    try:
        with transaction.atomic():
            request = _submit_strictly(actor, row)
    except Invalid as error:
        result.errors.extend(
            RowError(number, problem.field, str(problem.message)) for problem in error.errors
        )
    except DeskError as error:
        result.errors.append(RowError(number, "", error.message))
    except Exception:  # of ours: nothing of the table is imported
        logger.exception("An import failed at row %s", number)
        result.errors.append(RowError(number, "", _("Unexpected error. It has been logged.")))
        return False
    else:
        if len(result.sample) < SAMPLE_ROWS:
            result.sample.append(_sample(number, request))
    return True


def _sample(number: int, request: ServiceRequest) -> dict[str, Any]:
    """Return a row as it was understood, as JSON.

    It has the request that the row would create, and the answers in words.
    """
    return {
        "row": number,
        "customer": str(request.customer),
        "username": request.customer.username,
        "request_type": request.request_type.localised_name,
        "is_pressing": request.is_pressing,
        "description": request.description[:SAMPLE_LENGTH],
        "address": request.address[:SAMPLE_LENGTH],
        "answers": [
            [label, answer[:SAMPLE_LENGTH]]
            for label, answer in display(localised_form(request.request_type), request.details)
        ],
    }


def _submit_strictly(actor: Actor, row: Mapping[str, Any]) -> ServiceRequest:
    """Create a request.

    Raise `Invalid` for an emergency's warnings too: in a table they can be corrected before.
    """
    request = requests.submit_for(actor=actor, **_arguments(row))
    if request.warnings:
        raise Invalid(request.warnings)
    return request


def _source(table: Table) -> dict[str, Any]:
    """Return the description of a file: its format, sheet, encoding, columns and row numbers."""
    return {
        "file_format": table.file_format,
        "sheet": table.sheet,
        "other_sheets": list(table.other_sheets),
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "heading_row": table.heading_row,
        "columns": [[column.letters, column.name, column.title] for column in table.columns],
        "numbers": list(table.numbers),
    }


def _column_errors(columns: Sequence[Column]) -> list[FieldError]:
    names = {column.name for column in columns}
    missing = [
        FieldError(name, "missing", _("Add the missing column %(name)s.") % {"name": name})
        for name in REQUIRED_COLUMNS
        if name not in names
    ]
    unknown = [
        column
        for column in columns
        if column.name not in (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)
        and not column.name.startswith(DETAIL)
    ]
    return missing + [FieldError("file", "unknown_column", _unknown(column)) for column in unknown]


def _unknown(column: Column) -> str:
    return _("Column %(letters)s: “%(name)s” is not a known heading.") % {
        "letters": column.letters,
        "name": column.title[:80],
    }


def _arguments(row: Mapping[str, Any]) -> dict[str, Any]:
    code = heading_key(row["request_type"])
    request_type = RequestType.objects.filter(code=code).first()
    written = _details(row.get("details") or "") | {
        name.removeprefix(DETAIL): value for name, value in row.items() if name.startswith(DETAIL)
    }
    return {
        "customer": _customer(str(row["customer"]).strip()),
        "request_type": code,
        "description": str(row["description"]),
        "address": str(row.get("address") or ""),
        "details": coerce(request_type.form if request_type else [], written),
        "received_at": _received_at(row.get("received_at")),
        "contact": str(row.get("contact") or "").strip().lower(),
    }


def _received_at(cell: Any) -> dt.datetime | None:
    """Return when a report was received; a time without a zone is one of the operator's zone."""
    if not str(cell or "").strip():
        return None
    try:
        return parse_local(str(cell), now=timezone.now())
    except (ValueError, OverflowError) as error:
        text = _("Enter a date and time, such as 2026-11-23 14:30.")
        raise Invalid([FieldError("received_at", "invalid_time", text)]) from error


def _details(text: Any) -> dict[str, Any]:
    """Return the answers of the one column that has all of them, as an export writes it."""
    try:
        answers = orjson.loads(str(text)) if text else {}
    except orjson.JSONDecodeError:
        answers = None
    if not isinstance(answers, dict):
        raise Invalid([FieldError("details", "invalid", _("Enter a JSON object."))])
    return answers


def _customer(name: str) -> User:
    """Return the customer of this user name or e-mail address."""
    by_username = Q(username_key=username_key(name)) | Q(username=name)
    rows = list(User.objects.filter(settled_at(name) | by_username)[:10]) if name else []
    by_email = [user for user in rows if email_key(user.settled_email) == email_key(name)]
    confirmed = [user for user in by_email if user.settled_is_confirmed]
    people = confirmed if len(confirmed) == 1 else rows
    if len(people) > 1:
        reason = _(
            "Two accounts match: one by username, one by email address. Enter the other identifier"
            " of the account you mean."
        )
        raise Invalid([FieldError("customer", "ambiguous", reason)])
    is_named = bool(people) and (
        people[0] in by_email or people[0].has_own_username
    )  # not by an address that it has left
    if not is_named or people[0].user_type != UserType.CUSTOMER:
        raise Invalid([FieldError("customer", "unknown", _("No such customer."))])
    return people[0]
