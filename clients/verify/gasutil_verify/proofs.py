"""Proofs of a request's history: the JSON of `GET requests/{id}/proof/` and .tlog-proof files.

The proof carries each entry as the bytes that were hashed, so nothing has to be serialised again.
A personal value is proved by its disclosure: the digest of the disclosure is part of the entry.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gasutil_verify.errors import VerificationError
from gasutil_verify.merkle import check_inclusion, leaf_hash
from gasutil_verify.notes import Checkpoint, VerifierKey, decode_base64

PROOF_FIELDS = {"origin", "checkpoint", "rows"}
ROW_FIELDS = {"index", "row", "entry", "disclosures", "proof"}
EXTRA_FIELDS = {"entry", "disclosures"}
TLOG_HEADER = "c2sp.org/tlog-proof@v1"
URLSAFE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class ProvedRow:
    """A row of the history that a checkpoint covers.

    `entry` is what the leaf states; `values` are the personal values that the proof discloses.
    """

    index: int
    entry: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """A checkpoint and the rows that it covers."""

    checkpoint: Checkpoint
    rows: tuple[ProvedRow, ...]


def verify_proof(
    content: bytes,
    key: VerifierKey,
    witnesses: Iterable[VerifierKey] = (),
    quorum: int | None = None,
) -> Proof:
    """Return what a proof proves.

    Args:
        content: the bytes of the JSON, or of a .tlog-proof file.
        key: the log's key, obtained from elsewhere than the server that gave the proof.
        witnesses: keys of witnesses that the reader trusts.
        quorum: how many of them have to have signed; all if None.

    Raises:
        VerificationError: something in it does not hold, or a row has no proof yet.
    """
    if content.startswith(TLOG_HEADER.encode()):
        return _verify_file(content, key, witnesses, quorum)
    proof = _json_object(content, PROOF_FIELDS, "The proof")
    note, rows = proof["checkpoint"], proof["rows"]
    if not isinstance(note, str) or not isinstance(rows, list) or not rows:
        raise VerificationError("The proof has no checkpoint or no rows.")
    checkpoint = Checkpoint.open(note.encode(), key, witnesses, quorum)
    if proof["origin"] != checkpoint.origin:
        raise VerificationError("The proof names another log than its checkpoint.")
    proved = tuple(_verify_row(row, checkpoint) for row in rows)
    _check_one_request(proved)
    return Proof(checkpoint, proved)


def _verify_row(row: Any, checkpoint: Checkpoint) -> ProvedRow:
    if not isinstance(row, dict) or row.keys() != ROW_FIELDS:
        raise VerificationError(f"A row of the proof has other fields than {sorted(ROW_FIELDS)}.")
    if row["index"] is None:
        raise VerificationError(
            f"No checkpoint covers row {row['row']} yet: fetch the proof again."
        )
    if type(row["index"]) is not int or not isinstance(row["proof"], list):
        raise VerificationError("The index or the path of a row is malformed.")
    hashes = [decode_base64(_text(each)) for each in row["proof"]]
    proved = _proved(row["index"], _text(row["entry"]), row["disclosures"], hashes, checkpoint)
    if type(row["row"]) is not int or row["row"] != proved.entry.get("row"):
        raise VerificationError(f"Leaf {row['index']} is not of row {row['row']}.")
    return proved


def _proved(
    index: int, encoded: str, disclosures: Any, hashes: list[bytes], checkpoint: Checkpoint
) -> ProvedRow:
    entry = decode_base64(encoded)
    check_inclusion(checkpoint.root, checkpoint.size, index, leaf_hash(entry), hashes)
    stated = _json_object(entry, None, "The entry")
    return ProvedRow(index, stated, _disclosed(stated, disclosures))


def _disclosed(entry: dict[str, Any], disclosures: Any) -> dict[str, Any]:
    """Return the personal values, each of whose digest is in the entry."""
    digests = entry.get("salted", {})
    if not isinstance(disclosures, dict) or not isinstance(digests, dict):
        raise VerificationError("The disclosures are malformed.")
    values = {}
    for name, disclosure in disclosures.items():
        digest = hashlib.sha256(_text(disclosure).encode()).digest()
        if digests.get(name) != base64.urlsafe_b64encode(digest).rstrip(b"=").decode():
            raise VerificationError(f"The value of {name} is not the one that was recorded.")
        content = json_value(_decode_urlsafe(disclosure), "The disclosure")
        if not isinstance(content, list) or len(content) != 3 or content[1] != name:
            raise VerificationError(f"The disclosure of {name} is of another value.")
        values[name] = content[2]
    return values


def _check_one_request(rows: tuple[ProvedRow, ...]) -> None:
    """Check that the rows are different rows of one request, in the order of its versions.

    A customer does not get internal rows, so versions may be missing.
    """
    if len({(row.entry.get("log"), row.entry.get("request")) for row in rows}) != 1:
        raise VerificationError("The rows belong to different requests.")
    if len({row.index for row in rows}) != len(rows):
        raise VerificationError("The proof has a row twice.")
    versions = [row.entry.get("version") for row in sorted(rows, key=lambda row: row.index)]
    if any(type(version) is not int for version in versions):
        raise VerificationError("A row has no version.")
    if versions != sorted(versions):  # type: ignore[type-var]
        raise VerificationError("The versions of the request are not in their order.")


def _verify_file(
    content: bytes, key: VerifierKey, witnesses: Iterable[VerifierKey], quorum: int | None
) -> Proof:
    """Return what a .tlog-proof file proves: one row, which its line `extra` carries."""
    try:
        head, separator, note = content.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise VerificationError("The proof is not UTF-8.") from None
    lines = head.split("\n")
    if (
        not separator
        or len(lines) < 3
        or lines[0] != TLOG_HEADER
        or not lines[1].startswith("extra ")
        or not re.fullmatch(r"index (0|[1-9][0-9]{0,18})", lines[2])
    ):
        raise VerificationError("The file is no proof with an entry.")
    extra = _json_object(
        decode_base64(lines[1].removeprefix("extra ")), EXTRA_FIELDS, "The extra data"
    )
    checkpoint = Checkpoint.open(note.encode(), key, witnesses, quorum)
    hashes = [decode_base64(line) for line in lines[3:]]
    index = int(lines[2].removeprefix("index "))
    entry = _text(extra["entry"])
    return Proof(checkpoint, (_proved(index, entry, extra["disclosures"], hashes, checkpoint),))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii():
        raise VerificationError("A text is missing.")
    return value


def _decode_urlsafe(text: str) -> bytes:
    if not URLSAFE.fullmatch(text):
        raise VerificationError("A disclosure is no base64url.")
    padded = text + "=" * (-len(text) % 4)
    return decode_base64(padded.replace("-", "+").replace("_", "/"))


def json_value(content: bytes, name: str) -> Any:
    """Return the value of JSON in which no field is stated twice.

    Raises:
        VerificationError: it is no such JSON.
    """
    try:
        return json.loads(content.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise VerificationError(f"{name} is not valid JSON.") from None


def _json_object(content: bytes, fields: set[str] | None, name: str) -> dict[str, Any]:
    value = json_value(content, name)
    if not isinstance(value, dict):
        raise VerificationError(f"{name} is not an object.")
    if fields is not None and value.keys() != fields:
        raise VerificationError(f"{name} has other fields than {sorted(fields)}.")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("A field is stated twice.")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON.")
