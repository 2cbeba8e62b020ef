"""A real time-stamp authority (RFC 3161): `openssl ts` below a root of its own."""

import datetime as dt
import subprocess
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.support.webhook_receiver import Handler

CONFIGURATION = """
[authority]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""
YEAR = dt.timedelta(days=365)


class TimestampAuthority:
    """An authority that stamps what it is asked to.

    Args:
        folder: for its keys; it is created.
        valid_for: the validity of its certificate from now on; negative if it has expired.
    """

    def __init__(self, folder: Path, *, valid_for: dt.timedelta = YEAR) -> None:
        folder.mkdir()
        self.folder, self.roots = folder, folder / "root.pem"
        root_key, key = _key(), _key()
        now = dt.datetime.now(dt.UTC)
        root = _certificate("Root", "Root", root_key, now + YEAR).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        signer = _certificate("Time stamps", "Root", key, now + valid_for).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
        for path, builder in ((self.roots, root), (folder / "signer.pem", signer)):
            signed = builder.sign(root_key, hashes.SHA256())
            path.write_bytes(signed.public_bytes(Encoding.PEM))
        (folder / "key.pem").write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        (folder / "serial").write_text("01\n")
        (folder / "openssl.cnf").write_text(CONFIGURATION.format(folder=folder))

    def stamp(self, query: bytes) -> bytes:
        """Return the response to a query."""
        (self.folder / "query.tsq").write_bytes(query)
        openssl_ts(
            *("-reply", "-queryfile", "query.tsq", "-out", "response.tsr"),
            *("-config", "openssl.cnf", "-section", "authority"),
            *("-signer", "signer.pem", "-inkey", "key.pem"),
            folder=self.folder,
        )
        return (self.folder / "response.tsr").read_bytes()

    def answer(
        self, change: Callable[[bytes], bytes] = lambda query: query
    ) -> Callable[[Handler], None]:
        """Return what lets a `Receiver` respond as this authority, to a query that is changed."""

        def respond(handler: Handler) -> None:
            response = self.stamp(change(handler.server.got[-1].body))
            handler.answer(200, response, Content_Type="application/timestamp-reply")

        return respond


def openssl_ts(*arguments: str, folder: Path) -> str:
    """Run `openssl ts`, and return what it prints."""
    command = ["openssl", "ts", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _certificate(
    subject: str, issuer: str, key: rsa.RSAPrivateKey, until: dt.datetime
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        subject_name=_name(subject),
        issuer_name=_name(issuer),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=until - 2 * YEAR,
        not_valid_after=until,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
