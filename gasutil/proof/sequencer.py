"""Adds the rows of all histories to the tree, each exactly once.

A row is added after its transaction has ended, in the order in which the worker sees the rows.
Workers take turns by the lock of `ProofState`. What is written commits before it is signed.

The search for new rows has two parts. The first looks at all rows by their numbers, once: when the
log begins, and again after a restore. From then on, only rows at the end can be new: those of
transactions that have not ended (PostgreSQL's horizon), those of the last hour in the small
histories, and on SQLite, which has one writer, those after the last number.
"""

import datetime as dt
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from gasutil.models import Leaf, LogName, LogStatement, ProofState, TreeNode
from gasutil.models.proof import SALT_BYTES
from gasutil.proof import entries, tree
from gasutil.proof.commitments import value_digests
from gasutil.proof.entries import PROVED_HISTORIES, ProvedHistory
from gasutil.transactions import horizon

BATCH_SIZE = 1000  # rows a transaction
LONGEST_TRANSACTION = dt.timedelta(hours=1)  # that writes an account, a type, a team, …


class SearchPosition(NamedTuple):
    """Where to look for new rows of a history.

    All rows up to `scanned` have been looked at; up to `end` they are looked at by their numbers.
    From then on, new rows have a transaction, or a number, that is not below `low`.
    """

    scanned: int
    end: int
    low: int


@dataclass(frozen=True)
class NewRows:
    """Rows of one history that are not in the tree yet."""

    source: ProvedHistory
    rows: Sequence[Any]


def append_rows(logs: Collection[str] = tuple(PROVED_HISTORIES)) -> int:
    """Add new rows of some histories to the tree, and return how many there were.

    Another worker that is at it adds them; then the result is 0.
    """
    begin_log()
    with transaction.atomic():
        state = ProofState.objects.select_for_update(skip_locked=True).filter(pk=1).first()
        if state is None:
            return 0
        rows, room = [], BATCH_SIZE
        for log in logs:
            new = NewRows(PROVED_HISTORIES[log], _find(PROVED_HISTORIES[log], state, room))
            rows.append(new)
            room -= len(new.rows)
            if room <= 0:
                break
        _add(state, rows)
        state.save(update_fields=["size", "positions"])
    return BATCH_SIZE - room


def begin_log() -> None:
    """Write the first leaf of a new log: when it began, and how many rows there were before.

    The log vouches for those rows only from then on.
    """
    if ProofState.objects.filter(pk=1).exists():
        return
    with transaction.atomic():
        counts = {
            log: source.model._default_manager.count()
            for log, source in PROVED_HISTORIES.items()
            if log != LogName.STATEMENT
        }
        state, is_new = ProofState.objects.get_or_create(
            pk=1, defaults={"origin": settings.PROOF_ORIGIN}
        )
        if is_new:
            LogStatement.objects.create(
                content={"event": "began", "origin": state.origin, "rows": counts}
            )


def add_lost(state: ProofState, hashes: Sequence[bytes]) -> None:
    """Add leaves whose rows were lost in a restore, by their hashes alone."""
    leaves = [
        Leaf(index=index, log=LogName.LOST, row=None, version=entries.ENTRY_VERSION, hash=value)
        for index, value in enumerate(hashes, state.size)
    ]
    Leaf.objects.bulk_create(leaves, batch_size=BATCH_SIZE)
    _add_nodes(state.size, hashes)
    state.size += len(leaves)


def search_again() -> None:
    """Look at all rows again, because a restore has renumbered transactions."""
    ProofState.objects.update(positions={})


def _add(state: ProofState, rows: Sequence[NewRows]) -> None:
    leaves: list[Leaf] = []
    for new in rows:
        leaves += _leaves(new, state.size + len(leaves))
    Leaf.objects.bulk_create(leaves)
    _add_nodes(state.size, [bytes(leaf.hash) for leaf in leaves])
    state.size += len(leaves)


def _leaves(new: NewRows, start: int) -> list[Leaf]:
    source, rows = new.source, new.rows
    stated, members = entries.stated(source, rows), entries.members(source, rows)
    leaves = []
    for index, row in enumerate(rows, start):
        salt = os.urandom(SALT_BYTES)
        leaf = Leaf(
            index=index,
            log=source.log,
            row=row.pk,
            version=entries.ENTRY_VERSION,
            salt=salt,
            ip_salt=os.urandom(SALT_BYTES),
            digests=value_digests(salt, stated.get(row.pk, {})),
        )
        leaf.hash = entries.hash_of(source, row, leaf, members[row.pk])
        leaves.append(leaf)
    return leaves


