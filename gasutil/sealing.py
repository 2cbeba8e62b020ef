"""Secrets that are stored encrypted, with a key derived from `SECRET_KEY`.

They sign webhooks, make the codes of a second factor, or are part of a response that is stored for
its `Idempotency-Key`.

A dump of the database, a replica or a backup alone is not enough to sign for this installation: the
server's settings are needed as well.
"""

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_PREFIX = "whsec_"
SECRET_BYTES = 32  # Standard Webhooks asks for 24 to 64


class UnreadableSecret(Exception):
    """The secret was encrypted with a key that this server does not have."""


def new_secret() -> str:
    """Return a secret as Standard Webhooks writes it."""
    return KEY_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def seal(secret: str) -> str:
    """Return a secret, encrypted for storage."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt a stored secret; raise `Unreadable`."""
    try:
        return _box().decrypt(sealed).decode()
    except InvalidToken as error:
        raise UnreadableSecret from error


def reseal(sealed: str) -> str:
    """Return the same secret, sealed with the present key, so that a former one can be given up.

    Raise `Unreadable`.
    """
    try:
        return _box().rotate(sealed).decode()
    except InvalidToken as error:
        raise UnreadableSecret from error


def _box() -> MultiFernet:
    """Return the cipher that encrypts with the present key, and decrypts with former ones too."""
    return MultiFernet(
        [Fernet(_key(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _key(secret_key: str) -> bytes:
    derived = HKDF(SHA256(), 32, salt=None, info=b"gasutil.webhook-secrets").derive(
        secret_key.encode()
    )
    return base64.urlsafe_b64encode(derived)
