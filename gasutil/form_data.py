"""Forms with files (`multipart/form-data`), read in place of Django's parser.

They are read as browsers and libraries write them. Django's parser drops joiners from file names,
parts whose headers are not UTF-8 or long, and takes the empty part of a file that was not chosen
for a text. Text that is not UTF-8 is replaced, as Django does it, and `request.not_utf8` has its
bytes by the name of its part.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from gasutil.files.names import clean_name, decode_encoded_words

CHUNK_SIZE = 64 * 1024
MAX_HEADER_SIZE, MAX_HEADERS = 16 * 1024, 32
LATIN_1 = "latin-1"  # headers are read with it, which loses nothing, and then decoded one by one
JSON_TYPE = "application/json"
CHARSET = re.compile(r";\s*charset[*\d]*\s*=\s*(\"[^\"]*\"|[^;]*)", re.IGNORECASE)
# RFC 5987, which .NET writes beside `filename`
EXTENDED_NAME = re.compile(r";\s*filename\*\s*=\s*\"?([\w-]+)'[^']*'([^;\"\s]+)", re.IGNORECASE)


def normalise_content_type(
    sender: Any, environ: Any = None, scope: Any = None, **_signal: Any
) -> None:
    """Accept `Content-Type` in any letter case, and read every body as UTF-8.

    A receiver of `request_started`. Some names, such as base64, are no charsets: a request that
    Django makes with such a charset is an error of the server.
    """
    if environ and environ.get("CONTENT_TYPE"):
        environ["CONTENT_TYPE"] = _normalised(environ["CONTENT_TYPE"])
    if scope:
        scope["headers"] = [
            (
                name,
                (
                    _normalised(value.decode(LATIN_1)).encode(LATIN_1)
                    if name.lower() == b"content-type"
                    else value
                ),
            )
            for name, value in scope["headers"]
        ]


def _normalised(content_type: str) -> str:
    media_type, semicolon, parameters = content_type.partition(";")
    return media_type.lower() + CHARSET.sub("", semicolon + parameters)


class FormHandler(FileUploadHandler):
    """Read a whole form, as Django lets an upload handler do."""

    def handle_raw_input(  # type: ignore[override]  # the boundary is bytes
        self,
        input_data: Any,
        META: Any,  # noqa: N803  # Django's name
        content_length: int,
        boundary: bytes,
        encoding: str | None = None,
    ) -> tuple[QueryDict, "MultiValueDict[str, UploadedFile[bytes]]"]:
        """Return the texts and the files of a form.

        Raise `MultiPartParserError` for one that can't be read.
        """
        form = Form()
        with ExitStack() as opened:
            try:
                for part in read_parts(input_data, boundary, content_length, opened):
                    form.add(part)
            except (MultipartError, binascii.Error) as error:
                raise MultiPartParserError(str(error)) from error
            opened.pop_all()  # the request closes its files
        self.request.not_utf8 = form.not_utf8  # type: ignore[union-attr]  # Django sets the request
        form.texts._mutable = False
        return form.texts, form.files

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Do nothing: `handle_raw_input` reads everything."""

    def file_complete(self, file_size: int) -> None:
        """Do nothing: `handle_raw_input` reads everything."""


class FormParser(PushMultipartParser):  # type: ignore[misc]  # it has no types
    """A parser that accepts every kind of part; one without a name has an empty one."""

    def _create_segment(self, headerlist: list[tuple[str, str]]) -> MultipartSegment:
        return MultipartSegment(headerlist)


@dataclass
class FormPart:
    """One part of a form; a file has a file name, a text has none."""

    name: str
    filename: str | None
    content_type: str
    content: IO[bytes]
    size: int = 0

    @classmethod
    def of(cls, segment: MultipartSegment, content: IO[bytes]) -> "FormPart":
        """Return the part that a parser begins; its content is still to be written."""
        return cls(
            _decoded(segment.name or ""), _filename(segment), segment.content_type or "", content
        )

    @property
    def is_text(self) -> bool:
        """Return whether a part is a text.

        A part without a file name is a text, if its type does not contradict.
        """
        return self.filename is None and (
            not self.content_type
            or self.content_type.startswith("text/")
            or self.content_type == JSON_TYPE
        )

    @property
    def is_empty_choice(self) -> bool:
        """Return whether a browser sends this for a file input without a chosen file."""
        return self.filename == "" and not self.size

    def complete(self, *, is_base64: bool) -> "FormPart":
        """Return the part with its content ready to be read."""
        if is_base64:
            _decode_base64(self.content)
        self.size = self.content.seek(0, 2)
        self.content.seek(0)
        return self


