"""Where the two tokens of a login are kept."""

import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from gasutil_client.files import locked, write
from gasutil_client.generated.models import TokenPair


class TokenStore(Protocol):
    """Keeps the tokens of one login."""

    def load(self) -> TokenPair | None:
        """Return the tokens, or None where nobody is logged in."""

    def save(self, tokens: TokenPair | None) -> None:
        """Keep the tokens, or forget them."""

    def alone(self) -> AbstractContextManager[None]:
        """Keep everybody else who uses the same tokens from refreshing them: a refresh token is good once."""


class MemoryTokens:
    """Keeps them as long as the process lives."""

    def __init__(self, tokens: TokenPair | None = None) -> None:
        self.tokens = tokens
        self.lock = threading.Lock()

    def load(self) -> TokenPair | None:
        """Return the tokens, or None where nobody is logged in."""
        return self.tokens

    def save(self, tokens: TokenPair | None) -> None:
        """Keep the tokens, or forget them."""
        self.tokens = tokens

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other threads from refreshing them."""
        with self.lock:
            yield


class FileTokens:
    """Keeps them in a file that only its owner may read; several processes can share it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()

    def load(self) -> TokenPair | None:
        """Return the tokens, or None where nobody is logged in."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            return TokenPair(refresh=kept["refresh"], access=kept["access"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def save(self, tokens: TokenPair | None) -> None:
        """Keep the tokens, or forget them."""
        if tokens is None:
            self.path.unlink(missing_ok=True)
        else:
            write(self.path, json.dumps({"refresh": tokens.refresh, "access": tokens.access}))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other threads and other processes from refreshing them."""
        with self.lock, locked(self.path):
            yield
