"""Reading the log as it grows.

Ids are given before commit, so a later id may be seen first; a plain `id > last` loses rows.

Each row keeps the id of the transaction that wrote it. Transactions below the horizon are over, all
of them: a position among their rows is a safe position. Rows above it are sent as soon as they are
seen, and remembered until it passes them. On SQLite there is one writer, the order of ids is that
of commits, and every row's transaction is 0.
"""

from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from gasutil import access, updates
from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest
from gasutil.transactions import horizon

BATCH_SIZE = 500  # rows a query
MAX_POSITION_LENGTH = 60  # characters
MAX_MISSED_ROWS = 1000  # that a stream catches up on; a client that missed more starts again


@cache
def epoch() -> int:
    """Return the id of this cluster's log.

    A dump may be restored in another PostgreSQL, whose transaction ids differ.
    """
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier % 1000000007 FROM pg_control_system()")
        return int(cursor.fetchone()[0])


class Position(NamedTuple):
    """A place in the log that everything before it is known of."""

    txid: int
    id: int

    def __str__(self) -> str:
        return f"{self.txid}-{self.id}-{epoch()}"

    @classmethod
    def read(cls, text: str) -> "Position | None":
        """Return the position that a client names, or None if it is invalid or in another log."""
        parts = text.split("-")
        if (
            len(parts) != len(cls._fields) + 1
            or len(text) > MAX_POSITION_LENGTH
            or not all(part.isascii() and part.isdigit() for part in parts)
        ):
            return None
        txid, pk, of = map(int, parts)
        return cls(txid, pk) if of == epoch() else None


class Batch(NamedTuple):
    """Rows to send, in the order of their ids, and the positions before and after them."""

    rows: list[Any]
    before: Position
    after: Position


def with_references(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Join rows with their authors, and with the reference of the request."""
    reference: Any = Subquery(ServiceRequest.objects.filter(pk=OuterRef("id")).values("reference"))
    result: QuerySet[Any] = updates.joined(rows).annotate(reference=reference)
    return result


def above(rows: QuerySet[Any], position: Position) -> QuerySet[Any]:
    """Keep the rows after a position, in the order of positions."""
    later = Q(txid__gt=position.txid) | Q(history_id__gt=position.id)
    return rows.filter(later, txid__gte=position.txid).order_by("txid", "history_id")


def following(rows: QuerySet[Any], pk: int) -> QuerySet[Any]:
    """Filter to the rows after one, by the order of the log (`txid`, then the ID).

    Only below the horizon: a row that a running transaction may still write before them would be
    missed by a client that goes on from the last of them. 0 is before the first row.
    """
    limit = horizon()
    last = RequestUpdate.objects.filter(history_id__lte=pk).order_by("-history_id")
    position = Position(last.values_list("txid", flat=True).first() or 0, pk)
    later = Q(txid__gt=position.txid) | Q(history_id__gt=position.id)
    return rows.filter(later, txid__gte=position.txid, txid__lt=limit)


def tip(limit: int) -> Position:
    """Return the position after the last row below a horizon."""
    rows = (
        RequestUpdate.objects.filter(txid__lt=limit)
        .order_by("-txid", "-history_id")
        .values_list("txid", "history_id")
        .first()
    )
    return Position(*rows) if rows else Position(0, 0)


class Tail:
    """The end of the log, followed by one reader."""

    def __init__(self) -> None:
        limit = horizon()
        self.position = tip(limit)
        self.sent_ids = set(
            RequestUpdate.objects.filter(txid__gte=limit).values_list("history_id", flat=True)
        )

    def poll(self) -> Batch:
        """Return the new rows since the last call, each once.

        One transaction that stays open, anywhere in the cluster, holds the horizon back; rows above
        it are sent anyway.
        """
        limit, before = horizon(), self.position
        passed = list(
            with_references(above(RequestUpdate.objects.filter(txid__lt=limit), before))[
                :BATCH_SIZE
            ]
        )
        ahead = set(
            RequestUpdate.objects.filter(txid__gte=limit).values_list("history_id", flat=True)
        )
        new = sorted(ahead - self.sent_ids)[:BATCH_SIZE]
        fresh = [row for row in passed if row.history_id not in self.sent_ids]
        fresh += with_references(RequestUpdate.objects.filter(history_id__in=new)) if new else []
        if passed:
            self.position = Position(passed[-1].txid, passed[-1].history_id)
        self.sent_ids = (self.sent_ids - {row.history_id for row in passed}) | set(new)
        return Batch(sorted(fresh, key=lambda row: row.history_id), before, self.position)


def missed(actor: Actor, position: Position) -> Batch | None:
    """Return the rows that a user has missed since a position.

    None if there are too many, or if it is no position of this log.
    """
    limit = horizon()
    rows = list(
        with_references(above(access.visible_to(actor, RequestUpdate), position))[
            : MAX_MISSED_ROWS + 1
        ]
    )
    if len(rows) > MAX_MISSED_ROWS or position > max(tip(limit), Position(limit - 1, 0)):
        return None
    passed = [row for row in rows if row.txid < limit]
    after = Position(passed[-1].txid, passed[-1].history_id) if passed else position
    return Batch(sorted(rows, key=lambda row: row.history_id), position, after)
