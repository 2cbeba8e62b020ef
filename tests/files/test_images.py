"""Images are decoded in a process with limits, whatever they claim to be, and look the same."""

import io
import resource
import struct
import subprocess
import sys
import threading
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from gasutil.errors import Busy, TooManyPixels, Unreadable, Unsupported
from gasutil.files import decoder, decoding
from gasutil.files.decoding import Picture, re_encode
from tests.support.randomness import Random

pytestmark = pytest.mark.sweep

CASES = Path(__file__).parent / "cases"
SIDEWAYS = 6


def encoded(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    saved = io.BytesIO()
    image.save(saved, form, **options)
    return saved.getvalue()


def plain(form: str, size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    return encoded(Image.new("RGB", size, "orange"), form, **options)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def stored(content: bytes) -> Image.Image:
    return opened(re_encode(content, user=1).content)


def turned(orientation: Any = SIDEWAYS) -> Image.Exif:
    exif = Image.Exif()
    exif[decoder.ORIENTATION] = orientation
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def claims(size: tuple[int, int], form: str) -> bytes:
    """Return a tiny image with another size in its header."""
    small = bytearray(plain(form))
    if form == "PNG":
        small[16:24] = struct.pack(">II", *size)
        small[29:33] = struct.pack(">I", zlib.crc32(bytes(small[12:29])))
    else:
        start = small.index(b"\xff\xc0")
        small[start + 5 : start + 9] = struct.pack(">HH", size[1], size[0])
    return bytes(small)


# --- Limits
# --------------------------------------------------------------------------------------------------
def test_the_decoder_limits_its_memory_its_time_and_its_output() -> None:
    program = (
        f"import runpy, resource; d = runpy.run_path({decoder.__file__!r});"
        " d['set_limits']();print([resource.getrlimit(r)[0] for r in (resource.RLIMIT_AS,"
        " resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)])"
    )
    output = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert output.strip() == str([768 * 2**20, 10, decoder.OUTPUT_BYTES, 0])
    assert (
        resource.getrlimit(resource.RLIMIT_AS)[0] != decoder.MEMORY_BYTES
    )  # the server itself is not limited


def test_the_decoder_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        decoding,
        "COMMAND",
        [sys.executable, "-I", "-c", "import os, sys; sys.exit('SECRET' in ''.join(os.environ))"],
    )
    monkeypatch.setenv("SECRET_KEY", "x")
    assert decoding._run(b"", "image") == (b"", True)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (claims((12_100, 10_000), "JPEG"), TooManyPixels),
        (claims((30_000, 30_000), "PNG"), TooManyPixels),
        (
            plain("WEBP", (16_383, 3500), lossless=True),
            TooManyPixels,
        ),  # passes the first limit, and takes all memory
        (plain("JPEG")[:300], Unreadable),
        (b"\xff\xd8\xff\xe0" + b"<html>" * 99, Unreadable),
        (b"\x89PNG\r\n\x1a\n", Unreadable),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Unsupported),
        (plain("GIF"), Unsupported),
        (b"", Unsupported),
    ],
)
def test_what_cannot_be_decoded_is_rejected(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        re_encode(content, user=1)
    assert type(raised.value) is error


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_photos_of_fifty_megapixels_keep_their_size(form: str) -> None:
    picture = re_encode(plain(form, (8000, 6250), exif=turned()), user=1)
    assert Image.open(io.BytesIO(picture.content)).size == (6250, 8000)


def detailed(size: tuple[int, int]) -> Image.Image:
    """Return an image with as much detail as a photo has."""
    noise = Image.effect_noise((size[0] // 4, size[1] // 4), 70).resize(size)
    return Image.merge("RGB", (noise, noise, Image.linear_gradient("L").resize(size)))


def test_a_large_webp_is_stored_as_jpeg() -> None:
    picture = re_encode(encoded(detailed((7300, 5475)), "WEBP", method=0, quality=30), user=1)
    assert (picture.source, picture.form, opened(picture.content).size) == (
        "WEBP",
        "JPEG",
        (7300, 5475),
    )


def test_a_panorama_is_accepted() -> None:
    picture = re_encode(encoded(detailed((16_382, 3628)), "JPEG"), user=1)
    assert opened(picture.content).size == (8191, 1814)


def test_an_avif_of_48_megapixels_keeps_its_size() -> None:
    picture = re_encode(plain("AVIF", (8064, 6048), speed=10), user=1)
    assert Image.open(io.BytesIO(picture.content)).size == (8064, 6048)


def test_a_jpeg_of_120_megapixels_is_decoded_at_a_reduced_size() -> None:
    picture = re_encode(plain("JPEG", (12_000, 10_000), exif=turned()), user=1)
    assert Image.open(io.BytesIO(picture.content)).size == (5000, 6000)


PROGRAMS = {
    "crashes": "import os; os.abort()",
    "writes nonsense": "print('x')",
    "is killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "takes for ever": "import time; time.sleep(99)",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_decoder_that_fails_is_an_unreadable_file(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "TIMEOUT_SECONDS", 0.2 if "sleep" in program else 10)
    monkeypatch.setattr(decoding, "COMMAND", [sys.executable, "-I", "-c", program])
    with pytest.raises(Unreadable):
        re_encode(b"x", user=1)
    assert not decoding._running


def test_a_large_image_that_takes_too_long_has_too_many_pixels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = "import time; print('{\"pixels\": 40000000}', flush=True); time.sleep(99)"
    monkeypatch.setattr(decoder, "TIMEOUT_SECONDS", 1)
    monkeypatch.setattr(decoding, "COMMAND", [sys.executable, "-I", "-c", program])
    with pytest.raises(TooManyPixels):
        re_encode(b"x", user=1)


def test_a_decoder_that_cannot_be_started_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "COMMAND", ["/no/such/program"])
    with pytest.raises(Busy):
        re_encode(b"x", user=1)


def test_one_person_cannot_block_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, end = threading.Barrier(decoding.SLOTS_A_USER + 1), threading.Event()

    def hold() -> None:
        with decoding._slot(1):
            begun.wait(10)
            end.wait(10)

    threads = [threading.Thread(target=hold) for _ in range(decoding.SLOTS_A_USER)]
    for thread in threads:
        thread.start()
    begun.wait(10)
    monkeypatch.setattr(decoding, "SLOT_WAIT_SECONDS", 0.01)
    with pytest.raises(Busy):
        re_encode(plain("PNG"), user=1)
    assert re_encode(plain("PNG"), user=2).form == "PNG"
    end.set()
    for thread in threads:
        thread.join(10)
    assert re_encode(plain("PNG"), user=1).form == "PNG"


def test_there_is_a_limit_for_everyone_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "SLOTS", 0)
    monkeypatch.setattr(decoding, "SLOT_WAIT_SECONDS", 0.01)
    with pytest.raises(Busy):
        re_encode(plain("PNG"), user=1)


# --- Appearance
# --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "MPO"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_is_upright_and_has_no_metadata(form: str, orientation: int) -> None:
    image = Image.new("RGB", (60, 40), "blue")
    image.paste("red", (0, 0, 60, 10))
    more = {"save_all": True, "append_images": [Image.new("RGB", (6, 4))]} if form == "MPO" else {}
    result = stored(encoded(image, form, exif=turned(orientation), **more))
    assert result.size == ((60, 40) if orientation < 5 else (40, 60))
    x, y = {
        1: (30, 3),
        2: (30, 3),
        3: (30, 36),
        4: (30, 36),
        5: (3, 30),
        6: (36, 30),
        7: (36, 30),
        8: (3, 30),
    }[orientation]
    red, _green, blue = result.convert("RGB").getpixel((x, y))  # type: ignore[misc]  # three numbers
    assert red > 200 > blue
    assert dict(result.getexif()) == {}
    assert not {"exif", "xmp", "comment", "icc_profile"} & set(result.info)


@pytest.mark.parametrize("name", ["o6_make_rational.jpg", "o6_resunit_ascii.jpg"])
def test_malformed_exif_is_accepted(name: str) -> None:
    content = (CASES / name).read_bytes()
    assert stored(content).size == opened(content).size[::-1]


def test_so_is_a_resolution_that_is_an_empty_text() -> None:
    """Pillow can't open such a file."""
    assert stored((CASES / "x_resolution_empty.jpg").read_bytes()).size in ((40, 60), (60, 40))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "MPO"])