def read_parts(stream: Any, boundary: bytes, length: int, opened: ExitStack) -> Iterator[FormPart]:
    """Yield the parts of a form of so many bytes, whose contents `opened` closes."""
    parser = FormParser(
        boundary,
        header_charset=LATIN_1,
        max_header_size=MAX_HEADER_SIZE,
        max_header_count=MAX_HEADERS,
    )
    for event in _events(parser, stream, length):
        if isinstance(event, MultipartSegment):
            content = SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115  # `opened` closes it
            part = FormPart.of(event, opened.enter_context(content))
            is_base64 = _header(event, "Content-Transfer-Encoding").lower() == "base64"
        elif event is not None:
            part.content.write(event)
        else:
            yield part.complete(is_base64=is_base64)


def _events(parser: FormParser, stream: Any, length: int) -> Iterator[Any]:
    """Yield what a parser finds.

    A last boundary that is missing does not matter; a body that is cut off does.
    """
    while length > 0 and (chunk := stream.read(min(CHUNK_SIZE, length))):
        length -= len(chunk)
        yield from parser.parse(chunk)
    if length:
        raise MultiPartParserError("The body is shorter than its Content-Length.")
    yield from parser.parse(parser._delimiter + b"--")
    parser.close()  # raises what is wrong


def _header(segment: MultipartSegment, wanted: str) -> str:
    return next((str(value).strip() for name, value in segment.headerlist if name == wanted), "")


def _filename(segment: MultipartSegment) -> str | None:
    """Return the file name of a part; an extended one takes precedence."""
    if extended := EXTENDED_NAME.search(_header(segment, "Content-Disposition")):
        with suppress(LookupError, ValueError):
            return unquote_to_bytes(extended[2]).decode(extended[1])
    return None if segment.filename is None else decode_encoded_words(_decoded(segment.filename))


def _decoded(text: str) -> str:
    """Return a value of a header, which is UTF-8 or, from old clients, Windows-1252."""
    content = text.encode(LATIN_1)
    try:
        return content.decode()
    except ValueError:
        return content.decode("cp1252", "replace")


def _decode_base64(content: IO[bytes]) -> None:
    """Replace a content by what it encodes; raise `binascii.Error` if it is malformed."""
    content.seek(0)
    decoded, rest = BytesIO(), b""
    while chunk := content.read(CHUNK_SIZE):
        rest += b"".join(chunk.split())
        whole = len(rest) // 4 * 4
        decoded.write(base64.b64decode(rest[:whole]))
        rest = rest[whole:]
    if rest:
        raise binascii.Error("The data is cut off.")
    content.seek(0)
    content.truncate()
    content.write(decoded.getbuffer())


@dataclass
class Form:
    """The texts and the files of a form, within Django's limits."""

    texts: QueryDict = field(default_factory=lambda: QueryDict(mutable=True))
    files: "MultiValueDict[str, UploadedFile[bytes]]" = field(default_factory=MultiValueDict)
    not_utf8: dict[str, bytes] = field(default_factory=dict)
    text_bytes: int = 0
    text_count: int = 0
    file_count: int = 0

    def add(self, part: FormPart) -> None:
        """Add a part, unless it is a file that was not chosen."""
        if part.is_empty_choice:
            part.content.close()
        elif part.is_text:
            self._add_text(part)
        else:
            self._add_file(part)

    def _add_text(self, part: FormPart) -> None:
        self.text_bytes += len(part.name) + part.size + 2
        self.text_count += 1
        if self.text_bytes > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        if self.text_count > settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
            raise TooManyFieldsSent
        with part.content:
            content = part.content.read()
        try:
            text = content.decode()
        except ValueError:
            self.not_utf8[part.name] = content
            text = content.decode(errors="replace")
        self.texts.appendlist(
            part.name, _json_text(text) if part.content_type == JSON_TYPE else text
        )

    def _add_file(self, part: FormPart) -> None:
        self.file_count += 1
        if self.file_count > settings.DATA_UPLOAD_MAX_NUMBER_FILES:
            raise TooManyFilesSent
        file = UploadedFile(
            part.content, clean_name(part.filename or ""), part.content_type, part.size
        )
        self.files.appendlist(part.name, file)


def _json_text(text: str) -> str:
    """Return the text that a part of JSON is, or other JSON as it is written."""
    with suppress(ValueError, RecursionError):
        value = json.loads(text)
        return value if isinstance(value, str) else text
    return text
