"""Keyset pagination: a page is found by the key of its first row.

Page 1,000 therefore costs as much as page 1.
"""

import base64
import binascii
import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil.errors import FieldError, Invalid


class Key(NamedTuple):
    """Describe the ordering of a list.

    It consists of a column (or the id alone), one that orders rows with the same value, if there
    is one, the id as tie-breaker, and the direction.
    """

    path: str
    id_path: str
    descending: bool
    second: str = ""

    @property
    def is_id(self) -> bool:
        """Return whether the id alone orders the list."""
        return self.path == self.id_path

    @property
    def paths(self) -> list[str]:
        """Return the columns before the id, or the id."""
        return [self.path, *([self.second] if self.second else [])]

    def order(self, backwards: bool) -> list[str]:
        """Return the arguments of `order_by`."""
        sign = "-" if self.descending is not backwards else ""
        return [sign + path for path in dict.fromkeys((*self.paths, self.id_path))]

    def beyond(self, position: "CursorPosition") -> Q:
        """Return the condition for the rows after a position.

        Both databases use the index for a condition of this form.
        """
        op = "lt" if self.descending is not position.backwards else "gt"
        further = Q(**{f"{self.id_path}__{op}": position.id})
        if self.is_id:
            return further
        values = [position.value, *([position.second] if self.second else [])]
        for path, value in reversed(list(zip(self.paths, values, strict=True))):
            further = Q(**{f"{path}__{op}e": value}) & (Q(**{f"{path}__{op}": value}) | further)
        return further


class CursorPosition(NamedTuple):
    """The start of a page: just after this row, or just before it when going backwards."""

    ordering: str
    value: Any
    id: int
    backwards: bool
    second: Any = None

    def encode(self) -> str:
        """Return the position as a cursor for a URL."""
        parts = list(self) if self.second is not None else list(self)[:-1]
        return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")

    @classmethod
    def decode(cls, cursor: str, ordering: str) -> "CursorPosition":
        """Return the position of a cursor.

        Raise `Invalid` if it is malformed or belongs to another ordering.
        """
        try:
            made_for, value, pk, backwards, *rest = orjson.loads(
                base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            )
        except (binascii.Error, ValueError, TypeError) as error:
            raise _no_cursor() from error
        fits = (
            made_for == ordering
            and type(pk) is int
            and abs(pk) < 2**63
            and type(backwards) is bool
            and type(value) in (int, str)
            and len(rest) < 2
        )
        if not fits:
            raise _no_cursor()
        return cls(ordering, value, pk, backwards, *rest)


class Page(NamedTuple):
    """Hold the rows of a page, and whether there are more on either side.

    They no longer have their keys.
    """

    rows: Sequence[tuple[Any, ...]]
    next: CursorPosition | None
    previous: CursorPosition | None

    def links(self, request: HttpRequest) -> dict[str, str | None]:
        """Return the URLs of the previous and next pages of the requested list."""
        return {"next": link(request, self.next), "previous": link(request, self.previous)}


def read_page(
    rows: "QuerySet[Any]",
    columns: Sequence[str],
    *,
    key: Key,
    ordering: str,
    cursor: str,
    size: int,
) -> Page:
    """Read one page with one query: the columns of its rows as tuples, without model instances."""
    position = read_position(rows.model, key, ordering, cursor)
    tuples = list(page_query([rows], columns, key=key, position=position, size=size))
    return page_of(tuples, key=key, ordering=ordering, position=position, size=size)


def page_query(
    parts: Sequence["QuerySet[Any]"],
    columns: Sequence[str],
    *,
    key: Key,
    position: CursorPosition | None,
    size: int,
) -> "QuerySet[Any]":
    """Return the query of a page: the key, the id and the columns of one row more than it has.

    It merges the pages of the parts of the rows.
    """
    beyond = key.beyond(position) if position is not None else Q()
    order = key.order(position is not None and position.backwards)
    first, *others = [
        rows.filter(beyond)
        .order_by(*order)
        .values_list(*key.paths, key.id_path, *columns)[: size + 1]
        for rows in parts
    ]
    return first.union(*others, all=True).order_by(*order)[: size + 1] if others else first


def page_of(
    tuples: Sequence[tuple[Any, ...]],
    *,
    key: Key,
    ordering: str,
    position: CursorPosition | None,
    size: int,
) -> Page:
    """Return the page of the rows of its query."""
    start = len(key.paths)  # of the id

    def at(row: tuple[Any, ...], *, backwards: bool) -> CursorPosition:
        second = row[1] if key.second else None
        return CursorPosition(ordering, row[0], row[start], backwards, second)

    backwards = position is not None and position.backwards
    more, tuples = len(tuples) > size, tuples[:size]
    if backwards:
        tuples = tuples[::-1]
    has_next, has_previous = (
        (bool(tuples), more) if backwards else (more, position is not None and bool(tuples))
    )
    return Page(
        [row[start + 1 :] for row in tuples],
        at(tuples[-1], backwards=False) if has_next else None,
        at(tuples[0], backwards=True) if has_previous else None,
    )


def cursor_errors(cursor: str, ordering: str) -> list[FieldError]:
    """Return the errors of a cursor that can be found without the list."""
    try:
        if cursor:
            CursorPosition.decode(cursor, ordering)
    except Invalid as error:
        return error.errors
    return []


def link(request: HttpRequest, position: CursorPosition | None) -> str | None:
    """Return the URL of another page of the requested list."""
    if position is None:
        return None
    query = request.GET.copy()
    query["cursor"] = position.encode()
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def read_position(
    model: type[Model], key: Key, ordering: str, cursor: str
) -> CursorPosition | None:
    """Return the position of a cursor, None without one.

    Raise `Invalid` if the column of the key can't hold its value.
    """
    if not cursor:
        return None
    position = CursorPosition.decode(cursor, ordering)
    if bool(key.second) is (position.second is None):
        raise _no_cursor()
    if key.is_id:
        return position
    if key.second and type(position.second) is not bool:
        raise _no_cursor()  # the one column that orders equal rows is a fact
    field: Any = model._meta.get_field(key.path)
    try:
        value = getattr(field, "output_field", field).to_python(
            position.value
        )  # a generated column checks nothing itself
        if isinstance(value, dt.datetime):
            value = timezone.localtime(
                value, dt.UTC
            )  # PostgreSQL rejects offsets of 16 hours, and naive times
    except (ValidationError, TypeError, ValueError, OverflowError) as error:
        raise _no_cursor() from error
    return position._replace(value=value)


def _no_cursor() -> Invalid:
    return Invalid(
        [
            FieldError(
                "cursor",
                "invalid_cursor",
                _(
                    "This cursor is not valid for this list. Follow `next` and `previous`, or start"
                    " without a cursor."
                ),
            )
        ]
    )
