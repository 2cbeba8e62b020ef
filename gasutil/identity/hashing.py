"""Password hashing: argon2id, with a limit on concurrent hashes."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher

from gasutil.errors import Busy

GATE = threading.BoundedSemaphore(4)
# A request thread waits no longer, so that a flood of logins does not block all of them.
WAIT_SECONDS = 1


@contextmanager
def gate() -> Iterator[None]:
    """Run at most four hashes at once; raise `Busy` for a caller who has waited too long."""
    if not GATE.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        GATE.release()


class GatedArgon2Hasher(Argon2PasswordHasher):
    """argon2id with 19 MiB, two passes and one lane.

    This is the least that OWASP asks for, and takes a tenth of the time of Django's default. Under
    ASGI nothing else bounds how many logins run at once, and each of them takes its memory.
    """

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of a password."""
        with gate():
            return super().encode(unicodedata.normalize("NFC", password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Return whether a password matches a hash, in any normal form.

        Older hashes are of the unnormalised text.
        """
        forms = dict.fromkeys(
            (
                unicodedata.normalize("NFC", password),
                password,
                unicodedata.normalize("NFD", password),
            )
        )
        with gate():
            return any(super(GatedArgon2Hasher, self).verify(form, encoded) for form in forms)