def test_no_exif_data_makes_a_picture_unreadable(form: str, chance: Random) -> None:
    exif = turned()
    exif[0x011A], exif[0x0128], exif[0x8769] = 72.0, 2, {0x9003: "2026:11:26 10:00:00"}
    data = exif.tobytes()
    for _ in range(12):
        mutated = bytearray(data)
        for _ in range(chance.randrange(1, 12)):
            mutated[chance.randrange(6, len(mutated))] = chance.choice(
                [0, 1, 2, 5, 9, 12, 255, chance.randrange(256)]
            )
        more = (
            {"save_all": True, "append_images": [Image.new("RGB", (6, 4))]} if form == "MPO" else {}
        )
        assert sorted(stored(plain(form, exif=bytes(mutated), **more)).size) == [40, 60]


def test_colours_are_converted_to_srgb_and_no_profile_is_stored() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (lab, b"profile", b"x" * 500):
        result = stored(plain("PNG", icc_profile=profile))
        assert "icc_profile" not in result.info
        assert result.getpixel((5, 5)) == pytest.approx((255, 165, 0), abs=2)


def test_the_colours_of_another_profile_look_the_same() -> None:
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = swapped.index(b"rXYZ"), swapped.index(b"bXYZ")
    swapped[red : red + 4], swapped[blue : blue + 4] = (
        b"bXYZ",
        b"rXYZ",
    )  # what this profile calls red is blue
    for form in ("PNG", "JPEG", "WEBP"):
        result = stored(
            encoded(Image.new("RGB", (60, 40), (255, 0, 0)), form, icc_profile=bytes(swapped))
        ).convert("RGB")
        red, _green, blue = result.getpixel((5, 5))  # type: ignore[misc, assignment]  # three numbers
        assert blue > 200 > red


