"""Check proofs by Sigstore's code for Python, in an environment that has nothing of ours.

The file that is named has the log's key as `vkey`, and `proofs` as the API returns them.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint, verify_checkpoint


class Keyring:
    """The log's key. Sigstore's own keyring names keys by another digest than C2SP's notes."""

    def __init__(self, vkey: str) -> None:
        name, _, encoded = vkey.split("+", 2)
        content = base64.b64decode(encoded)
        self.key = Ed25519PublicKey.from_public_bytes(content[1:])
        self.key_id = hashlib.sha256(name.encode() + b"\n" + content).digest()

    def verify(self, *, key_id: bytes, signature: bytes, data: bytes) -> None:
        self.key.verify(signature, data)


def entry_of(row: dict, checkpoint: str, key_id: bytes) -> SimpleNamespace:
    """Return a row as an entry of Sigstore's log."""
    signed = SignedCheckpoint.from_text(checkpoint).checkpoint
    proof = SimpleNamespace(
        log_index=row["index"],
        tree_size=signed.log_size,
        root_hash=bytes.fromhex(signed.log_hash),
        hashes=[base64.b64decode(each) for each in row["proof"]],
        checkpoint=SimpleNamespace(envelope=checkpoint),
    )
    inner = SimpleNamespace(
        inclusion_proof=proof,
        canonicalized_body=base64.b64decode(row["entry"]),
        log_id=SimpleNamespace(key_id=key_id),
    )
    return SimpleNamespace(_inner=inner)


def main(file: Path) -> None:
    given, checked = json.loads(file.read_text(encoding="utf-8")), 0
    keyring = Keyring(given["vkey"])
    for proof in given["proofs"]:
        for row in proof["rows"]:
            entry = entry_of(row, proof["checkpoint"], keyring.key_id)
            verify_checkpoint(keyring, entry)
            verify_merkle_inclusion(entry)
            checked += 1
    sys.stdout.write(f"{checked}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
