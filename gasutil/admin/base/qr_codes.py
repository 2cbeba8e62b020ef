"""QR codes in pages."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(text: str, *, scale: int) -> SafeString:
    """Return a QR code as SVG, dark on white in both themes, so that every phone reads it.

    Args:
        text: what the code says.
        scale: pixels a module.
    """
    svg = segno.make(text, error="m").svg_inline(scale=scale, dark="#000", light="#fff")
    return mark_safe(svg)  # noqa: S308  # made of the modules of the code alone
