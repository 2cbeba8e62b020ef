"""Reading the log as it grows. Ids are given before commit, so a later id may be seen first; a plain `id > last` loses rows.

Each row keeps the id of the transaction that wrote it. Transactions below the horizon are over, all of them: a position
among their rows is safe to go on from. What lies above is told as soon as it is seen, and remembered until it is passed.
On SQLite there is one writer, the order of ids is that of commits, and every row's transaction is 0.
"""

from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from gasutil import access
from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest

AT_ONCE = 500  # rows a read
LONGEST = 60  # characters of a position
MOST_MISSED = 1000  # rows that a stream makes up for; whoever missed more starts afresh
COLUMNS = ("history_id", "txid", "id", "event", "is_internal")


@cache
def epoch() -> int:
    """Return what tells this log from one in another PostgreSQL, which a dump may bring here: there, transactions count differently."""
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
        """Return the position that a client names, or None for what is none, or one in another log."""
        parts = text.split("-")
        if len(parts) != len(cls._fields) + 1 or len(text) > LONGEST or not all(part.isascii() and part.isdigit() for part in parts):
            return None
        txid, pk, of = map(int, parts)
        return cls(txid, pk) if of == epoch() else None


class Batch(NamedTuple):
    """Rows to tell, in the order of their ids, and the positions before and after them."""

    rows: list[Any]
    before: Position
    after: Position


def horizon() -> int:
    """Return the first transaction that may still be running; to be asked before the rows, never after."""
    if connection.vendor != "postgresql":
        return 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def told(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Have rows bring their requests' references: the one thing that is told of them and that the log does not keep."""
    reference: Any = Subquery(ServiceRequest.objects.filter(pk=OuterRef("id")).values("reference"))
    found: QuerySet[Any] = rows.annotate(reference=reference)
    return found


def above(rows: QuerySet[Any], position: Position) -> QuerySet[Any]:
    """Keep the rows after a position, in the order of positions."""
    later = Q(txid__gt=position.txid) | Q(history_id__gt=position.id)
    return rows.filter(later, txid__gte=position.txid).order_by("txid", "history_id")


def tip(limit: int) -> Position:
    """Return the position after the last row below a horizon."""
    found = RequestUpdate.objects.filter(txid__lt=limit).order_by("-txid", "-history_id").values_list("txid", "history_id").first()
    return Position(*found) if found else Position(0, 0)


class Tail:
    """The end of the log, followed by one reader."""

    def __init__(self) -> None:
        limit = horizon()
        self.position = tip(limit)
        self.told = set(RequestUpdate.objects.filter(txid__gte=limit).values_list("history_id", flat=True))

    def poll(self) -> Batch:
        """Return what has come since the last time, each row once.

        One transaction that stays open, anywhere in the cluster, holds the horizon back; what is above it is told all the same.
        """
        limit, before = horizon(), self.position
        passed = list(told(above(RequestUpdate.objects.filter(txid__lt=limit), before))[:AT_ONCE])
        ahead = set(RequestUpdate.objects.filter(txid__gte=limit).values_list("history_id", flat=True))
        new = sorted(ahead - self.told)[:AT_ONCE]
        fresh = [row for row in passed if row.history_id not in self.told]
        fresh += told(RequestUpdate.objects.filter(history_id__in=new)) if new else []
        if passed:
            self.position = Position(passed[-1].txid, passed[-1].history_id)
        self.told = (self.told - {row.history_id for row in passed}) | set(new)
        return Batch(sorted(fresh, key=lambda row: row.history_id), before, self.position)


def missed(actor: Actor, position: Position) -> Batch | None:
    """Return what somebody has missed since a position; None where that is too much, or no position of this log."""
    limit = horizon()
    rows = list(told(above(access.visible_to(actor, RequestUpdate), position))[: MOST_MISSED + 1])
    if len(rows) > MOST_MISSED or position > max(tip(limit), Position(limit - 1, 0)):
        return None
    passed = [row for row in rows if row.txid < limit]
    after = Position(passed[-1].txid, passed[-1].history_id) if passed else position
    return Batch(sorted(rows, key=lambda row: row.history_id), position, after)
