"""Requests brought as a table, each row filed for its customer by the verb for it: all of them, or none and why.

A table is kept in the database between the look at it and the word to file it, so any process may file it, and once.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

import orjson
import tablib
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.resources import ModelResource

from gasutil import access
from gasutil.access import STAFF, Actor
from gasutil.details import typed
from gasutil.errors import Conflict, DeskError, Fault, Invalid, NotAllowed, NotFound
from gasutil.models import Import, RequestType, ServiceRequest, User, UserType
from gasutil.workflow import requests

logger = logging.getLogger(__name__)
NEEDED = ("customer", "request_type", "description")
TAKEN = (*NEEDED, "address", "details")
DETAIL = "details."
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of one; an export writes an apostrophe before it


class RowFault(NamedTuple):
    """One thing that is wrong with one field of one row; the first row below the heading is number 1."""

    row: int
    field: str
    message: str


class Filed(ModelResource):  # type: ignore[misc]  # django-import-export has no types
    """Files each row of a table by the verb for it; django-import-export rehearses, rolls back and gathers what is wrong."""

    class Meta:
        model = ServiceRequest
        fields = ()
        import_id_fields = ()
        use_transactions = True
        skip_diff = True
        store_instance = False

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.actor = actor

    def get_or_init_instance(self, instance_loader: Any, row: Mapping[str, Any]) -> tuple[ServiceRequest, bool]:
        """Return a new request: a table changes none that is there."""
        return ServiceRequest(), True

    def save_instance(self, instance: ServiceRequest, is_create: bool, row: Mapping[str, Any], **kwargs: Any) -> None:  # the library's own
        """File a row."""
        try:
            requests.submit_for(actor=self.actor, **_arguments(row))
        except Invalid as error:
            raise ValidationError(_by_field(error.faults)) from error
        except DeskError as error:
            raise ValidationError(error.message) from error

    def validate_instance(self, *args: Any, **kwargs: Any) -> None:
        """Leave it to the verb."""

    def after_import(self, *args: Any, **kwargs: Any) -> None:
        """Leave the database's own numbering alone, which the library would set back under the hands of others."""


def keep(*, actor: Actor, filename: str, rows: Sequence[Mapping[str, Any]]) -> Import:
    """Keep a table to be looked at; nothing is filed yet."""
    _require(actor)
    faults = _heading_faults(rows[0]) if rows else [Fault("file", "empty", _("This table has no rows."))]
    if len(rows) > settings.IMPORT_LIMIT:
        faults = [Fault("file", "too_long", _("At most %(limit)d rows at once.") % {"limit": settings.IMPORT_LIMIT})]
    if faults:
        raise Invalid(faults)
    kept = [{_text(name): _kept(value) for name, value in row.items()} for row in rows]
    return Import.objects.create(author=actor.person, filename=filename[:255], rows=kept, number=len(kept))


def find(pk: int, *, actor: Actor) -> Import:
    """Return a table of one's own; raise `NotFound`."""
    _require(actor)
    found = Import.objects.filter(pk=pk, author=actor.person).first()
    if found is None:
        raise NotFound
    return found


def look(table: Import, *, actor: Actor) -> list[RowFault]:
    """Return what is wrong with a table, by row and field: every row is really filed, and all of them taken back."""
    return _import(table, actor, is_rehearsal=True)


def confirm(pk: int, *, actor: Actor) -> Import:
    """File every row of a table, or none; once. Raises `Conflict` where something is wrong or it has been filed."""
    with transaction.atomic():
        table = Import.objects.select_for_update().get(pk=find(pk, actor=actor).pk)
        if table.confirmed_at is not None:
            raise Conflict(_("This table has been filed already."))
        if _import(table, actor, is_rehearsal=False):
            raise Conflict(_("Something is wrong with this table now, so nothing of it was filed. Look at it again."))
        table.confirmed_at, table.rows = timezone.now(), []
        table.save()
    return table


def _require(actor: Actor) -> None:
    access.require(actor, STAFF)
    if not actor.person.has_perm("gasutil.import_servicerequest"):
        raise NotAllowed(_("This needs the permission to import service requests."))


def _import(table: Import, actor: Actor, *, is_rehearsal: bool) -> list[RowFault]:
    headings = list(table.rows[0]) if table.rows else []  # in the order of the database, which keeps none
    data = tablib.Dataset(*([row[name] for name in headings] for row in table.rows), headers=headings)
    result = Filed(actor).import_data(data, dry_run=is_rehearsal, use_transactions=True, rollback_on_validation_errors=True)
    for error in [*result.base_errors, *(one for _number, errors in result.row_errors() for one in errors)]:
        logger.error("Import %s failed", table.pk, exc_info=error.error)
        return [RowFault(0, "", _("It failed by a fault of the desk, which has been logged."))]
    return [
        RowFault(row.number, "" if field == "__all__" else field, str(message))
        for row in result.invalid_rows
        for field, messages in row.error_dict.items()
        for message in messages
    ]


def _heading_faults(first: Mapping[str, Any]) -> list[Fault]:
    missing = [Fault(name, "missing", _("There is no column %(name)s.") % {"name": name}) for name in NEEDED if name not in first]
    unknown = [name for name in first if name not in TAKEN and not str(name or "").startswith(DETAIL)]
    return missing + [Fault("file", "unknown_column", _("The column %(name)s is not known.") % {"name": name or "?"}) for name in unknown]


def _arguments(row: Mapping[str, Any]) -> dict[str, Any]:
    code = str(row["request_type"]).strip()
    kind = RequestType.objects.filter(code=code).first()
    written = _details(row.get("details") or "") | {
        name.removeprefix(DETAIL): value for name, value in row.items() if name.startswith(DETAIL)
    }
    return {
        "customer": _customer(str(row["customer"]).strip()),
        "request_type": code,
        "description": str(row["description"]),
        "address": str(row.get("address") or ""),
        "details": typed(kind.form if kind else [], written),
    }


def _details(text: Any) -> dict[str, Any]:
    """Return the answers of a column that has all of them, as an export writes it."""
    try:
        found = orjson.loads(str(text)) if text else {}
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Invalid([Fault("details", "invalid", _("This is no JSON object."))])
    return found


def _customer(name: str) -> User:
    """Return the customer of this user name or e-mail address."""
    found = User.objects.filter(Q(username=name) | Q(email__iexact=name), user_type=UserType.CUSTOMER).first() if name else None
    if found is None:
        raise Invalid([Fault("customer", "unknown", _("There is no such customer."))])
    return found


def _by_field(faults: Iterable[Fault]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fault in faults:
        found.setdefault(fault.field, []).append(fault.message)
    return found


def _kept(value: Any) -> Any:
    """Return a cell as it is kept: a number, a yes or no, or text, without the apostrophe that keeps it from being a formula."""
    if isinstance(value, int) or (isinstance(value, float) and isfinite(value)):
        return value
    text = _text(value)
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _text(value: Any) -> str:
    """Return a value as text that a database can hold; times as ISO 8601 has them."""
    told = value.isoformat() if hasattr(value, "isoformat") else "" if value is None else str(value)
    return told.replace("\0", "")
