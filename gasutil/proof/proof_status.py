"""How far the history is signed, witnessed and checked, for the console and for monitoring."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q

from gasutil.models import (
    Leaf,
    LogName,
    ProofState,
    RequestUpdate,
    ServiceRequest,
    TimestampAuthority,
)
from gasutil.proof import checkpoints, timestamps
from gasutil.proof.entries import PROVED_HISTORIES


@dataclass(frozen=True, kw_only=True)
class ProofStatus:
    """How far the history goes that was signed, and that was checked.

    Args:
        rows: the number of rows in the newest checkpoint, or that a check found unchanged.
        at: when it was signed or checked.
        witnesses: how many witnesses signed a checkpoint of so many rows; 0 without a quorum.
        is_verified: whether `verify_history` has checked these rows.
    """

    rows: int
    at: dt.datetime
    witnesses: int
    is_verified: bool


def status() -> ProofStatus | None:
    """Return how far the history is recorded, or verified if a quorum of witnesses signs it.

    Without a quorum that other people control it is only recorded, whatever a check says: who
    has the key could have written another history.
    """
    quorum = checkpoints.quorum()
    witnessed = checkpoints.newest_checkpoint(witnesses=quorum) if quorum else None
    if witnessed is None:
        newest = checkpoints.newest_checkpoint()
        if newest is None:
            return None
        return ProofStatus(rows=newest.size, at=newest.signed_at, witnesses=0, is_verified=False)
    signers = witnessed.cosignatures.count()
    state = ProofState.objects.get(pk=1)
    if state.verified_at and 0 < state.verified_size <= witnessed.size:
        return ProofStatus(
            rows=state.verified_size, at=state.verified_at, witnesses=signers, is_verified=True
        )
    return ProofStatus(
        rows=witnessed.size, at=witnessed.signed_at, witnesses=signers, is_verified=False
    )


@dataclass(frozen=True, kw_only=True)
class TimestampStatus:
    """When the last time stamp was made, if there is one, and whether the next one failed."""

    at: dt.datetime | None
    is_failing: bool


def timestamp_status() -> TimestampStatus | None:
    """Return the state of time stamps, or None if no authority is asked for them."""
    if not settings.TIMESTAMP_URL:
        return None
    last = timestamps.newest_timestamp()
    failing = TimestampAuthority.objects.filter(url=settings.TIMESTAMP_URL).exclude(error="")
    return TimestampStatus(at=last.stamped_at if last else None, is_failing=failing.exists())


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How many rows of a request the newest checkpoint covers.

    Args:
        rows: their number.
        checkpoint: the signed note.
        at: when it was signed.
    """

    rows: int
    checkpoint: str
    at: dt.datetime


def coverage(obj: ServiceRequest) -> Coverage | None:
    """Return how much of the history of a request is signed, or None if there is no checkpoint."""
    newest = checkpoints.newest_checkpoint()
    if newest is None:
        return None
    rows = RequestUpdate.objects.filter(id=obj.pk).values_list("history_id", flat=True)
    leaves = Leaf.objects.filter(log=LogName.REQUEST, row__in=list(rows), index__lt=newest.size)
    note = checkpoints.as_note(newest)
    return Coverage(rows=leaves.count(), checkpoint=note, at=newest.signed_at)


@dataclass(frozen=True, kw_only=True)
class SignedRows:
    """The number of rows in the history of a request, and of those that a checkpoint covers."""

    rows: int
    signed: int


def signed_rows(pks: Collection[int]) -> Mapping[int, SignedRows]:
    """Return how much of the histories of some requests is signed, in two queries."""
    newest = checkpoints.newest_checkpoint() if pks else None
    leaves = Leaf.objects.filter(
        log=LogName.REQUEST, row=OuterRef("history_id"), index__lt=newest.size if newest else 0
    )
    rows = RequestUpdate.objects.filter(id__in=pks).order_by().annotate(is_signed=Exists(leaves))
    counted = rows.values_list("id").annotate(
        rows=Count("history_id"), signed=Count("history_id", filter=Q(is_signed=True))
    )
    return {pk: SignedRows(rows=number, signed=signed) for pk, number, signed in counted}


def note_verified(size: int, at: dt.datetime) -> None:
    """Store that a check found so many rows unchanged."""
    ProofState.objects.filter(pk=1).update(verified_size=size, verified_at=at)


def for_monitoring(now: dt.datetime) -> dict[str, Any]:
    """Return the age and the size of the newest checkpoint, and how long a row waits for it.

    With a time-stamp authority, also how long a checkpoint waits for a time stamp.
    """
    newest = checkpoints.newest_checkpoint()
    size = newest.size if newest else 0
    age = None if newest is None else int((now - newest.signed_at).total_seconds())
    result = {"checkpoint_seconds": age, "rows": size, "waiting_seconds": _waiting(size, now)}
    if settings.TIMESTAMP_URL:
        result["timestamp_waiting_seconds"] = timestamps.waiting_seconds(now)
    return result


def _waiting(size: int, now: dt.datetime) -> int:
    """Return the age in seconds of the first row that is in the tree and not signed."""
    leaf = Leaf.objects.filter(index__gte=size, row__isnull=False).order_by("index").first()
    if leaf is None:
        return 0
    row = PROVED_HISTORIES[leaf.log].rows([leaf.row or 0])[0]
    recorded = row.made_at if leaf.log == LogName.STATEMENT else row.history_date
    return max(int((now - recorded).total_seconds()), 0)
