"""How passwords are hashed: argon2id, and never too many at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher

from gasutil.errors import Busy

GATE = threading.BoundedSemaphore(4)
PATIENCE = 10  # seconds


@contextmanager
def gate() -> Iterator[None]:
    """Let four hashes run at once; raise `Busy` for whoever has waited too long."""
    if not GATE.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        GATE.release()


class GatedArgon2Hasher(Argon2PasswordHasher):
    """argon2id with 19 MiB, two passes and one lane: what OWASP asks at least, a tenth of the time of Django's default.

    Under ASGI nothing else bounds how many logins run at once, and each of them takes its memory.
    """

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of a password."""
        with gate():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Return whether a password is the hashed one."""
        with gate():
            return super().verify(password, encoded)
