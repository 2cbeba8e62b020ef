"""Keyset pagination of lists: no page skips rows when others leave the list."""

import base64
import binascii
import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils import timezone

NO_ROWS = Q(pk__in=[])


class OrderColumn(NamedTuple):
    """A column of an ordering; `nulls_first` counts only where it can be null."""

    name: str
    descending: bool
    nullable: bool
    nulls_first: bool

    @classmethod
    def of(cls, model: type[Model], part: Any) -> "OrderColumn":
        """Return the column of a part of an ordering."""
        if isinstance(part, str):
            part = OrderBy(F(part.removeprefix("-")), descending=part.startswith("-"))
        ordered = part if isinstance(part, OrderBy) else part.asc()
        expression: Any = ordered.expression
        name = expression.name
        nullable = name != "pk" and bool(model._meta.get_field(name).null)
        return cls(name, ordered.descending, nullable, bool(ordered.nulls_first))

    def reversed(self) -> "OrderColumn":
        """Return the column in the other direction."""
        return self._replace(descending=not self.descending, nulls_first=not self.nulls_first)

    def order_by(self) -> OrderBy:
        """Return the part of `order_by`."""
        nulls = {"nulls_first": True} if self.nulls_first else {"nulls_last": True}
        return OrderBy(F(self.name), descending=self.descending, **(nulls if self.nullable else {}))

    def equals(self, value: Any) -> Q:
        """Return the condition of the rows with a value."""
        return Q(**{f"{self.name}__isnull": True} if value is None else {self.name: value})

    def beyond(self, value: Any, *, or_equal: bool = False) -> Q:
        """Return the condition of the rows beyond a value."""
        if value is None and self.nulls_first:
            return Q() if or_equal else Q(**{f"{self.name}__isnull": False})
        if value is None:
            return Q(**{f"{self.name}__isnull": True}) if or_equal else NO_ROWS
        condition = Q(
            **{f"{self.name}__{'lt' if self.descending else 'gt'}{'e' if or_equal else ''}": value}
        )
        return (
            condition
            if self.nulls_first or not self.nullable
            else condition | Q(**{f"{self.name}__isnull": True})
        )


class KeysetPage(NamedTuple):
    """The rows of a page, and the cursors of the pages on either side.

    An empty one where there is none.
    """

    rows: Sequence[Any]
    next: str
    previous: str


def read_keyset_page(
    rows: "QuerySet[Any]", ordering: Sequence[Any], *, after: str, before: str, size: int
) -> KeysetPage:
    """Read the rows after one cursor, or before another.

    Raise `IncorrectLookupParameters` for a text that is none.
    """
    columns = [OrderColumn.of(rows.model, part) for part in ordering]
    if before:
        columns = [column.reversed() for column in columns]
    if cursor := before or after:
        rows = rows.filter(_beyond(columns, _decode(rows.model, columns, cursor)))
    result = list(rows.order_by(*(column.order_by() for column in columns))[: size + 1])
    more, result = len(result) > size, result[:size]
    if before:
        result.reverse()
    if not result:
        return KeysetPage(result, "", "")
    has_next, has_previous = (True, more) if before else (more, bool(after))
    return KeysetPage(
        result,
        _encode(columns, result[-1]) if has_next else "",
        _encode(columns, result[0]) if has_previous else "",
    )


def _beyond(columns: Sequence[OrderColumn], values: Sequence[Any]) -> Q:
    """Return the condition of the rows beyond a position.

    The bound of the first column lets an index go straight to it.
    """
    condition, equal = NO_ROWS, Q()
    for column, value in zip(columns, values, strict=True):
        condition |= equal & column.beyond(value)
        equal &= column.equals(value)
    return columns[0].beyond(values[0], or_equal=True) & condition


def _encode(columns: Sequence[OrderColumn], row: Any) -> str:
    values = [getattr(row, column.name) for column in columns]
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def _decode(model: type[Model], columns: Sequence[OrderColumn], cursor: str) -> list[Any]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(columns):
            raise IncorrectLookupParameters
        return [_value(model, column, value) for column, value in zip(columns, values, strict=True)]
    except (binascii.Error, ValueError, TypeError, OverflowError, ValidationError) as error:
        raise IncorrectLookupParameters from error


def _value(model: type[Model], column: OrderColumn, value: Any) -> Any:
    """Return a value of a cursor as its column has it."""
    field: Any = model._meta.pk if column.name == "pk" else model._meta.get_field(column.name)
    value = getattr(field, "output_field", field).to_python(value)
    if isinstance(value, int) and abs(value) >= 2**63:
        raise OverflowError
    if value is None and not field.null:
        raise ValueError(column.name)
    return timezone.localtime(value, dt.UTC) if isinstance(value, dt.datetime) else value