def _add_nodes(size: int, added: Sequence[bytes]) -> None:
    """Add the roots of the tiles that the new leaves complete."""
    width, level = tree.TILE_WIDTH, 1
    start, hashes = size, list(added)
    while hashes:
        first = start // width
        before = start % width
        known = [*_hashes(level - 1, first * width, before), *hashes] if before else hashes
        nodes = [
            TreeNode(level=level, number=first + at, hash=tree.complete_root(tile))
            for at, tile in enumerate(_full_tiles(known))
        ]
        TreeNode.objects.bulk_create(nodes)
        start, hashes, level = first, [bytes(node.hash) for node in nodes], level + 1


def _full_tiles(hashes: Sequence[bytes]) -> list[Sequence[bytes]]:
    width = tree.TILE_WIDTH
    return [hashes[at : at + width] for at in range(0, len(hashes) - width + 1, width)]


def _hashes(level: int, start: int, count: int) -> list[bytes]:
    """Return stored hashes of one level."""
    end = start + count
    if level == 0:
        leaves = Leaf.objects.filter(index__gte=start, index__lt=end)
        rows: QuerySet[Any, Any] = leaves.order_by("index")
    else:
        nodes = TreeNode.objects.filter(level=level, number__gte=start, number__lt=end)
        rows = nodes.order_by("number")
    return [bytes(value) for value in rows.values_list("hash", flat=True)]


def stored_tile(level: int, number: int) -> list[bytes]:
    """Return the hashes of a tile, as far as they are stored."""
    return _hashes(level, number * tree.TILE_WIDTH, tree.TILE_WIDTH)


# --- Finding rows
# --------------------------------------------------------------------------------------------------
def _find(source: ProvedHistory, state: ProofState, limit: int) -> list[Any]:
    """Return rows that are not in the tree, and note in `state` where to look next."""
    position = _position(source, state)
    if position.scanned < position.end:
        rows, position = _scan(source, position, limit)
    else:
        rows, position = _tail(source, position, limit)
    state.positions[source.log] = list(position)
    return rows


def _position(source: ProvedHistory, state: ProofState) -> SearchPosition:
    stored = state.positions.get(source.log)
    if stored:
        return SearchPosition(*stored)
    low = horizon() if _has_transactions(source) else 0  # before the newest row is asked for
    end = _newest(source.model._default_manager.all(), source)
    return SearchPosition(scanned=0, end=end, low=low if _has_transactions(source) else end)


def _scan(
    source: ProvedHistory, position: SearchPosition, limit: int
) -> tuple[list[Any], SearchPosition]:
    """Look at the next rows by their numbers."""
    keys = list(
        source.model._default_manager.filter(
            **{f"{source.key}__gt": position.scanned, f"{source.key}__lte": position.end}
        )
        .order_by(source.key)
        .values_list(source.key, flat=True)[:limit]
    )
    known = set(Leaf.objects.filter(log=source.log, row__in=keys).values_list("row", flat=True))
    scanned = keys[-1] if keys else position.end
    return source.rows([key for key in keys if key not in known]), position._replace(
        scanned=scanned
    )


def _tail(
    source: ProvedHistory, position: SearchPosition, limit: int
) -> tuple[list[Any], SearchPosition]:
    """Look at the rows that may be new."""
    column = "txid__gte" if _has_transactions(source) else f"{source.key}__gt"
    ended = horizon() if _has_transactions(source) else 0  # before the rows
    # A scalar subquery is a probe of the index; NOT EXISTS would be a join with all leaves
    leaf = Leaf.objects.filter(log=source.log, row=OuterRef(source.key)).values("index")[:1]
    rows = list(
        source.model._default_manager.filter(**{column: position.low})
        .annotate(leaf_index=Subquery(leaf))
        .filter(leaf_index__isnull=True)
        .order_by(source.key)[:limit]
    )
    if len(rows) == limit:
        return rows, position
    return rows, position._replace(low=ended or _low(source, rows, position))


def _low(source: ProvedHistory, rows: Sequence[Any], position: SearchPosition) -> int:
    """Return the number below which no row of a history without transactions is new."""
    if connection.vendor != "postgresql":  # one writer: numbers are in the order of commits
        return rows[-1].pk if rows else position.low
    newer = source.model._default_manager.filter(**{f"{source.key}__gt": position.low})
    time = "made_at" if source.log == LogName.STATEMENT else "history_date"
    ended = newer.filter(**{f"{time}__lt": timezone.now() - LONGEST_TRANSACTION})
    return max(_newest(ended, source), position.low)


def _newest(rows: Any, source: ProvedHistory) -> int:
    return rows.aggregate(newest=Max(source.key))["newest"] or 0


def _has_transactions(source: ProvedHistory) -> bool:
    return source.log == LogName.REQUEST and connection.vendor == "postgresql"
