"""A witness (c2sp.org/tlog-witness): it cosigns a log's checkpoint if it extends the one before.

It stores the last checkpoint of each log before it answers, so that it can never be brought to
sign two histories. It only proves something where the log's operator can't reach it: run it on
another machine, operated by someone else.
"""

import base64
import hashlib
import http.server
import re
import sqlite3
import struct
import threading
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gasutil_verify.errors import VerificationError
from gasutil_verify.merkle import EMPTY_ROOT, check_consistency
from gasutil_verify.notes import (
    MAX_NOTE_BYTES,
    WITNESS_KEY,
    Note,
    VerifierKey,
    cosigned_message,
    decode_base64,
    parse_checkpoint,
)

MAX_PROOF_HASHES = 63
OLD_SIZE = re.compile(r"old (0|[1-9][0-9]{0,18})")
TIMEOUT_SECONDS = 10
SCHEMA = """
CREATE TABLE IF NOT EXISTS seen (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL
)
"""


class Rejected(Exception):
    """The status and the text that the witness responds with."""

    def __init__(self, status: int, text: str, content_type: str = "text/plain") -> None:
        super().__init__(text)
        self.status, self.text, self.content_type = status, text, content_type


class Witness:
    """The key, the logs that the witness knows, and what it has seen of each.

    Args:
        name: the name of the witness's key, for example `witness.example/w1`.
        key_file: where the 32 bytes of the private key are; created with mode 0600 if missing.
        database: a SQLite file for the last checkpoint of each log.
        logs: the keys of the logs. Several keys of one origin are allowed while it changes keys.
    """

    def __init__(
        self, name: str, key_file: Path, database: Path, logs: Iterable[VerifierKey]
    ) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(_seed(key_file))
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = VerifierKey(name, WITNESS_KEY, public)
        self._logs = tuple(logs)
        self._lock = threading.Lock()
        self._file = database
        with closing(self._open()) as opened:
            opened.execute(SCHEMA)

    def add_checkpoint(self, body: bytes) -> str:
        """Return the cosignature line of a checkpoint, after storing that it was seen.

        Raises:
            Rejected: 400 malformed, 403 not signed by the log, 404 an unknown log, 409 another size
                was seen last, 422 it does not extend what was seen.
        """
        old, proof, note_bytes = _parse_body(body)
        try:
            note = Note.parse(note_bytes)
            origin, size, root = parse_checkpoint(note.text)
        except VerificationError as error:
            raise Rejected(400, str(error)) from None
        self._check_signature(note, origin)
        if old > size:
            raise Rejected(400, "The old size is larger than the checkpoint's.")
        with self._lock, closing(self._open()) as database:
            self._check_extends(database, origin, old, size, root, proof)
            database.execute(
                "INSERT INTO seen VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE "
                "SET size = excluded.size, root = excluded.root, note = excluded.note",
                (origin, size, root, note_bytes),
            )
        return self._cosign(note.text)

    def checkpoint(self, origin_hash: str) -> bytes:
        """Return the last checkpoint seen of the log with this SHA-256 of its origin, in hex.

        Raises:
            Rejected: 404 for a log of which none was seen.
        """
        with closing(self._open()) as database:
            rows = database.execute("SELECT origin, note FROM seen").fetchall()
        for origin, note in rows:
            if hashlib.sha256(origin.encode()).hexdigest() == origin_hash:
                content: bytes = note
                text = Note.parse(content).text
                return content + self._cosign(text).encode()
        raise Rejected(404, "No checkpoint of this log was seen.")

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._file, isolation_level=None)
        database.execute("PRAGMA synchronous=FULL")
        return database

    def _check_signature(self, note: Note, origin: str) -> None:
        keys = [key for key in self._logs if key.name == origin]
        if not keys:
            raise Rejected(404, "This log is not known here.")
        try:
            signers = note.signers(keys)
        except VerificationError as error:
            raise Rejected(403, str(error)) from None
        if not signers:
            raise Rejected(403, "The checkpoint is not signed by a known key of the log.")

    def _check_extends(
        self,
        database: sqlite3.Connection,
        origin: str,
        old: int,
        size: int,
        root: bytes,
        proof: list[bytes],
    ) -> None:
        row = database.execute("SELECT size, root FROM seen WHERE origin = ?", (origin,)).fetchone()
        seen_size, seen_root = row or (0, EMPTY_ROOT)
        if old != seen_size:
            raise Rejected(409, str(seen_size), "text/x.tlog.size")
        if old == 0:
            if proof:
                raise Rejected(400, "From an empty log, the proof is empty.")
            return
        try:
            check_consistency(seen_root, old, root, size, proof)
        except VerificationError as error:
            raise Rejected(422, str(error)) from None

    def _cosign(self, text: str) -> str:
        seconds = int(time.time())
        signature = self._key.sign(cosigned_message(text, seconds))
        content = self.key.id + struct.pack(">Q", seconds) + signature
        return f"— {self.key.name} {base64.b64encode(content).decode()}\n"


def _seed(path: Path) -> bytes:
    """Return the private key of a file, which is created if it is missing."""
    if not path.exists():
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(Ed25519PrivateKey.generate().private_bytes_raw())
    return path.read_bytes()


def _parse_body(body: bytes) -> tuple[int, list[bytes], bytes]:
    """Return the old size, the proof and the note of a request body.

    Raises:
        Rejected: 400.
    """
    head, separator, note = body.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
        proof = [decode_base64(line) for line in lines[1:]]
    except (UnicodeDecodeError, VerificationError):
        raise Rejected(400, "The proof is malformed.") from None
    match = OLD_SIZE.fullmatch(lines[0])
    if not separator or match is None or len(proof) > MAX_PROOF_HASHES:
        raise Rejected(400, "The body has the old size, a proof, an empty line and a checkpoint.")
    return int(match[1]), proof, note


class _Handler(http.server.BaseHTTPRequestHandler):
    timeout = TIMEOUT_SECONDS
    server: "WitnessServer"

    def do_POST(self) -> None:
        """Respond to `/add-checkpoint`."""
        self._respond(self._post)

    def do_GET(self) -> None:
        """Respond to `/<SHA-256 of an origin>/checkpoint`."""
        self._respond(self._get)

    def _post(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > 2 * MAX_NOTE_BYTES:
            raise Rejected(413, "The body is too long, or its length is missing.")
        if self.path != "/add-checkpoint":
            raise Rejected(404, "Not found.")
        return self.server.witness.add_checkpoint(self.rfile.read(int(length))).encode()

    def _get(self) -> bytes:
        match = re.fullmatch(r"/([0-9a-f]{64})/checkpoint", self.path)
        if match is None:
            raise Rejected(404, "Not found.")
        return self.server.witness.checkpoint(match[1])

    def _respond(self, call: Any) -> None:
        status, content_type = 200, "text/plain; charset=utf-8"
        try:
            content = call()
        except Rejected as error:
            status, content_type = error.status, error.content_type
            content = f"{error.text}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name of the base class)
        """Log nothing but what the base class logs as an error."""


class WitnessServer(http.server.ThreadingHTTPServer):
    """An HTTP server for one witness. Put a proxy with TLS before it."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        super().__init__(address, _Handler)
        self.witness = witness
