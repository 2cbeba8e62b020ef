"""The limits on bodies before Django, by caller and path, for ASGI and WSGI alike."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from gasutil.models import Attachment, ServiceRequest, User
from project.bodies import PLAIN_BODY_BYTES, limit_of
from tests.support.api import token_of
from tests.support.asgi_wsgi_client import ENTRY_POINTS, Answer, form
from tests.support.documents import pdf_of_size
from tests.support.randomness import Random

CSRF = "c" * 32
JSON = "application/json"
LARGE = PLAIN_BODY_BYTES + 1
MIB = 2**20

pytestmark = [pytest.mark.parametrize("entry_point", ENTRY_POINTS), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """An empty folder for files."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def document(size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile(
        "bill.pdf", pdf_of_size(size, Random(size).randbytes(size)), "application/pdf"
    )


def cookies_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="gasutil.identity.backend.ThrottledBackend")
    return (
        f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value};"
        f" csrftoken={CSRF}"
    )


def send(entry_point: Any, user: User, path: str, **parts: Any) -> Answer:
    """Post a form of the console."""
    body = form({"csrfmiddlewaretoken": CSRF, "_form_submitted": "on", **parts})
    answer: Answer = entry_point(path, [body], len(body), Cookie=cookies_of(user))
    return answer


def comment_path(obj: ServiceRequest) -> str:
    return reverse("admin:gasutil_servicerequest_comment", args=[obj.pk])


# --- Of strangers
# -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nowhere/",
        "/admin/login/",
        "/language/",
        "/api/v1/login/",
        "/api/v1/requests/1/cancel/",
    ],
)
def test_a_body_without_files_is_not_read_when_it_is_large(path: str, entry_point: Any) -> None:
    answer = entry_point(path, [], LARGE)
    assert (answer.status, answer.json()["detail"]) == (
        413,
        f"A body can have at most {PLAIN_BODY_BYTES} bytes.",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/requests/",
        "/admin/gasutil/servicerequest/1/comment/",
        "/admin/gasutil/servicerequest/import/",
    ],
)
@pytest.mark.parametrize("cookie", ["", "sessionid=nonsense", f"sessionid={'a' * 32}"])
def test_files_without_a_token_are_not_read(path: str, cookie: str, entry_point: Any) -> None:
    assert entry_point(path, [], LARGE, Cookie=cookie).status == 401


def test_a_session_does_not_authenticate_for_the_api(entry_point: Any, support: User) -> None:
    assert entry_point("/api/v1/requests/", [], LARGE, Cookie=cookies_of(support)).status == 401


def test_a_token_does_not_authenticate_for_the_console(
    entry_point: Any, support: User, leak: ServiceRequest
) -> None:
    assert (
        entry_point(
            comment_path(leak), [], LARGE, Authorization=f"Bearer {token_of(support)}"
        ).status
        == 401
    )


# --- Without a length
# ---------------------------------------------------------------------------------------------
def test_a_body_without_a_length_is_accepted(entry_point: Any, customer: User) -> None:
    sent = [b'{"request_type": "gas_leak_inspection", ', b'"description": "It smells"}']
    answer = entry_point(
        "/api/v1/requests/",
        sent,
        None,
        Authorization=f"Bearer {token_of(customer)}",
        **{"Content-Type": JSON},
    )
    assert answer.status == 201, answer.body


def test_a_form_without_a_length_is_accepted(entry_point: Any, customer: User) -> None:
    body = form(
        {
            "request_type": "gas_leak_inspection",
            "description": "It smells",
            "attachments": [document(MIB)],
        }
    )
    answer = entry_point(
        "/api/v1/requests/",
        [body[:1000], body[1000:]],
        None,
        Authorization=f"Bearer {token_of(customer)}",
    )
    assert (answer.status, Attachment.objects.count()) == (201, 1), answer.body


def test_files_without_a_length_are_read_up_to_the_limit_of_their_call(
    entry_point: Any, customer: User, support: User, leak: ServiceRequest
) -> None:
    body = form(
        {
            "request_type": "gas_leak_inspection",
            "description": "It smells",
            "attachments": [document(settings.FILE_LIMIT) for _ in range(5)],
        }
    )
    answer = entry_point(
        "/api/v1/requests/", chunks(body), None, Authorization=f"Bearer {token_of(customer)}"
    )
    assert (answer.status, Attachment.objects.count()) == (201, 5), answer.body
    answer = entry_point(
        "/api/v1/requests/",
        chunks(body + b"x" * MIB),
        None,
        Authorization=f"Bearer {token_of(customer)}",
    )
    assert (answer.status, answer.json()["type"]) == (413, "urn:gasutil:problem:send-without-files")


def test_files_without_a_length_are_read_in_the_console(
    entry_point: Any, support: User, leak: ServiceRequest
) -> None:
    body = form(
        {
            "csrfmiddlewaretoken": CSRF,
            "_form_submitted": "on",
            "notes": "Look",
            "attachments": [document(4 * MIB)],
        }
    )
    assert (
        entry_point(comment_path(leak), chunks(body), None, Cookie=cookies_of(support)).status
        == 302
    )
    assert Attachment.objects.count() == 1


def test_json_without_a_length_is_read_up_to_the_limit_of_plain_bodies(
    entry_point: Any, customer: User
) -> None:
    headers = {"Authorization": f"Bearer {token_of(customer)}", "Content-Type": JSON}
    assert entry_point("/api/v1/requests/", chunks(b" " * LARGE), None, **headers).status == 413


def chunks(body: bytes) -> list[bytes]:
    return [body[start : start + 100_000] for start in range(0, len(body), 100_000)]


@pytest.mark.parametrize("path", ["/nowhere/", "/admin/login/", "/api/v1/requests/"])
def test_nothing_is_read_beyond_the_limit(path: str, entry_point: Any) -> None:
    assert entry_point(path, [b"x" * MIB for _ in range(3)], None).status == 413


# --- Of those who are known
# ---------------------------------------------------------------------------------------
def test_an_agent_sends_as_many_files_as_a_call_has(
    entry_point: Any, support: User, leak: ServiceRequest
) -> None:
    files = [document(settings.FILE_LIMIT) for _ in range(settings.FILES_A_CALL)]
    answer = send(entry_point, support, comment_path(leak), notes="Look", attachments=files)
    assert (answer.status, Attachment.objects.count()) == (302, settings.FILES_A_CALL), answer.body


def test_an_agent_can_send_no_more(entry_point: Any, support: User, leak: ServiceRequest) -> None:
    assert (
        entry_point(
            comment_path(leak), [], limit_of(comment_path(leak)) + 1, Cookie=cookies_of(support)
        ).status
        == 413
    )


def test_the_form_shows_that_a_table_is_too_large(entry_point: Any, manager: User) -> None:
    table = SimpleUploadedFile("table.csv", b"x" * 3 * MIB, "text/csv")
    answer = send(entry_point, manager, reverse("admin:gasutil_servicerequest_import"), file=table)
    assert (answer.status, "The limit is 2 MiB" in answer.body.decode()) == (200, True)


def test_a_caller_who_cannot_be_checked_gets_503(entry_point: Any) -> None:
    with patch(
        "django.contrib.sessions.backends.db.SessionStore.load", side_effect=OperationalError
    ):
        answer = entry_point(
            "/admin/gasutil/servicerequest/1/comment/", [], LARGE, Cookie=f"sessionid={'a' * 32}"
        )
    assert answer.status == 503
