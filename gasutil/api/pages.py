"""Pages of a list by keyset: a page is found by its first row's key, so page 1,000 costs what page 1 costs."""

import base64
import binascii
import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from gasutil.errors import Fault, Invalid


class Key(NamedTuple):
    """What a list is ordered by: a column (or the id alone), the id that breaks ties, and the direction."""

    path: str
    id_path: str
    descending: bool

    def order(self, backwards: bool) -> list[str]:
        """Return the arguments of `order_by`."""
        sign = "-" if self.descending is not backwards else ""
        return [sign + path for path in dict.fromkeys((self.path, self.id_path))]

    def beyond(self, position: "Position") -> Q:
        """Return the condition of the rows beyond a position; in this form both databases go straight to the first of them."""
        op = "lt" if self.descending is not position.backwards else "gt"
        further = Q(**{f"{self.id_path}__{op}": position.id})
        if self.path == self.id_path:
            return further
        return Q(**{f"{self.path}__{op}e": position.value}) & (Q(**{f"{self.path}__{op}": position.value}) | further)


class Position(NamedTuple):
    """Where a page starts: just beyond this row, forwards or backwards."""

    ordering: str
    value: Any
    id: int
    backwards: bool

    def encode(self) -> str:
        """Return the cursor of an address."""
        return base64.urlsafe_b64encode(orjson.dumps(list(self))).decode().rstrip("=")

    @classmethod
    def decode(cls, cursor: str, ordering: str) -> "Position":
        """Return what a cursor stands for; raise `Invalid` if it is none, or one of another ordering."""
        try:
            made_for, value, pk, backwards = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        except (binascii.Error, ValueError, TypeError) as error:
            raise _no_cursor() from error
        fits = made_for == ordering and type(pk) is int and abs(pk) < 2**63 and type(backwards) is bool and type(value) in (int, str)
        if not fits:
            raise _no_cursor()
        return cls(ordering, value, pk, backwards)


class Page(NamedTuple):
    """The rows of a page, each beginning with its key and id, and whether there are more on either side."""

    rows: Sequence[tuple[Any, ...]]
    next: Position | None
    previous: Position | None

    def links(self, request: HttpRequest) -> dict[str, str | None]:
        """Return the addresses of the pages on either side, of the list that was asked for."""
        return {"next": link(request, self.next), "previous": link(request, self.previous)}


def read_page(rows: "QuerySet[Any]", columns: Sequence[str], *, key: Key, ordering: str, cursor: str, size: int) -> Page:
    """Read one page in one statement: the columns of its rows as tuples, without building a model instance."""
    position = Position.decode(cursor, ordering) if cursor else None
    backwards = position is not None and position.backwards
    if position is not None:
        rows = rows.filter(_checked(rows, key, position))
    found = list(rows.order_by(*key.order(backwards)).values_list(key.path, key.id_path, *columns)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next, has_previous = (bool(found), more) if backwards else (more, position is not None and bool(found))
    return Page(
        [row[2:] for row in found],
        Position(ordering, found[-1][0], found[-1][1], backwards=False) if has_next else None,
        Position(ordering, found[0][0], found[0][1], backwards=True) if has_previous else None,
    )


def cursor_faults(cursor: str, ordering: str) -> list[Fault]:
    """Return what is wrong with a cursor, as far as it tells without the list."""
    try:
        if cursor:
            Position.decode(cursor, ordering)
    except Invalid as error:
        return error.faults
    return []


def link(request: HttpRequest, position: Position | None) -> str | None:
    """Return the address of another page of the list that was asked for."""
    if position is None:
        return None
    query = request.GET.copy()
    query["cursor"] = position.encode()
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _checked(rows: "QuerySet[Any]", key: Key, position: Position) -> Q:
    """Return the condition of the rows beyond a position, whose value is one that the column can hold."""
    if key.path == key.id_path:
        return key.beyond(position)
    field: Any = rows.model._meta.get_field(key.path)
    try:
        value = getattr(field, "output_field", field).to_python(position.value)  # a generated column checks nothing itself
        if isinstance(value, dt.datetime):
            value = timezone.localtime(value, dt.UTC)  # PostgreSQL takes no zone 16 hours away, and a naive time is none
    except (ValidationError, TypeError, ValueError, OverflowError) as error:
        raise _no_cursor() from error
    return key.beyond(position._replace(value=value))


def _no_cursor() -> Invalid:
    return Invalid(
        [Fault("cursor", "invalid_cursor", "This is no cursor of this list. Follow `next` and `previous`, or start without one.")]
    )
