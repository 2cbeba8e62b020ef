"""The storage of the two tokens of a login."""

import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from gasutil_client.files import locked, write
from gasutil_client.generated.models import TokenPair


class TokenStore(Protocol):
    """Stores the tokens of one login."""

    def load(self) -> TokenPair | None:
        """Return the tokens, or None if no user is logged in."""

    def save(self, tokens: TokenPair | None) -> None:
        """Store the tokens, or forget them."""

    def alone(self) -> AbstractContextManager[None]:
        """Prevent others who share the tokens from refreshing them.

        A refresh token is valid once.
        """


class MemoryTokens:
    """Stores the tokens in memory."""

    def __init__(self, tokens: TokenPair | None = None) -> None:
        self.tokens = tokens
        self.lock = threading.Lock()

    def load(self) -> TokenPair | None:
        """Return the tokens, or None if no user is logged in."""
        return self.tokens

    def save(self, tokens: TokenPair | None) -> None:
        """Store the tokens, or forget them."""
        self.tokens = tokens

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Prevent other threads from refreshing the tokens."""
        with self.lock:
            yield


class FileTokens:
    """Stores the tokens in a file that only its owner may read; several processes can share it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()

    def load(self) -> TokenPair | None:
        """Return the tokens, or None if no user is logged in."""
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            return TokenPair(
                refresh=stored["refresh"],
                access=stored["access"],
                expires_in=stored.get("expires_in", 0),  # missing in the file of an older version
            )
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def save(self, tokens: TokenPair | None) -> None:
        """Store the tokens, or forget them."""
        if tokens is None:
            self.path.unlink(missing_ok=True)
        else:
            write(self.path, json.dumps(tokens.to_dict()))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Prevent other threads and other processes from refreshing the tokens."""
        with self.lock, locked(self.path):
            yield
