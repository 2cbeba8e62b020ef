"""Find the requests that match a query.

Common words are found along the order of the list, rare ones by the trigram index. Neither way is
fast for all queries, and PostgreSQL's estimate for several words is too rough to choose by. So some
requests are sampled first, which takes the same time in a table of any size.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
)

from gasutil.access import Actor
from gasutil.models import SearchEntry, ServiceRequest
from gasutil.search.terms import Query

Rows = QuerySet[ServiceRequest]
Columns = Sequence[str]
# The columns of `SearchEntry`. Customers search what a request shows them; the others are for
# staff.
IDENTIFYING = ("reference", "identity")
CUSTOMER_COLUMNS = ("reference", "public")
PHRASES_FOR_STAFF = ("reference", "public", "internal")
STAFF_COLUMNS = ("reference", "identity", "public", "internal")
INDEXED = (STAFF_COLUMNS, IDENTIFYING)  # joined, as the trigram index of PostgreSQL has them
# Requests, of the newest and of those before: the words of an incident are common among the newest
# alone
SAMPLE_SIZE = 100
SAMPLE_DEPTH_ROWS = 1_000  # requests between the two samples
MIN_COMMON_HITS = 2  # of each sample: a page of 20 is found along the list within 1,000 requests


def matching(actor: Actor, rows: Rows, query: Query, columns: Columns) -> Rows:
    """Return the rows that match a query in some columns of their entries."""
    if connection.vendor != "postgresql":
        return rows.filter(matches(query, columns))
    if actor.is_staff:
        return rows.filter(
            matches(query, columns)
            if _is_common(query, columns)
            else _is_any_of(_entries(query, columns))
        )
    own = rows.order_by()
    if own[SAMPLE_SIZE:].exists() and not _is_common(query, STAFF_COLUMNS):
        return rows.filter(_is_any_of(_entries(query, columns)))
    return rows.filter(_is_any_of(own.filter(matches(query, columns))))


def matches(query: Query, columns: Columns) -> Subquery:
    """Return the condition that a request matches, which is evaluated row by row."""
    entry = SearchEntry.objects.filter(pk=OuterRef("pk")).alias(text=_joined(columns))
    return Subquery(
        entry.values(
            is_match=ExpressionWrapper(_contains("text", query), output_field=BooleanField())
        )
    )


def _is_common(query: Query, columns: Columns) -> bool:
    """Return whether a page of matches is soon found along a list.

    It is if there are some in both samples, or the list is short.
    """
    entries = SearchEntry.objects.order_by("-pk").values_list("pk", _joined(columns))
    rows = entries[:SAMPLE_SIZE].union(
        entries[SAMPLE_DEPTH_ROWS : SAMPLE_DEPTH_ROWS + SAMPLE_SIZE], all=True
    )
    texts = [text for _pk, text in sorted(rows, reverse=True)]
    return len(texts) < 2 * SAMPLE_SIZE or all(
        sum(map(query.is_in, part)) >= MIN_COMMON_HITS
        for part in (texts[:SAMPLE_SIZE], texts[SAMPLE_SIZE:])
    )


def _entries(query: Query, columns: Columns) -> QuerySet[SearchEntry]:
    """Return the entries that match, by the trigram index.

    It narrows down columns that it does not have itself.
    """
    indexed = columns if columns in INDEXED else STAFF_COLUMNS
    entries = SearchEntry.objects.alias(indexed=_joined(indexed)).filter(
        _contains("indexed", query)
    )
    return (
        entries
        if columns == indexed
        else entries.alias(text=_joined(columns)).filter(_contains("text", query))
    )


def _is_any_of(rows: QuerySet[Any]) -> Func:
    """Return the condition that a request is one of those found.

    An array keeps PostgreSQL from reading a table through for a page.
    """
    return Func(
        F("pk"),
        ArraySubquery(rows.values("pk")),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


def _joined(columns: Columns) -> Func:
    """Return columns as one text; no entry and no query contains the bar between them."""
    return Func(
        *map(F, columns),
        template="(%(expressions)s)",
        arg_joiner=" || '|' || ",
        output_field=TextField(),
    )


def _contains(text: str, query: Query) -> Q:
    readings = (
        [[Q(**{f"{text}__contains": spelling}) for spelling in term] for term in reading]
        for reading in query.readings
    )
    return either(_all(map(either, reading)) for reading in readings)


def either(conditions: Iterable[Q]) -> Q:
    """Return the condition that one of some conditions applies."""
    return reduce(or_, conditions)


def _all(conditions: Iterable[Q]) -> Q:
    return reduce(and_, conditions)
