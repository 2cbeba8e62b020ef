"""The parts of a file that is a ZIP archive of XML, read in pieces.

There are limits on how much is unpacked, and on how deep and long the XML is.
"""

import logging
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from posixpath import normpath
from typing import Any, Protocol
from xml.parsers import expat

from django.utils.translation import gettext as _

from gasutil.tables.errors import Damaged, TableError, TableTooLarge

logger = logging.getLogger(__name__)
# The parser reads a name from its start with each piece, so that small pieces take long.
PIECE_BYTES = 2**20
MAX_UNPACKED_BYTES = 30 * 2**20
MAX_ELEMENTS = 1_000_000
MAX_DEPTH = 100
IS_ENCRYPTED = 1  # the flag of a member
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    NotImplementedError,
    OSError,
    UnicodeError,
    ValueError,
)


class EndOfPart(Exception):
    """Raised by a handler that needs no more of its part."""


class Handler(Protocol):
    """The base of the readers of parts.

    Names are without their prefixes, which programs choose freely.
    """

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""

    def end(self, name: str) -> None:
        """End an element."""

    def text(self, text: str) -> None:
        """Take a piece of text."""


class Archive:
    """The archive. All that is read of it together is bounded."""

    def __init__(self, content: bytes) -> None:
        try:
            self.file = zipfile.ZipFile(BytesIO(content))
        except DAMAGED as error:
            raise Damaged from error
        self.members = {_name(member.filename): member for member in self.file.infolist()}
        self.bytes_left = MAX_UNPACKED_BYTES
        self.elements_left = MAX_ELEMENTS

    def __contains__(self, name: str) -> bool:
        return _name(name) in self.members

    def pieces(self, name: str) -> Iterator[bytes]:
        """Return the content of a member, piece by piece."""
        member = self.members.get(_name(name))
        if member is None:
            raise Damaged
        if member.flag_bits & IS_ENCRYPTED:
            raise TableError(_("This file has a password. Save it without one."))
        if member.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):  # others unpack more than is asked for
            raise Damaged
        with self.file.open(member) as part:
            while piece := part.read(PIECE_BYTES):
                self.bytes_left -= len(piece)
                if self.bytes_left < 0:
                    raise TableTooLarge
                yield piece

    def parse(self, name: str, handler: Handler) -> None:
        """Read a part; raise `Damaged` or `TooLarge`."""
        parser = _parser(self, handler)
        try:
            for piece in self.pieces(name):
                parser.Parse(piece)
            parser.Parse(b"", True)  # noqa: FBT003  # pyexpat takes no keywords
        except EndOfPart:
            return
        except DAMAGED as error:
            logger.info("A part of a table could not be read", exc_info=True)
            raise Damaged from error


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


def _name(name: str) -> str:
    return normpath(name.replace("\\", "/").lstrip("/")).lower()


def _parser(archive: Archive, handler: Handler) -> Any:
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        archive.elements_left -= 1
        if archive.elements_left < 0 or depth > MAX_DEPTH:
            raise TableTooLarge
        handler.start(local(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(local(name))

    def reject(*args: Any) -> None:
        raise Damaged  # entities: no spreadsheet has any

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = (
        start,
        end,
        handler.text,
    )
    parser.StartDoctypeDeclHandler = reject
    return parser
