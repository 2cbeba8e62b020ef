"""Files of the maximum size, by each interface of a server.

They are accepted, and one byte more is rejected.
"""

import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import Settings

from gasutil.models import Attachment, ServiceRequest, User
from tests.support.api import Api, token_of
from tests.support.asgi_wsgi_client import ENTRY_POINTS, Answer, form
from tests.support.documents import pdf_of_size

LEAK = {"request_type": "gas_leak_inspection", "description": "It smells"}
CONNECTION = {"request_type": "new_connection", "description": "A new house"}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """An empty folder for files."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def photo() -> SimpleUploadedFile:
    """A photo of some 2.8 MB, in which every pixel differs."""
    stored = io.BytesIO()
    Image.frombytes("RGB", (970, 970), os.urandom(970 * 970 * 3)).save(
        stored, "PNG", compress_level=1
    )
    return SimpleUploadedFile("meter.png", stored.getvalue(), "image/png")


def document(size: int) -> SimpleUploadedFile:
    """A document of so many bytes."""
    return SimpleUploadedFile("bill.pdf", pdf_of_size(size), "application/pdf")


def file_leak(entry_point: Any, user: User, *files: SimpleUploadedFile) -> Answer:
    body = form({**LEAK, "attachments": files})
    answer: Answer = entry_point(
        "/api/v1/requests/", [body], len(body), Authorization=f"Bearer {token_of(user)}"
    )
    return answer


def test_it_works(customer: User) -> None:
    answer = Api(customer).send("requests/", **LEAK, attachments=[photo()])
    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_a_photograph_is_taken(entry_point: Any, customer: User) -> None:
    answer = file_leak(entry_point, customer, photo())
    assert answer.status == 201, answer.body


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_as_many_as_a_call_has_are_taken_each_as_large_as_a_file_is(
    entry_point: Any, customer: User
) -> None:
    answer = file_leak(
        entry_point,
        customer,
        *(document(settings.FILE_LIMIT) for _ in range(settings.FILES_A_CALL)),
    )
    assert answer.status == 201, answer.body
    assert [attachment.size for attachment in Attachment.objects.all()] == [
        settings.FILE_LIMIT
    ] * settings.FILES_A_CALL


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_one_byte_more_is_too_much_and_stores_nothing(
    entry_point: Any, customer: User, folder: Path
) -> None:
    body = form(
        {
            **CONNECTION,
            "attachments": [document(settings.FILE_LIMIT), document(settings.FILE_LIMIT + 1)],
        }
    )
    answer: Answer = entry_point(
        "/api/v1/requests/", [body], len(body), Authorization=f"Bearer {token_of(customer)}"
    )
    assert (answer.status, answer.json()["detail"]) == (413, "A file can have at most 10 MiB.")
    assert not ServiceRequest.objects.exists()
    assert not any(path.is_file() for path in folder.rglob("*"))


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_texts_that_are_too_large_are_413(entry_point: Any, customer: User) -> None:
    body = form(
        {
            **LEAK,
            "description": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
            "attachments": [document(1000)],
        }
    )
    answer = entry_point(
        "/api/v1/requests/", [body], len(body), Authorization=f"Bearer {token_of(customer)}"
    )
    assert answer.status == 413, answer.body


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_a_form_that_is_none_is_400(entry_point: Any, customer: User) -> None:
    body = b"no form"
    answer = entry_point(
        "/api/v1/requests/",
        [body],
        len(body),
        Authorization=f"Bearer {token_of(customer)}",
        **{"Content-Type": "multipart/form-data"},
    )
    assert answer.status == 400, answer.body
