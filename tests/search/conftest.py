"""Fixtures of search."""

import io

import pytest
from PIL import Image


@pytest.fixture
def jpeg() -> bytes:
    """A small photo."""
    stored = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stored, "JPEG")
    return stored.getvalue()
