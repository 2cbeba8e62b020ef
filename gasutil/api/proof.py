"""The public log and the proofs of requests."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from gasutil import access
from gasutil.access import Actor
from gasutil.errors import FieldError, Invalid, NotFound
from gasutil.models import ServiceRequest
from gasutil.proof import checkpoints, proofs
from gasutil.proof.tiles import Tile

PLAIN_TEXT, BINARY = "text/plain; charset=utf-8", "application/octet-stream"
DISPOSITION = "attachment; filename={}-{}.tlog-proof"


class LogKeyPeriod(Schema):
    """A key of the log, and the sizes of the log between which it signs."""

    vkey: str = Field(
        description="The public key, as C2SP's signed notes write it.",
        examples=["desk.example/log/1+4d369d2e+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"],
    )
    from_: int = Field(alias="from", description="The first size that it signed.", examples=[1])
    to: int | None = Field(
        description="The last size that it signed, or null if it still signs.", examples=[None]
    )


class LogKeys(Schema):
    """The keys with which checkpoints are checked. Get them from elsewhere too."""

    origin: str = Field(description="The name of the log.", examples=["desk.example/log/1"])
    vkeys: list[LogKeyPeriod]
    witnesses: list[str] = Field(
        description="The keys of the witnesses that are asked.", examples=[[]]
    )
    quorum: int = Field(
        description="How many witnesses sign a checkpoint that counts as witnessed.", examples=[1]
    )


class ProvedRow(Schema):
    """A row of the history, and what proves that it is in the log."""

    index: int | None = Field(
        description="The number of the leaf, or null if no checkpoint covers the row yet.",
        examples=[1204],
    )
    row: int = Field(description="The ID of the update.", examples=[2])
    entry: str | None = Field(
        description="The bytes of the leaf in base64, or null if the row is not in the log yet.",
        examples=["eyJhdCI6IjIwMjYtMTEtMjNUMTQ6MzA6MDBaIn0="],
    )
    disclosures: dict[str, str] = Field(
        description="What proves the personal values in the entry: name → disclosure (RFC 9901).",
        examples=[{}],
    )
    proof: list[str] = Field(
        description="Hashes in base64, from the leaf up.",
        examples=[["n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="]],
    )


class RequestProof(Schema):
    """The proof of the history of a request. `gasutil_verify` checks it."""

    origin: str = Field(description="The name of the log.", examples=["desk.example/log/1"])
    checkpoint: str | None = Field(
        description="The signed checkpoint, or null if nothing was signed yet.",
        examples=["desk.example/log/1\n1204\nn4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\n"],
    )
    rows: list[ProvedRow]


def get_checkpoint(*, witnessed: bool = False) -> HttpResponse:
    """Return the newest checkpoint of the log as a signed note."""
    witnesses = checkpoints.quorum() if witnessed else 0
    checkpoint = checkpoints.newest_checkpoint(witnesses=witnesses)
    if checkpoint is None or (witnessed and not witnesses):
        raise NotFound
    return HttpResponse(checkpoints.as_note(checkpoint), content_type=PLAIN_TEXT)


def get_log_key() -> dict[str, Any]:
    """Return the keys of the log and of its witnesses."""
    return proofs.keys()


def get_tile(*, tile: str) -> HttpResponse:
    """Return a tile of hashes, as C2SP's tiled logs name them."""
    place = Tile.parse(tile)
    content = checkpoints.tile_bytes(place) if place else None
    if content is None:
        raise NotFound
    return HttpResponse(content, content_type=BINARY)


def get_request_proof(
    pk: int,
    *,
    actor: Actor,
    format: str = "json",  # noqa: A002 (the name of the parameter)
    row: int | None = None,
) -> dict[str, Any] | HttpResponse:
    """Return the proof of the history of a request, as far as the caller can see it."""
    obj = access.find(actor, ServiceRequest, pk)
    proof = proofs.proof_of(actor, obj)
    if format == "json":
        return proof
    if row is None:
        raise Invalid([FieldError("row", "required", _("Name the row."))])
    file = proofs.as_tlog_proof(proof, row)
    if file is None:
        raise NotFound
    disposition = DISPOSITION.format(obj.reference, row)
    headers = {"Content-Disposition": disposition}
    return HttpResponse(file, content_type=PLAIN_TEXT, headers=headers)
