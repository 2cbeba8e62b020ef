"""Signs the tree as it grows, and serves what was signed.

A checkpoint is signed after the leaves that it covers are committed. It is never signed for a tree
that is smaller than one that was signed before, even if the database does not know of that one.
"""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from gasutil.models import Checkpoint, Leaf, LogKey, LogStatement, ProofState
from gasutil.proof import notes, tree
from gasutil.proof.keys import signing_keys, witness_addresses
from gasutil.proof.sequencer import stored_tile
from gasutil.proof.tiles import Tile, tiles_of

STORED_CHECKPOINT = "proof/checkpoint"  # in the file store, beside full tiles
STORED_CHECKPOINT_BYTES = 10_000
TILE_FOLDER = "proof/tile/"
KEY_ADDED, KEY_ENDED = "key_added", "key_ended"  # events in the log's statements


class Forked(Exception):
    """A larger tree than this one was signed: this database lacks rows."""


def tile_reader() -> tree.Tiles:
    """Return a reader of stored tiles that reads each once."""
    return lru_cache(maxsize=1024)(stored_tile)


def sign() -> Checkpoint | None:
    """Sign the tree if it has grown, and return its newest checkpoint.

    Raises:
        NoKey: there is no private key.
        Forked: a larger tree was signed before.
    """
    with transaction.atomic():
        state = ProofState.objects.select_for_update().filter(pk=1).first()
        newest = newest_checkpoint()
        if state is None or state.size == (newest.size if newest else 0):
            return newest
        return _signed(state)


def _signed(state: ProofState) -> Checkpoint:
    keys = signing_keys(state.origin)
    root = tree.root(tile_reader(), state.size)
    text = notes.checkpoint_text(state.origin, state.size, root)
    _note_keys([key.public.vkey for key in keys], state.size)
    return Checkpoint.objects.create(
        size=state.size,
        root=root,
        signed_at=timezone.now(),
        text=text,
        signatures="".join(key.sign(text) for key in keys),
    )


def _note_keys(vkeys: Sequence[str], size: int) -> None:
    """Store from which size on a key signs, and up to which; the log says so about itself."""
    known = {key.vkey: key for key in LogKey.objects.filter(to_size=None)}
    for vkey in vkeys:
        if vkey not in known:
            LogKey.objects.update_or_create(
                vkey=vkey, defaults={"to_size": None}, create_defaults={"from_size": size}
            )
            if known:
                _state({"event": KEY_ADDED, "vkey": vkey, "from": size})
    newest = newest_checkpoint()
    for vkey, key in known.items():
        if vkey not in vkeys:
            key.to_size = newest.size if newest else 0
            key.save(update_fields=["to_size"])
            _state({"event": KEY_ENDED, "vkey": vkey, "to": key.to_size})


def _state(content: dict[str, Any]) -> None:
    LogStatement.objects.create(made_at=timezone.now(), content=content)


def newest_checkpoint(*, witnesses: int = 0) -> Checkpoint | None:
    """Return the newest checkpoint, or the newest that enough witnesses have signed."""
    rows: QuerySet[Checkpoint] = Checkpoint.objects.order_by("-size")
    if not witnesses:
        return rows.first()
    names = [witness.key.name for witness in witness_addresses()]
    for checkpoint in rows.filter(cosignatures__isnull=False).distinct()[:100]:
        signers = {each.witness for each in checkpoint.cosignatures.all()}
        if len(signers & set(names)) >= witnesses:
            return checkpoint
    return None


def origin() -> str:
    """Return the origin of the log."""
    state = ProofState.objects.filter(pk=1).first()
    return state.origin if state else str(settings.PROOF_ORIGIN)


def quorum() -> int:
    """Return how many witnesses have to sign a checkpoint for it to count as witnessed."""
    return min(settings.WITNESS_QUORUM, len(witness_addresses()))


def as_note(checkpoint: Checkpoint) -> str:
    """Return a checkpoint as a signed note, with the lines of the witnesses."""
    lines = [f"{each.line}\n" for each in checkpoint.cosignatures.order_by("witness")]
    return notes.note(checkpoint.text, checkpoint.signatures, *lines)


def tile_bytes(tile: Tile) -> bytes | None:
    """Return the hashes of a tile that a checkpoint covers, or None."""
    newest = newest_checkpoint()
    if newest is None or not tile.is_in(newest.size):
        return None
    return b"".join(stored_tile(tile.level, tile.number)[: tile.width])


def age_of_oldest_uncovered(now: dt.datetime) -> dt.timedelta | None:
    """Return how long ago the newest checkpoint was signed, if leaves wait for the next."""
    newest = newest_checkpoint()
    size = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    if size is None or (newest and newest.size > size):
        return None
    return now - newest.signed_at if newest else dt.timedelta.max


# --- The copy in the file store
# --------------------------------------------------------------------------------------------------
# A restored backup has a shorter tree than was signed. The copy tells, and has the lost leaves.


def check_not_forked() -> None:
    """Check that no larger tree was signed than this database has.

    Raises:
        Forked: one was.
    """
    state = ProofState.objects.filter(pk=1).first()
    if state is None:
        return
    stored = stored_size(state.origin)
    if stored > state.size:
        raise Forked(
            f"A tree of {stored} leaves was signed; this database has {state.size}. If it was"
            " restored from a backup, run `manage.py recover_proof`."
        )


def stored_size(log_origin: str) -> int:
    """Return the size of the checkpoint in the file store, or 0."""
    try:
        with default_storage.open(STORED_CHECKPOINT) as file:
            lines = file.read(STORED_CHECKPOINT_BYTES).decode().split("\n")
    except FileNotFoundError:
        return 0
    return int(lines[1]) if lines[0] == log_origin and len(lines) > 1 else 0


def copy_to_store() -> None:
    """Copy the newest checkpoint and the tiles that are new to the file store.

    Partial tiles of the checkpoint before are deleted.
    """
    newest = newest_checkpoint()
    if newest is None:
        return
    since = stored_size(origin())
    if since >= newest.size:
        return
    tiles = tiles_of(newest.size)
    for tile in tiles:
        if not tile.is_in(since):
            content = b"".join(stored_tile(tile.level, tile.number)[: tile.width])
            _replace(f"{TILE_FOLDER}{tile.path}", content)
    _replace(STORED_CHECKPOINT, as_note(newest).encode())
    for tile in set(tiles_of(since)) - set(tiles):
        default_storage.delete(f"{TILE_FOLDER}{tile.path}")


def _replace(name: str, content: bytes) -> None:
    default_storage.delete(name)
    default_storage.save(name, ContentFile(content))
