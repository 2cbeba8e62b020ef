"""The stored state of the app: the tokens, and the position in the stream."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from gasutil_client import FileBookmarks, FileTokens, Session
from gasutil_client.files import write


def folder(server: str) -> Path:
    """Return the folder of one server, below the XDG state folder."""
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "gasutil-cli" / re.sub(r"[^\w.-]", "_", urlsplit(server).netloc or server)


def session(server: str) -> Session:
    """Return the session with the stored tokens for a server."""
    return Session(server, FileTokens(folder(server) / "tokens.json"))


def bookmarks(server: str) -> FileBookmarks:
    """Return the storage for the position in the stream."""
    return FileBookmarks(folder(server) / "stream.json")


def remember(server: str, username: str) -> None:
    """Store the user who has logged in, and forget another user's position in the stream."""
    stored = folder(server) / "user"
    if not stored.exists() or stored.read_text(encoding="utf-8") != username:
        (folder(server) / "stream.json").unlink(missing_ok=True)
    write(stored, username)
