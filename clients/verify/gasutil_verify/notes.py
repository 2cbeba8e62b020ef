"""Signed notes, checkpoints and cosignatures, as C2SP defines them.

See c2sp.org/signed-note, c2sp.org/tlog-checkpoint and c2sp.org/tlog-cosignature.
"""

import base64
import binascii
import datetime as dt
import hashlib
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gasutil_verify.errors import VerificationError
from gasutil_verify.merkle import HASH_BYTES

LOG_KEY, WITNESS_KEY = 0x01, 0x04  # types of Ed25519 keys: of a log, and of a witness
MAX_NOTE_BYTES = 64 * 1024
MAX_SIGNATURES = 100
KEY_NAME = re.compile(r"[^\s+]+")
SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
CONTROL_CHARACTER = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


def decode_base64(text: str) -> bytes:
    """Return the bytes of base64 text in its only canonical form.

    Raises:
        VerificationError: the text is anything else.
    """
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise VerificationError("The base64 text is malformed.") from None
    if base64.b64encode(value).decode() != text:
        raise VerificationError("The base64 text is not in its canonical form.")
    return value


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name, as a `vkey` states them."""

    name: str
    kind: int
    public_key: bytes

    @classmethod
    def parse(cls, vkey: str) -> "VerifierKey":
        """Return the key of a `vkey`: name, `+`, hex of its id, `+`, base64 of type and key.

        Raises:
            VerificationError: it is malformed, of another type, or its id is not that of the key.
        """
        parts = vkey.strip().split("+", 2)  # base64 contains + as well
        if len(parts) != 3 or not KEY_NAME.fullmatch(parts[0]):
            raise VerificationError("The key is not of the form name+id+base64.")
        content = decode_base64(parts[2])
        if len(content) != 1 + HASH_BYTES or content[0] not in (LOG_KEY, WITNESS_KEY):
            raise VerificationError("The key is not an Ed25519 key of a log or a witness.")
        key = cls(parts[0], content[0], content[1:])
        if key.id.hex() != parts[1]:
            raise VerificationError("The id of the key is not that of its bytes.")
        return key

    @property
    def id(self) -> bytes:
        """Return the 4 bytes by which signatures name the key."""
        content = self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key
        return hashlib.sha256(content).digest()[:4]

    @property
    def vkey(self) -> str:
        """Return the text that `parse` reads."""
        content = base64.b64encode(bytes([self.kind]) + self.public_key).decode()
        return f"{self.name}+{self.id.hex()}+{content}"

    def verify(self, text: str, signature: bytes) -> dt.datetime | None:
        """Check a signature of a note's text, and return the time that a witness states.

        Raises:
            VerificationError: the key has not signed this text.
        """
        message, time = text.encode(), None
        if self.kind == WITNESS_KEY:
            if len(signature) < 8:
                raise VerificationError(f"The cosignature of {self.name} has no time.")
            seconds = struct.unpack(">Q", signature[:8])[0]
            message = cosigned_message(text, seconds)
            signature = signature[8:]
            time = _time(seconds)
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise VerificationError(f"The signature of {self.name} is wrong.") from None
        return time


def _time(seconds: int) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, OSError, ValueError):
        raise VerificationError("A cosignature states a time that does not exist.") from None


def cosigned_message(text: str, seconds: int) -> bytes:
    """Return what a witness signs: a note's text with the time, in seconds since 1970."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


@dataclass(frozen=True)
class Note:
    """A text and its signatures: name, id of the key, and bytes."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, content: bytes) -> "Note":
        """Return the note that these bytes are.

        Raises:
            VerificationError: they are no signed note.
        """
        if len(content) > MAX_NOTE_BYTES:
            raise VerificationError("The note is too long.")
        try:
            note = content.decode()
        except UnicodeDecodeError:
            raise VerificationError("The note is not UTF-8.") from None
        if CONTROL_CHARACTER.search(note):
            raise VerificationError("The note contains control characters.")
        text, separator, lines = note.rpartition("\n\n")
        if not separator or not lines.endswith("\n"):
            raise VerificationError("The note has no signatures.")
        signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
        if len(signatures) > MAX_SIGNATURES:
            raise VerificationError("The note has too many signatures.")
        return cls(text + "\n", signatures)

    def signers(self, keys: Iterable[VerifierKey]) -> "dict[VerifierKey, dt.datetime | None]":
        """Return those of the keys that signed, with the times that witnesses state.

        Signatures by other keys are ignored.

        Raises:
            VerificationError: a signature by one of the keys is wrong.
        """
        known = {(key.name, key.id): key for key in keys}
        result = {}
        for name, key_id, signature in self.signatures:
            if key := known.get((name, key_id)):
                result[key] = key.verify(self.text, signature)
        return result


def _signature(line: str) -> tuple[str, bytes, bytes]:
    match = SIGNATURE_LINE.fullmatch(line)
    if match is None:
        raise VerificationError("A signature line of the note is malformed.")
    content = decode_base64(match[2])
    if len(content) < 5:
        raise VerificationError("A signature of the note is too short.")
    return match[1], content[:4], content[4:]


@dataclass(frozen=True)
class Checkpoint:
    """The size and root of a log, and who signed them."""

    origin: str
    size: int
    root: bytes
    witnessed_at: "dict[str, dt.datetime]" = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        content: bytes,
        key: VerifierKey,
        witnesses: Iterable[VerifierKey] = (),
        quorum: int | None = None,
    ) -> "Checkpoint":
        """Return a checkpoint that the log and enough witnesses have signed.

        Args:
            content: the bytes of the note.
            key: the log's key.
            witnesses: keys of the witnesses that the reader trusts.
            quorum: how many of them have to have signed; all if None.

        Raises:
            VerificationError: it is malformed, of another log, or signatures are missing or wrong.
        """
        trusted = {witness.name: witness for witness in witnesses}
        if key.kind != LOG_KEY or any(each.kind != WITNESS_KEY for each in trusted.values()):
            raise VerificationError("The log needs a log's key, and a witness a witness's.")
        note = Note.parse(content)
        signers = note.signers([key, *trusted.values()])
        if key not in signers:
            raise VerificationError(f"The checkpoint is not signed by {key.name}.")
        needed = len(trusted) if quorum is None else quorum
        witnessed = {signer.name: time for signer, time in signers.items() if time is not None}
        if len(witnessed) < needed:
            raise VerificationError(
                f"{len(witnessed)} of the trusted witnesses signed the checkpoint, not {needed}."
            )
        origin, size, root = parse_checkpoint(note.text)
        if origin != key.name:
            raise VerificationError(f"The checkpoint is of {origin}, not of {key.name}.")
        return cls(origin, size, root, witnessed)


def parse_checkpoint(text: str) -> tuple[str, int, bytes]:
    """Return the origin, the size and the root that a checkpoint's text states.

    Raises:
        VerificationError: it is not of exactly three lines, or one of them is malformed.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not KEY_NAME.fullmatch(lines[0]):
        raise VerificationError("A checkpoint has three lines: origin, size and root.")
    if not SIZE.fullmatch(lines[1]):
        raise VerificationError("The size of the checkpoint is not a number.")
    root = decode_base64(lines[2])
    if len(root) != HASH_BYTES:
        raise VerificationError("The root of the checkpoint does not have 32 bytes.")
    return lines[0], int(lines[1]), root
