"""PDFs that readers open, and the cases that failed."""

from pathlib import Path

CASES = Path(__file__).parent.parent / "files" / "cases"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>"


def pdf(*, page: bytes = PAGE, catalog: bytes = b"", stream: bytes = b"") -> bytes:
    """Return a PDF with one page, or with none if `page` is empty.

    `catalog` is added to its catalogue.
    """
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (bool(page), b"3 0 R" if page else b""),
        page or b"null",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    content, offsets = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(
        b"%010d 00000 n \n" % offset for offset in offsets
    )
    trailer = b"trailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        len(content),
    )
    return content + table + trailer


def pdf_of_size(size: int, filler: bytes = b"") -> bytes:
    """Return a PDF of so many bytes, most of which are the filler."""
    room = size - len(pdf()) - 20  # for the digits of the lengths
    content = pdf(stream=(filler or b"x" * room)[:room])
    return content + b"\n" * (size - len(content))


PDF = pdf()
