"""Lets the log of a restored database go on, without forking it.

A backup has fewer leaves than were signed after it was made. Their hashes are in the file store:
they become leaves without a row, so that all proofs stay valid, and the log says what was lost.
"""

from typing import NamedTuple

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from gasutil.models import (
    Checkpoint,
    Leaf,
    LogKey,
    LogName,
    LogStatement,
    ProofState,
    RequestUpdate,
)
from gasutil.proof import checkpoints, sequencer, tree
from gasutil.proof.notes import PublicKey, read_checkpoint
from gasutil.proof.tiles import Tile, tiles_of

SPARE_NUMBERS = 1000  # of rows that were written after the last leaf


class NotRecoverable(Exception):
    """The file store does not have what was signed, or not of this log."""


class Recovered(NamedTuple):
    """The leaves that were added without rows."""

    first: int
    number: int


def recover() -> Recovered:
    """Add the leaves that this database lacks, as the file store has them.

    Raises:
        NotRecoverable: the copy is missing, damaged, of another log, or of another history.
    """
    with transaction.atomic():
        state = ProofState.objects.select_for_update().filter(pk=1).first()
        if state is None:
            raise NotRecoverable("This database has no log.")
        note, size, root = _stored(state.origin)
        if size <= state.size:
            raise NotRecoverable(f"Nothing is missing: {state.size} leaves, {size} were signed.")
        hashes = _stored_leaves(size)
        first = _check(state, hashes, root)
        sequencer.add_lost(state, hashes[first:])
        LogStatement.objects.create(
            made_at=timezone.now(),
            content={"event": "recovered", "from": first, "to": size},
        )
        text, _, lines = note.rpartition("\n\n")
        Checkpoint.objects.create(
            size=size,
            root=root,
            signed_at=timezone.now(),
            text=f"{text}\n",
            signatures=f"{lines.splitlines()[0]}\n",
        )
        state.positions = {}
        state.save(update_fields=["size", "positions"])
        _skip_numbers(size - first + SPARE_NUMBERS)
    return Recovered(first, size - first)


def _stored(origin: str) -> tuple[str, int, bytes]:
    """Return the stored checkpoint: the note, its size and its root."""
    keys = [PublicKey.parse(vkey) for vkey in LogKey.objects.values_list("vkey", flat=True)]
    try:
        with default_storage.open(checkpoints.STORED_CHECKPOINT) as file:
            note = file.read(checkpoints.STORED_CHECKPOINT_BYTES).decode()
        size, root = read_checkpoint(note, keys)
    except (OSError, ValueError) as error:
        raise NotRecoverable(f"The stored checkpoint can't be used: {error}") from error
    if not note.startswith(f"{origin}\n"):
        raise NotRecoverable("The stored checkpoint is of another log.")
    return note, size, root


def _stored_leaves(size: int) -> list[bytes]:
    """Return the hashes of all leaves, from the stored tiles."""
    hashes: list[bytes] = []
    for tile in tiles_of(size):
        if tile.level == 0:
            hashes += _read(tile)
    return hashes


def _read(tile: Tile) -> list[bytes]:
    try:
        with default_storage.open(f"{checkpoints.TILE_FOLDER}{tile.path}") as file:
            content = file.read()
    except OSError as error:
        raise NotRecoverable(f"The tile {tile.path} can't be read: {error}") from error
    if len(content) != tile.width * tree.HASH_BYTES:
        raise NotRecoverable(f"The tile {tile.path} is damaged.")
    return [content[at : at + tree.HASH_BYTES] for at in range(0, len(content), tree.HASH_BYTES)]


def _check(state: ProofState, hashes: list[bytes], root: bytes) -> int:
    """Check that the copy is what was signed and begins with our leaves; return our size."""
    growing = tree.Range()
    for value in hashes:
        growing.append(value)
    if growing.root() != root:
        raise NotRecoverable("The stored tiles are not those that were signed.")
    ours = Leaf.objects.order_by("index").values_list("hash", flat=True)
    for index, value in enumerate(ours.iterator()):
        if bytes(value) != hashes[index]:
            raise NotRecoverable(f"Leaf {index} of this database is not the one that was signed.")
    return state.size


def _skip_numbers(number: int) -> None:
    """Let the next row of the history have a number that no lost row had."""
    table, column = RequestUpdate._meta.db_table, RequestUpdate._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(s, nextval(s) + %s) FROM pg_get_serial_sequence(%s, %s) AS s",
                [number, table, column],
            )
        else:
            cursor.execute(
                "UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [number, table]
            )


def lost_leaves() -> int:
    """Return how many leaves have no row because they were lost in a restore."""
    return Leaf.objects.filter(log=LogName.LOST).count()
