"""A program that opens one file, in a process with limits.

Usage: `python -I decoder.py image < image > result`.

It gets no settings and no secrets, and needs nothing but Pillow, pi-heif and pikepdf. `image`
re-encodes an image: the result is a line of JSON with the number of pixels, a line with the format
and the lengths, then the image and its thumbnail. `pdf` opens a PDF: the result is a line with the
number of pages. `preview 640` shrinks an image to a JPEG of this width. A line with an error takes
the place of any result.
"""

import json
import resource
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any, TypeAlias

from pi_heif import register_heif_opener
from PIL import AvifImagePlugin, Image, ImageCms, JpegImagePlugin, UnidentifiedImageError

TIMEOUT_SECONDS = 10
MEMORY_BYTES = 768 * 2**20
OUTPUT_BYTES = 256 * 2**20
MEGAPIXEL = 10**6
JPEG_PIXELS = 120 * MEGAPIXEL
FULL_SIZE_PIXELS = 50 * MEGAPIXEL  # a larger JPEG is decoded at half its width and height
OTHER_PIXELS = 60 * MEGAPIXEL  # only a first limit: what really fits is decided by the memory
# An image of this size that fails has met the limits, and is not malformed.
LARGE_PIXELS = 16 * MEGAPIXEL
THUMBNAIL_PIXELS = (480, 480)
MAX_PREVIEW_PIXELS = 2048  # of its width and of its height
TOO_MANY_PIXELS, UNREADABLE, UNSUPPORTED = "too-many-pixels", "unreadable", "unsupported"
CUT_OFF, NO_PAGES, PASSWORD = "cut-off", "no-pages", "password"  # what is wrong with a PDF
TRAILERS = (b"trailer", b"/XRef")  # a PDF without either has lost its end
SAVED: Mapping[str, Mapping[str, Any]] = {
    "JPEG": {"quality": 90},
    "PNG": {},
    "WEBP": {"quality": 90},
}
STORED_AS: Mapping[str, str] = {
    "JPEG": "JPEG",
    "PNG": "PNG",
    "WEBP": "WEBP",
    "MPO": "JPEG",
    "HEIF": "JPEG",
    "AVIF": "JPEG",
}
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# The colour space that a profile must have for a mode.
PROFILES = {"RGB": "RGB", "RGBA": "RGB", "L": "GRAY", "CMYK": "CMYK"}
# A line of the result, and the content that follows it.
Result: TypeAlias = "tuple[dict[str, Any], list[bytes]]"


class PixelLimitExceeded(Exception):
    """The image is larger than can be decoded."""


def main() -> None:
    """Write the result for the file on standard input to standard output."""
    set_limits()
    content = sys.stdin.buffer.read()
    answer, parts = OPERATIONS[sys.argv[1]](content, *sys.argv[2:])
    write_answer(answer)
    for part in parts:
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


