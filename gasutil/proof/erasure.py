"""Erases values of history rows so that their leaves stay the same.

The digests of the values are stored in the leaf, and the salts that they were made with go.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from gasutil.models import Leaf, LogName, ProofState
from gasutil.models.append_only import Exemption, exempt
from gasutil.proof import entries
from gasutil.proof.entries import IP, PROVED_HISTORIES, ProvedHistory

ADDRESS_DAYS = 365
BATCH_SIZE = 500


def erase_addresses(now: dt.datetime | None = None) -> int:
    """Erase the IP addresses of history rows that are older than a year; return how many rows."""
    before, count = (now or timezone.now()) - dt.timedelta(days=ADDRESS_DAYS), 0
    while erased := _erase_batch(before):
        count += erased
    return count


@transaction.atomic
def _erase_batch(before: dt.datetime) -> int:
    """Erase the addresses of the next leaves, up to the first row that is not old enough."""
    state = ProofState.objects.select_for_update().filter(pk=1).first()
    if state is None:
        return 0
    start = state.addresses_erased_to
    leaves = list(Leaf.objects.filter(index__gte=start).order_by("index")[:BATCH_SIZE])
    old = _oldest(leaves, before)
    with exempt(Exemption.ERASURE):
        for log, of_log in _by_log(old).items():
            _erase(PROVED_HISTORIES[log], of_log)
    state.addresses_erased_to += len(old)
    state.save(update_fields=["addresses_erased_to"])
    return len(old)


def _by_log(leaves: Sequence[Leaf]) -> dict[str, list[Leaf]]:
    result: dict[str, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        if leaf.ip_salt is not None:
            result[leaf.log].append(leaf)
    return result


def _oldest(leaves: Sequence[Leaf], before: dt.datetime) -> list[Leaf]:
    """Return the leaves in front of the first whose row is not older than a time."""
    recorded: dict[tuple[str, int | None], dt.datetime] = {}
    for log, source in PROVED_HISTORIES.items():
        rows = [leaf.row for leaf in leaves if leaf.log == log]
        time = "made_at" if log == LogName.STATEMENT else "history_date"
        erased = source.model._default_manager.filter(**{f"{source.key}__in": rows})
        recorded |= {(log, key): at for key, at in erased.values_list(source.key, time)}
    result = []
    for leaf in leaves:
        if recorded.get((leaf.log, leaf.row), before) > before:
            break
        result.append(leaf)
    return result


def _erase(source: ProvedHistory, leaves: Sequence[Leaf]) -> None:
    """Erase the addresses of rows of one history; their leaves get the digests instead."""
    rows = {row.pk: row for row in source.rows([leaf.row for leaf in leaves if leaf.row])}
    for leaf in leaves:
        row: Any = rows.get(leaf.row or 0)
        if row is not None and IP in source.salted:
            leaf.digests |= entries.salted_digests(source, row, leaf, only=IP)
        leaf.ip_salt = None
    with_address = [key for key, row in rows.items() if IP in source.salted and row.ip]
    if with_address:
        source.model._base_manager.filter(pk__in=with_address).update(ip=None)
    Leaf._base_manager.bulk_update(leaves, ["ip_salt", "digests"])


def has_uncovered(log: str, rows: Any) -> bool:
    """Return whether some rows of a history have no leaf yet; such rows can't be erased."""
    source = PROVED_HISTORIES[log]
    leaf = Leaf.objects.filter(log=log, row=OuterRef(source.key)).values("index")[:1]
    return bool(rows.annotate(leaf_index=Subquery(leaf)).filter(leaf_index__isnull=True).exists())


def erase_values(log: str, keys: Sequence[int], *, kept: Collection[str] = ()) -> None:
    """Empty the personal values of history rows, and remove the salts of their leaves.

    The caller's transaction holds the exemption for erasures. `kept` are the events whose subject
    is the name of a milestone and stays.
    """
    source = PROVED_HISTORIES[log]
    erasable: Any = source.model
    emptied = {name: None if name == IP else "" for name in erasable.erasable}
    for start in range(0, len(keys), BATCH_SIZE):
        batch = keys[start : start + BATCH_SIZE]
        rows = {row.pk: row for row in source.rows(batch)}
        leaves = list(Leaf.objects.filter(log=log, row__in=batch, salt__isnull=False))
        for leaf in leaves:
            leaf.digests |= entries.salted_digests(source, rows[leaf.row], leaf)
            leaf.salt = leaf.ip_salt = None
        Leaf._base_manager.bulk_update(leaves, ["salt", "ip_salt", "digests"])
        stored = source.model._base_manager.filter(pk__in=batch)
        if kept:
            stored.filter(event__in=kept).update(
                **{name: value for name, value in emptied.items() if name != "subject"}
            )
            stored = stored.exclude(event__in=kept)
        stored.update(**emptied)
