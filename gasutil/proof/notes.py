"""Signed checkpoints: c2sp.org/signed-note, tlog-checkpoint and tlog-cosignature.

Keys are Ed25519. A key's name is the log's origin, or the witness's name.
"""

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

LOG_KEY, WITNESS_KEY = 0x01, 0x04
KEY_NAME = re.compile(r"[^\s+]+")
SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
COSIGNATURE_BYTES = 4 + 8 + 64  # the key's id, the time, the signature


@dataclass(frozen=True)
class PublicKey:
    """A public key with its name and type."""

    name: str
    kind: int
    content: bytes

    @classmethod
    def parse(cls, vkey: str) -> "PublicKey":
        """Return the key of a `vkey`.

        Raises:
            ValueError: it is malformed, or its id is not that of the key.
        """
        name, _, rest = vkey.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            content = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            content = b""
        if not KEY_NAME.fullmatch(name) or len(content) != 33:
            raise ValueError("A key is of the form name+id+base64, with 32 bytes of Ed25519.")
        key = cls(name, content[0], content[1:])
        if key.kind not in (LOG_KEY, WITNESS_KEY) or key.id.hex() != key_id:
            raise ValueError("The id or the type of the key is wrong.")
        return key

    @property
    def id(self) -> bytes:
        """Return the 4 bytes that signatures name the key by."""
        content = self.name.encode() + b"\n" + bytes([self.kind]) + self.content
        return hashlib.sha256(content).digest()[:4]

    @property
    def vkey(self) -> str:
        """Return the text that readers are given."""
        encoded = base64.b64encode(bytes([self.kind]) + self.content).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    def has_signed(self, text: str, line: str) -> bool:
        """Return whether a line is the signature of a text by this key of a log."""
        match = SIGNATURE_LINE.fullmatch(line)
        if match is None or match[1] != self.name or self.kind != LOG_KEY:
            return False
        content = base64.b64decode(match[2] + "==")
        return content[:4] == self.id and self._is_valid(content[4:], text.encode())

    def cosigned_at(self, text: str, line: str) -> int | None:
        """Return when a witness signed a text, in seconds since 1970, or None if it did not.

        Args:
            text: the text of the note.
            line: the line that the witness responded with.
        """
        match = SIGNATURE_LINE.fullmatch(line)
        if match is None or match[1] != self.name:
            return None
        content = base64.b64decode(match[2] + "==")
        if len(content) != COSIGNATURE_BYTES or content[:4] != self.id:
            return None
        (seconds,) = struct.unpack(">Q", content[4:12])
        message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
        return int(seconds) if self._is_valid(content[12:], message) else None

    def _is_valid(self, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.content).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """The log's private key.

    Args:
        name: the origin of the log.
        seed: 32 random bytes.
    """

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = PublicKey(name, LOG_KEY, self._key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Return the signature line of a note's text."""
        content = self.public.id + self._key.sign(text.encode())
        return f"— {self.public.name} {base64.b64encode(content).decode()}\n"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """Return the text of a checkpoint, which is signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def note(text: str, *lines: str) -> str:
    """Return a note of its text and its signature lines."""
    return f"{text}\n{''.join(lines)}"


def read_checkpoint(content: str, keys: Sequence[PublicKey]) -> tuple[int, bytes]:
    """Return the size and the root of a signed checkpoint.

    Raises:
        ValueError: it is malformed, or none of the keys has signed it.
    """
    text, separator, lines = content.rpartition("\n\n")
    text += "\n"
    signed = lines.rstrip("\n").split("\n")
    if not separator or not any(key.has_signed(text, line) for key in keys for line in signed):
        raise ValueError("This is no checkpoint that this log has signed.")
    _, size, encoded = text.rstrip("\n").split("\n")
    return int(size), base64.b64decode(encoded)
