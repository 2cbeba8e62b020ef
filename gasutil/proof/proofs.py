"""Proofs of the rows of a request, as the API and the console give them."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from gasutil import access
from gasutil.access import Actor, Role
from gasutil.models import Checkpoint, Leaf, LogKey, LogName, ServiceRequest
from gasutil.proof import checkpoints, entries, tree
from gasutil.proof.entries import PROVED_HISTORIES
from gasutil.proof.keys import witness_addresses

TLOG_HEADER = "c2sp.org/tlog-proof@v1"
STAFF_ONLY = {"incident"}  # values that a customer can't see
MANAGERS_ONLY = {"ip"}
SEES_ADDRESSES = "gasutil.view_requestupdate"


def proof_of(actor: Actor, obj: ServiceRequest) -> dict[str, Any]:
    """Return the proof of all rows of a request that the actor may see.

    `index` is null for a row that the checkpoint does not cover yet, and `entry` for one that is
    not in the tree yet.
    """
    source = PROVED_HISTORIES[LogName.REQUEST]
    checkpoint = checkpoints.newest_checkpoint()
    rows = list(access.log_of(actor, obj.pk).order_by("history_id"))
    leaves = {
        leaf.row: leaf
        for leaf in Leaf.objects.filter(log=source.log, row__in=[row.pk for row in rows])
    }
    stated = entries.stated(source, rows)
    tiles = checkpoints.tile_reader()
    return {
        "origin": checkpoints.origin(),
        "checkpoint": checkpoints.as_note(checkpoint) if checkpoint else None,
        "rows": [
            _row(actor, row, leaves.get(row.pk), stated.get(row.pk, {}), checkpoint, tiles)
            for row in rows
        ],
    }


def _row(
    actor: Actor,
    row: Any,
    leaf: Leaf | None,
    stated: Mapping[str, Any],
    checkpoint: Checkpoint | None,
    tiles: tree.Tiles,
) -> dict[str, Any]:
    """Return the proof of one row."""
    if leaf is None:
        return {"index": None, "row": row.pk, "entry": None, "disclosures": {}, "proof": []}
    source = PROVED_HISTORIES[LogName.REQUEST]
    is_covered = checkpoint is not None and leaf.index < checkpoint.size
    disclosed = entries.disclosures(source, row, leaf, stated)
    hidden = _hidden_from(actor)
    path = (
        tree.inclusion_proof(tiles, leaf.index, checkpoint.size)
        if checkpoint and is_covered
        else []
    )
    return {
        "index": leaf.index if is_covered else None,
        "row": row.pk,
        "entry": _base64(entries.entry(source, row, leaf, {})),
        "disclosures": {name: text for name, text in disclosed.items() if name not in hidden},
        "proof": [_base64(each) for each in path],
    }


def _hidden_from(actor: Actor) -> set[str]:
    """Return the names of the values that an actor can't see."""
    is_manager = actor.role == Role.SUPPORT and access.has_permission(actor, SEES_ADDRESSES)
    return (set() if actor.is_staff else STAFF_ONLY) | (set() if is_manager else MANAGERS_ONLY)


def as_tlog_proof(proof: Mapping[str, Any], row: int) -> str | None:
    """Return one row of a proof as a .tlog-proof file, or None if no checkpoint covers it.

    The line `extra` has the entry and its disclosures.
    """
    proved = next((each for each in proof["rows"] if each["row"] == row), None)
    if proved is None or proved["index"] is None:
        return None
    extra = {"entry": proved["entry"], "disclosures": proved["disclosures"]}
    lines = [
        TLOG_HEADER,
        f"extra {_base64(json.dumps(extra, separators=(',', ':')).encode())}",
        f"index {proved['index']}",
        *proved["proof"],
    ]
    return "\n".join(lines) + f"\n\n{proof['checkpoint']}"


def keys() -> dict[str, Any]:
    """Return the keys of the log and of its witnesses."""
    witnesses = witness_addresses()
    return {
        "origin": checkpoints.origin(),
        "vkeys": [
            {"vkey": key.vkey, "from": key.from_size, "to": key.to_size}
            for key in LogKey.objects.order_by("from_size", "pk")
        ],
        "witnesses": [witness.key.vkey for witness in witnesses],
        "quorum": checkpoints.quorum(),
    }


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
