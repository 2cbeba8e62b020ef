"""The log's private keys, which only workers need, and the keys of its witnesses."""

import base64
import binascii
import os
from contextlib import suppress
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


def signing_keys(origin: str) -> list[SigningKey]:
    """Return the log's private keys: the present one, and the one that it is replacing, if any.

    The present one is `PROOF_KEY`, or the file `PROOF_KEY_FILE`; the other one is
    `PROOF_FORMER_KEY`, or the file beside it that `manage.py rotate_proof_key` makes.

    Raises:
        NoKey: there is no present key, or one does not have 32 bytes.
    """
    keys = [_key(origin, settings.PROOF_KEY, Path(settings.PROOF_KEY_FILE))]
    if settings.PROOF_FORMER_KEY or former_key_file().exists():
        keys.append(_key(origin, settings.PROOF_FORMER_KEY, former_key_file()))
    return keys


def _key(origin: str, encoded: str, file: Path) -> SigningKey:
    try:
        seed = base64.b64decode(encoded, validate=True) if encoded else file.read_bytes()
    except (OSError, binascii.Error) as error:
        raise NoKey(f"The key of the log can't be read: {error}") from error
    if len(seed) != SEED_BYTES:
        raise NoKey(f"The key of the log does not have {SEED_BYTES} bytes.")
    return SigningKey(origin, seed)


def former_key_file() -> Path:
    """Return the file of the key that is being replaced."""
    return Path(f"{settings.PROOF_KEY_FILE}.former")


def create_key_file() -> None:
    """Create the file of the private key, readable by its owner alone, unless there is one."""
    path = Path(settings.PROOF_KEY_FILE)
    if settings.PROOF_KEY or path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # another process was faster
        _write_key(path)


def _write_key(path: Path) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as opened:
        opened.write(os.urandom(SEED_BYTES))


def begin_rotation() -> None:
    """Replace the file of the private key by a new one; the old one becomes the former key.

    A crash at any point leaves a key to sign with, and this can be called again.

    Raises:
        FileExistsError: the last rotation has not ended.
        NoKey: there is no file to replace.
    """
    path, former = Path(settings.PROOF_KEY_FILE), former_key_file()
    if former.exists() and path.exists() and former.samefile(path):  # of a call that crashed
        former.unlink()
    try:
        os.link(path, former)
    except FileNotFoundError as error:
        raise NoKey(f"The key of the log can't be read: {error}") from error
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    _write_key(new)
    new.replace(path)


def end_rotation() -> bool:
    """Delete the former key; return whether there was one."""
    is_there = former_key_file().exists()
    former_key_file().unlink(missing_ok=True)
    return is_there


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
