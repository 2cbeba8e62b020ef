"""The log's private key, which only workers need, and the keys of its witnesses."""

import base64
import binascii
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from gasutil.proof.notes import WITNESS_KEY, PublicKey, SigningKey

SEED_BYTES = 32


class NoKey(Exception):
    """There is no private key to sign with."""


@dataclass(frozen=True)
class WitnessAddress:
    """A witness that is asked to sign each checkpoint."""

    url: str
    key: PublicKey


def signing_key(origin: str) -> SigningKey:
    """Return the log's private key: `PROOF_KEY`, or the file `PROOF_KEY_FILE`.

    Raises:
        NoKey: neither has a key of 32 bytes.
    """
    try:
        seed = (
            base64.b64decode(settings.PROOF_KEY, validate=True)
            if settings.PROOF_KEY
            else Path(settings.PROOF_KEY_FILE).read_bytes()
        )
    except (OSError, binascii.Error) as error:
        raise NoKey(f"The key of the log can't be read: {error}") from error
    if len(seed) != SEED_BYTES:
        raise NoKey(f"The key of the log does not have {SEED_BYTES} bytes.")
    return SigningKey(origin, seed)


def create_key_file() -> None:
    """Create the file of the private key, readable by its owner alone, unless there is one."""
    path = Path(settings.PROOF_KEY_FILE)
    if settings.PROOF_KEY or path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was faster
        return
    with os.fdopen(file, "wb") as opened:
        opened.write(os.urandom(SEED_BYTES))


def witness_addresses() -> list[WitnessAddress]:
    """Return the witnesses of `WITNESSES`: `url vkey`, separated by commas.

    Raises:
        ValueError: one is malformed, or its key is not a witness's.
    """
    result = []
    for text in settings.WITNESSES:
        url, _, vkey = text.strip().partition(" ")
        key = PublicKey.parse(vkey)
        if key.kind != WITNESS_KEY or not url.startswith(("https://", "http://")):
            raise ValueError(f"{text!r} is no witness. Write it as `https://host vkey`.")
        result.append(WitnessAddress(url.rstrip("/"), key))
    return result