def set_limits() -> None:
    """Bound the memory, the processor time and the output of this process.

    No core dump is written.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (TIMEOUT_SECONDS, TIMEOUT_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def write_answer(answer: Mapping[str, Any]) -> None:
    """Write one line of the result."""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.flush()


def open_pdf(content: bytes) -> Result:
    """Return the number of pages of a PDF.

    The PDF is opened as readers open it: a damaged table of objects is rebuilt.
    """
    import pikepdf  # only here: it takes longer to import than an image takes to decode

    try:
        with pikepdf.open(BytesIO(content), suppress_warnings=True) as pdf:
            pages = len(pdf.pages)
    except pikepdf.PasswordError:
        return {"error": PASSWORD}, []
    except Exception as error:  # malformed content raises more than `PdfError`
        return {
            "error": UNREADABLE if has_trailer(content) else CUT_OFF,
            "why": repr(error)[:200],
        }, []
    if not has_trailer(content):
        return {"error": CUT_OFF}, []
    return ({"pages": pages} if pages else {"error": NO_PAGES}), []


def has_trailer(content: bytes) -> bool:
    """Return whether a PDF still has a trailer, without which readers do not find its pages."""
    return any(trailer in content for trailer in TRAILERS)


def process_image(content: bytes, width: str = "") -> Result:
    """Return the result for an image, or with a width for its preview."""
    register_heif_opener(thumbnails=False, decode_threads=1)
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each thread takes memory
    Image.MAX_IMAGE_PIXELS = None  # `check_pixels` is the limit
    ignore_resolution()
    try:
        return encode_preview(content, int(width)) if width else encode(content)
    except (MemoryError, PixelLimitExceeded):
        return {"error": TOO_MANY_PIXELS}, []
    except UnidentifiedImageError:
        return {"error": UNREADABLE if content.startswith(SIGNATURES) else UNSUPPORTED}, []
    except Exception as error:  # whatever a decoder raises for malformed content
        return {"error": UNREADABLE, "why": repr(error)[:200]}, []


def ignore_resolution() -> None:
    """Have Pillow not read the resolution of a JPEG, which is unused.

    Pillow reads it from EXIF data, and rejects an image whose resolution is an empty text.
    """

    def read_nothing(self: JpegImagePlugin.JpegImageFile) -> None:
        """Leave the resolution alone."""

    JpegImagePlugin.JpegImageFile._read_dpi_from_exif = read_nothing  # type: ignore[method-assign]


def encode(content: bytes) -> Result:
    """Return the description of a re-encoded image, and its bytes with those of its thumbnail."""
    with Image.open(
        BytesIO(content), formats=[name for name in STORED_AS if name != "MPO"]
    ) as image:  # JPEG's plugin finds MPO
        source = str(image.format)
        form = STORED_AS[source]
        write_answer({"pixels": image.width * image.height})
        check_pixels(image)
        image.load()
        vars(image).pop("_decoder", None)  # that of WebP has the image two more times
        turned = upright(image)
    picture = in_srgb(turned)
    picture.info = {
        name: value
        for name, value in turned.info.items()
        if name == "transparency" and picture.mode == turned.mode
    }
    if form == "WEBP" and picture.mode == "RGB" and picture.width * picture.height > LARGE_PIXELS:
        form = "JPEG"  # libwebp fails for many large images, or takes too long
    if form == "JPEG" and picture.mode not in ("RGB", "L"):
        picture = on_white(picture)
    parts = [saved(picture, form), saved(shrunk(picture, THUMBNAIL_PIXELS), "JPEG", quality=80)]
    return {"format": form, "source": source, "lengths": [len(part) for part in parts]}, parts


def encode_preview(content: bytes, width: int) -> Result:
    """Return the result for the preview of a stored image, which is upright and in sRGB already."""
    with Image.open(BytesIO(content), formats=list(SAVED)) as image:
        write_answer({"pixels": image.width * image.height})
        height = image.height * width // image.width
        image.draft(None, (width, height))  # a JPEG is decoded in about the size that is needed
        part = saved(shrunk(image, (width, MAX_PREVIEW_PIXELS)), "JPEG", quality=80)
    return {"format": "JPEG", "lengths": [len(part)]}, [part]


def check_pixels(image: Image.Image) -> None:
    """Raise `TooManyPixels` before anything is decoded.

    Let a large JPEG be decoded at a reduced size.
    """
    pixels = image.width * image.height
    if pixels > (JPEG_PIXELS if image.format in ("JPEG", "MPO") else OTHER_PIXELS):
        raise PixelLimitExceeded
    if pixels > FULL_SIZE_PIXELS:
        image.draft(None, (image.width // 2, image.height // 2))  # None leaves the mode


def upright(image: Image.Image) -> Image.Image:
    """Return an image as its EXIF data says that it is to be shown.

    The EXIF data is never written, so it may be malformed.
    """
    orientation = None
    with suppress(Exception):  # whatever malformed data raises
        orientation = image.getexif().get(ORIENTATION)
    method = UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    return image if method is None else image.transpose(method)


def in_srgb(image: Image.Image) -> Image.Image:
    """Return an image with the colours of its profile in sRGB.

    A profile that can't be read, or is of other colours, is ignored.
    """
    profile = image.info.get("icc_profile")
    if profile and "transparency" not in image.info:
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = eight_bits(image)
            source = (
                source.convert("RGBA" if source.mode in ("LA", "PA") else "RGB")
                if source.mode in ("P", "LA", "PA", "1")
                else source
            )
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            if PROFILES.get(source.mode) == given.profile.xcolor_space.strip():
                mode = "RGBA" if source.mode == "RGBA" else "RGB"
                converted = ImageCms.profileToProfile(
                    source, given, ImageCms.createProfile("sRGB"), outputMode=mode
                )
                image = converted or image
    return image.convert("RGB") if image.mode == "CMYK" else image


def eight_bits(image: Image.Image) -> Image.Image:
    """Return a 16-bit grey image with 8 bits, and any other as it is."""
    if image.mode not in ("I", "I;16", "I;16B", "I;16L"):
        return image
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return an image on white that fits into a size, never larger than it was."""
    small = eight_bits(image)
    small = (
        small
        if small.mode in ("RGB", "L", "RGBA") and "transparency" not in small.info
        else small.convert("RGBA")
    )
    scale = min(size[0] / small.width, size[1] / small.height, 1)
    size = max(round(small.width * scale), 1), max(round(small.height * scale), 1)
    return on_white(small.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0))


def on_white(image: Image.Image) -> Image.Image:
    """Return an image without transparency."""
    image = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    """Return an image in a format, without anything but the picture."""
    content = BytesIO()
    try:
        image.save(content, form, **(options or SAVED[form]))
    except (
        ValueError
    ) as error:  # how libwebp reports that an image exceeds its memory or its format
        raise PixelLimitExceeded from error
    return content.getvalue()


OPERATIONS: Mapping[str, Callable[..., Result]] = {
    "image": process_image,
    "preview": process_image,
    "pdf": open_pdf,
}

if __name__ == "__main__":
    main()
