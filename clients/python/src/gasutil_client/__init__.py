"""A typed client of the Gas Service Desk.

`generated` has every call, `Session` the tokens, `Stream` the live events.
"""

from gasutil_client.bookmarks import Bookmark, Bookmarks, FileBookmarks, MemoryBookmarks
from gasutil_client.errors import Away, DeskError, LoginEnded, Refused
from gasutil_client.session import Session, check, expect
from gasutil_client.stream import Connected, Event, Lost, Notice, Reset, Stream
from gasutil_client.tokens import FileTokens, MemoryTokens, TokenStore

__all__ = [
    "Away",
    "Bookmark",
    "Bookmarks",
    "Connected",
    "DeskError",
    "Event",
    "FileBookmarks",
    "FileTokens",
    "LoginEnded",
    "Lost",
    "MemoryBookmarks",
    "MemoryTokens",
    "Notice",
    "Refused",
    "Reset",
    "Session",
    "Stream",
    "TokenStore",
    "check",
    "expect",
]
