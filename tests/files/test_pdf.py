"""PDFs are accepted as readers accept them, and opened in a process with limits."""

import io
import re
import zlib
from collections.abc import Callable

import pikepdf
import pytest

from gasutil.errors import Unreadable
from gasutil.files import decoder, decoding
from gasutil.files.decoding import check_pdf
from gasutil.files.upload_validation import is_pdf
from tests.support.documents import CASES, PDF, pdf, pdf_of_size
from tests.support.randomness import Random

pytestmark = pytest.mark.sweep


def written(pages: int = 2, **options: object) -> bytes:
    """Return a PDF as qpdf writes it."""
    content = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        document.save(content, **options)
    return content.getvalue()


OBJECT_STREAMS = written(object_stream_mode=pikepdf.ObjectStreamMode.generate)
OPENS = {
    "header after a byte order mark": (CASES / "bom_before.pdf").read_bytes(),
    "header after 1,019 bytes": b"\n" * 1019 + PDF,
    "bytes after the end": PDF + b"\n<!-- of a proxy -->" * 500,
    "no end": PDF.removesuffix(b"%%EOF\n"),
    "no table of objects": PDF.replace(b"xref\n0", b"xxxx\n0"),
    "wrong offsets": PDF.replace(b"00000 n", b"00001 n").replace(b"startxref\n", b"startxref\n9"),
    "lines of Windows": PDF.replace(b"\n", b"\r\n"),
    "lines of an old Mac": PDF.replace(b"\n", b"\r"),
    "no types": re.sub(rb"/Type /\w+", b"", PDF),
    "wrong count": PDF.replace(b"/Count 1", b"/Count 7"),
    "an unknown version": PDF.replace(b"%PDF-1.7", b"%PDF-7.1"),
    "object streams": OBJECT_STREAMS,
    "linearised": written(linearize=True),
    "may not be printed, needs no password": written(
        encryption=pikepdf.Encryption(owner="bank", user="", R=6)
    ),
    "may not be printed, in an old way": written(
        encryption=pikepdf.Encryption(owner="bank", user="", R=3, aes=False, metadata=False)
    ),
    "a form with JavaScript": pdf(
        catalog=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >> /AcroForm << /Fields [] >>"
    ),
    "a launch action": pdf(catalog=b"/OpenAction << /S /Launch /F (calc.exe) >>"),
    "an embedded file": pdf(
        catalog=(
            b"/Names << /EmbeddedFiles << /Names [(a.xml) << /Type /Filespec /F (a.xml) >>] >> >>"
        )
    ),
    "of 10 MiB": pdf_of_size(10 * 2**20),
}
FAILS = {
    "nothing but the markers": ((CASES / "tiny.pdf").read_bytes(), "incomplete"),
    "HTML between the markers": (
        b"%PDF-1.7\n<html><body>trailer</body></html>\n%%EOF\n",
        "can't be read",
    ),
    "no pages": (pdf(page=b""), "no pages"),
    "no page tree": (PDF.replace(b"/Pages 2 0 R", b""), "can't be read"),
    "a password": ((CASES / "encrypted.pdf").read_bytes(), "password"),
    "an old password": (
        written(encryption=pikepdf.Encryption(owner="x", user="y", R=3, aes=False, metadata=False)),
        "password",
    ),
    "cut in half": (PDF[: len(PDF) // 2], "incomplete"),
    "object streams, cut off": (OBJECT_STREAMS[:250], "incomplete"),
}


@pytest.mark.parametrize("content", OPENS.values(), ids=OPENS)
def test_it_accepts_what_readers_open(content: bytes) -> None:
    assert is_pdf(content)
    check_pdf(content, user=1)


@pytest.mark.parametrize(("content", "reason"), FAILS.values(), ids=FAILS)
def test_it_rejects_what_readers_cannot_open(content: bytes, reason: str) -> None:
    assert is_pdf(content)
    with pytest.raises(Unreadable, match=reason):
        check_pdf(content, user=1)


@pytest.mark.parametrize(
    "content",
    [
        b"\n" * 1025 + PDF,
        b"",
        b"%!PS-Adobe",
        b"\xff\xd8\xff\xe0" + PDF,
        b"\0\0\0\x1cftypheic" + PDF,
    ],
)
def test_a_header_further_on_or_within_an_image_is_no_pdf(content: bytes) -> None:
    assert not is_pdf(content)


def bomb(unpacked: int) -> bytes:
    """Return a PDF whose table of objects unpacks to so many bytes."""
    packer = zlib.compressobj(9)
    table = (
        b"".join(packer.compress(b"\1" * 2**20) for _ in range(unpacked // 2**20)) + packer.flush()
    )
    head = (
        b"<< /Type /XRef /Root 1 0 R /Size 9 /W [1 2 1] /Filter /FlateDecode /Length %d >>"
        % len(table)
    )
    return b"%%PDF-1.7\n1 0 obj\n%s\nstream\n%s\nendstream\nendobj\nstartxref\n9\n%%%%EOF\n" % (
        head,
        table,
    )


def endless_tree() -> bytes:
    return PDF.replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")


def deep_nesting() -> bytes:
    return pdf(catalog=b"/X " + b"[" * 10**6)


@pytest.mark.parametrize("make", [lambda: bomb(2**30), endless_tree, deep_nesting])
def test_what_would_take_all_memory_or_time_is_unreadable(make: Callable[[], bytes]) -> None:
    with pytest.raises(Unreadable):
        check_pdf(make(), user=1)
    assert not decoding._running


def test_a_damaged_pdf_opens_or_is_unreadable(chance: Random) -> None:
    for _ in range(150):
        content = bytearray(
            chance.choice([PDF, OBJECT_STREAMS, (CASES / "encrypted.pdf").read_bytes()])
        )
        for _ in range(chance.randrange(1, 9)):
            position = chance.randrange(len(content))
            content[position : position + chance.randrange(9)] = chance.randbytes(
                chance.randrange(9)
            )
        result, parts = decoder.open_pdf(bytes(content))
        assert parts == []
        assert result.keys() <= {"pages", "error", "why"}
