"""How far an app has read the stream, kept so that one that is started again goes on from there."""

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gasutil_client.files import write

MEMORY = 2000  # ids; more than the server repeats to whoever comes back


@dataclass
class Bookmark:
    """A position in the stream, and the newest ids that were seen: positions are passed by batches, so some come again."""

    position: str = ""
    seen: "OrderedDict[int, None]" = field(default_factory=OrderedDict)

    def see(self, id_: int) -> None:
        """Remember an id, and forget the oldest where there are too many."""
        self.seen[id_] = None
        while len(self.seen) > MEMORY:
            self.seen.popitem(last=False)


class Bookmarks(Protocol):
    """Keeps one bookmark."""

    def load(self) -> Bookmark:
        """Return the bookmark; an empty one where there is none."""

    def save(self, bookmark: Bookmark) -> None:
        """Keep the bookmark."""


class MemoryBookmarks:
    """Keeps it as long as the process lives."""

    def __init__(self) -> None:
        self.bookmark = Bookmark()

    def load(self) -> Bookmark:
        """Return the bookmark."""
        return self.bookmark

    def save(self, bookmark: Bookmark) -> None:
        """Keep the bookmark."""
        self.bookmark = bookmark


class FileBookmarks:
    """Keeps it in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Bookmark:
        """Return the bookmark; an empty one where there is none, or none that can be read."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            return Bookmark(str(kept["position"]), OrderedDict.fromkeys(int(one) for one in kept["seen"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return Bookmark()

    def save(self, bookmark: Bookmark) -> None:
        """Keep the bookmark."""
        write(self.path, json.dumps({"position": bookmark.position, "seen": list(bookmark.seen)}))
