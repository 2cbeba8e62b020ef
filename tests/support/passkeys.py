"""An authenticator in software: it creates passkeys and signs with them, as a security key does."""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.cache import SessionStore
from webauthn.helpers import bytes_to_base64url, encode_cbor

from gasutil.access import Actor
from gasutil.identity import passkeys
from gasutil.models import User
from gasutil.workflow import passkeys as verbs
from tests.support.people import PASSWORD

SITE = "https://desk.example.com"
PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40  # flags of what an authenticator signs


class Authenticator:
    """A device with one passkey. Its counter goes up with each signature, unless it is 0."""

    def __init__(self, *, count: int = 1, flags: int = PRESENT | VERIFIED) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.count, self.flags = count, flags

    def create(self, options: dict[str, Any], **changed: Any) -> str:
        """Return a new passkey for the options of a registration."""
        client_data = _client_data("webauthn.create", options, changed)
        data = self._authenticator_data(options["rp"]["id"], self.flags | WITH_KEY)
        data += bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        attestation = {"fmt": "none", "attStmt": {}, "authData": data + self._public_key()}
        return self._credential(
            clientDataJSON=client_data,
            attestationObject=encode_cbor(attestation),
            transports=["usb", "by pigeon"],
        )

    def sign(self, options: dict[str, Any], **changed: Any) -> str:
        """Return what the passkey signs for the options of an authentication."""
        client_data = _client_data("webauthn.get", options, changed)
        self.count += 1 if self.count else 0
        data = self._authenticator_data(options["rpId"], self.flags)
        digest = hashlib.sha256(client_data).digest()
        return self._credential(
            clientDataJSON=client_data,
            authenticatorData=data,
            signature=self.key.sign(data + digest, ec.ECDSA(SHA256())),
        )

    def _authenticator_data(self, relying_party: str, flags: int) -> bytes:
        host = hashlib.sha256(relying_party.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4, "big")

    def _public_key(self) -> bytes:
        point = self.key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _credential(self, **response: Any) -> str:
        sent = {
            name: bytes_to_base64url(value) if isinstance(value, bytes) else value
            for name, value in response.items()
        }
        identifier = bytes_to_base64url(self.credential_id)
        return json.dumps(
            {"id": identifier, "rawId": identifier, "type": "public-key", "response": sent}
        )


def _client_data(kind: str, options: dict[str, Any], changed: dict[str, Any]) -> bytes:
    data = {"type": kind, "challenge": options["challenge"], "origin": settings.SITE_URL}
    return json.dumps(data | {"crossOrigin": False} | changed).encode()


def add_passkey(
    user: User, device: Authenticator | None = None, *, name: str = "Phone"
) -> tuple[Authenticator, list[str]]:
    """Add a passkey to an account; return its device and the new recovery codes."""
    device = device or Authenticator()
    session, actor = SessionStore(), Actor(user)
    options = verbs.begin_registration(session, actor=actor, name=name, password=PASSWORD)
    codes = verbs.finish_registration(
        session, actor=actor, name=name, credential=device.create(options)
    )
    user.refresh_from_db()
    return device, codes


def authenticate(user: User, device: Authenticator, session: SessionBase | None = None) -> None:
    """Use a passkey, as after the password."""
    session = session or SessionStore()
    options = passkeys.authentication_options(session, user)
    passkeys.require_passkey(session, user, device.sign(options))