def test_cmyk_becomes_rgb() -> None:
    result = stored(encoded(Image.new("CMYK", (60, 40), (0, 0, 255, 0)), "JPEG"))
    assert (result.mode, result.getpixel((5, 5))) == ("RGB", pytest.approx((255, 255, 0), abs=6))


def test_transparency_stays_and_is_white_in_the_thumbnail() -> None:
    palette = Image.new("P", (60, 40), 0)
    palette.putpalette([9, 9, 9, 200, 0, 0])
    palette.paste(1, (30, 0, 60, 40))
    contents = [
        encoded(palette, "PNG", transparency=0),
        encoded(Image.new("RGBA", (60, 40), (1, 2, 3, 0)), "PNG"),
        encoded(Image.new("RGBA", (60, 40), (1, 2, 3, 0)), "WEBP", lossless=True),
        encoded(
            Image.new("LA", (60, 40), (1, 0)),
            "PNG",
            icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        ),
        encoded(Image.new("L", (60, 40), 7), "PNG", transparency=7),
        encoded(Image.new("RGB", (60, 40), (1, 2, 3)), "PNG", transparency=(1, 2, 3)),
    ]
    for content in contents:
        picture = re_encode(content, user=1)
        assert opened(picture.content).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]  # four numbers
        assert opened(picture.thumbnail).getpixel((5, 5)) == pytest.approx((255, 255, 255), abs=2)


def test_the_thumbnail_of_16_bit_grey_is_grey() -> None:
    content = (CASES / "gray16.png").read_bytes()
    picture: Picture = re_encode(content, user=1)
    assert opened(picture.content).tobytes() == opened(content).tobytes()
    low, high = opened(picture.thumbnail).convert("L").getextrema()
    source_low, source_high = opened(content).getextrema()
    assert (low, high) == pytest.approx((source_low / 256, source_high / 256), abs=4)  # type: ignore[operator]  # one band


def test_a_thumbnail_is_never_larger_than_the_image() -> None:
    assert opened(re_encode(plain("PNG", (1, 900)), user=1).thumbnail).size == (1, 480)
    assert opened(re_encode(plain("PNG"), user=1).thumbnail).size == (60, 40)


@pytest.mark.parametrize("name", ["iphone.heic", "photo.avif"])
def test_images_of_phones_are_stored_as_jpeg(name: str) -> None:
    picture = re_encode((CASES / name).read_bytes(), user=1)
    assert (picture.form, opened(picture.content).format, opened(picture.content).mode) == (
        "JPEG",
        "JPEG",
        "RGB",
    )


def test_a_transparent_avif_is_stored_on_white() -> None:
    result = stored(encoded(Image.new("RGBA", (60, 40), (1, 2, 3, 0)), "AVIF"))
    assert result.getpixel((5, 5)) == pytest.approx((255, 255, 255), abs=3)
