"""Files to upload, and those that were stored."""

import io
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    stored = io.BytesIO()
    Image.new("RGB", size, "orange").save(stored, form, **options)
    return stored.getvalue()


def part(
    content: bytes | None = None, name: str = "meter.jpg", kind: str = "image/jpeg"
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content, kind)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def png() -> bytes:
    stored = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stored, "PNG")
    return stored.getvalue()


def png_part(
    name: str = "meter.png", content: bytes | None = None, kind: str = "image/png"
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png() if content is None else content, kind)
