"""The secrets that webhooks are signed with. They are kept sealed by a key that is made of `SECRET_KEY`: a dump of the database,
a replica or a backup does not hold what is needed to sign in this desk's name. Whoever has the server's settings as well has them."""

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "whsec_"
LENGTH = 32  # bytes; Standard Webhooks asks for 24 to 64


class Unreadable(Exception):
    """It was sealed with a key that this server does not know."""


def new_secret() -> str:
    """Return a secret as Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(LENGTH)).decode()


def seal(secret: str) -> str:
    """Return a secret as it is kept."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return a secret that was kept; raise `Unreadable`."""
    try:
        return _box().decrypt(sealed).decode()
    except InvalidToken as error:
        raise Unreadable from error


def reseal(sealed: str) -> str:
    """Return the same secret, sealed with the present key, so that a former one can be given up; raise `Unreadable`."""
    try:
        return _box().rotate(sealed).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _box() -> MultiFernet:
    """Return what seals with the present key, and opens with former ones too."""
    return MultiFernet([Fernet(_key(one)) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret_key: str) -> bytes:
    derived = HKDF(SHA256(), 32, salt=None, info=b"gasutil.webhook-secrets").derive(secret_key.encode())
    return base64.urlsafe_b64encode(derived)
