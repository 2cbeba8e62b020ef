"""The position of an app in the stream, stored so that it continues from there after a restart."""

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gasutil_client.files import write

MAX_STORED_IDS = 2000  # more than the server repeats after a reconnection


@dataclass
class Bookmark:
    """Hold a position in the stream, and the newest ids seen.

    Several events share a position, so some come again.
    """

    position: str = ""
    seen: "OrderedDict[int, None]" = field(default_factory=OrderedDict)

    def see(self, id_: int) -> None:
        """Remember an id, and forget the oldest if there are too many."""
        self.seen[id_] = None
        while len(self.seen) > MAX_STORED_IDS:
            self.seen.popitem(last=False)


class Bookmarks(Protocol):
    """Stores one bookmark."""

    def load(self) -> Bookmark:
        """Return the bookmark, or an empty one."""

    def save(self, bookmark: Bookmark) -> None:
        """Store the bookmark."""


class MemoryBookmarks:
    """Stores the bookmark in memory."""

    def __init__(self) -> None:
        self.bookmark = Bookmark()

    def load(self) -> Bookmark:
        """Return the bookmark."""
        return self.bookmark

    def save(self, bookmark: Bookmark) -> None:
        """Store the bookmark."""
        self.bookmark = bookmark


class FileBookmarks:
    """Stores the bookmark in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Bookmark:
        """Return the bookmark, or an empty one if there is none or it can't be read."""
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            return Bookmark(
                str(stored["position"]), OrderedDict.fromkeys(int(item) for item in stored["seen"])
            )
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return Bookmark()

    def save(self, bookmark: Bookmark) -> None:
        """Store the bookmark."""
        write(self.path, json.dumps({"position": bookmark.position, "seen": list(bookmark.seen)}))
