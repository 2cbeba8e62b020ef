"""Where the app keeps what it has to remember: tokens, and how far it has read."""

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
    """Return the session whose tokens are kept for a server."""
    return Session(server, FileTokens(folder(server) / "tokens.json"))


def bookmarks(server: str) -> FileBookmarks:
    """Return where the app remembers how far it has read the stream."""
    return FileBookmarks(folder(server) / "stream.json")


def remember(server: str, username: str) -> None:
    """Remember who has logged in, and forget how far anybody else has read."""
    kept = folder(server) / "user"
    if not kept.exists() or kept.read_text(encoding="utf-8") != username:
        (folder(server) / "stream.json").unlink(missing_ok=True)
    write(kept, username)
