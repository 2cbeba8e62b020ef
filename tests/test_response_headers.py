"""Security headers.

Every response has them, also static files, error pages and what is rejected before Django.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from project.bodies import PLAIN_BODY_BYTES
from tests.support.asgi_wsgi_client import ENTRY_POINTS, connected

HSTS = "max-age=31536000"
PATHS = [
    *(
        "/",
        "/admin",
        "/admin/login/",
        "/admin/nowhere/",
        "/admin/texts.js",
        "/nowhere",
        "/email/confirm/x/",
        "/unsubscribe/x/",
    ),
    *(
        "/api/v1/docs",
        "/api/v1/openapi.json",
        "/api/v1/request-types/",
        "/api/v1/requests/",
        "/api/v1/nowhere/",
        "/api/v1/login/",
    ),
    *("/health/", "/health/live/", "/health/ready/"),
    *(
        "/static/gasutil/console.css",
        "/static/gasutil/live.js",
        "/static/gasutil/favicon.svg",
        "/static/gasutil/nowhere.css",
    ),
]


@pytest.fixture
def collected(tmp_path: Path, settings: Settings) -> None:
    """The static files as `prepare` collects them, and the settings of a site with https."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.SECURE_HSTS_SECONDS = 31_536_000
    call_command("collectstatic", verbosity=0, interactive=False)


def missing(headers: Mapping[str, str]) -> list[str]:
    """Return the names of the headers that a response lacks."""
    result = {name.lower(): value for name, value in headers.items()}
    expected = {"x-content-type-options": "nosniff", "strict-transport-security": HSTS}
    wrong = [name for name, value in expected.items() if result.get(name) != value]
    return wrong if result.get("content-security-policy") else [*wrong, "content-security-policy"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", PATHS)
def test_every_response_has_them(path: str, method: str, collected: None, db: None) -> None:
    response = Client(raise_request_exception=False).generic(method, path, secure=True)
    with connected():
        response.close()
    assert missing(response.headers) == [], response.status_code


def test_a_static_file_is_served_for_a_short_time_of_caching(collected: None) -> None:
    response = Client().get("/static/gasutil/console.css")
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "max-age=300, public")
    assert (
        b"".join(response.streaming_content)
        == (django_settings.BASE_DIR / "gasutil/static/gasutil/console.css").read_bytes()
    )
    assert "Access-Control-Allow-Origin" not in response.headers


def test_a_static_file_that_a_release_replaces_is_served_completely(
    collected: None, settings: Settings
) -> None:
    client, file = Client(), Path(settings.STATIC_ROOT) / "gasutil" / "console.css"
    assert b"".join(client.get("/static/gasutil/console.css").streaming_content)
    file.write_text("body { color: red; }" * 10_000)
    response = client.get("/static/gasutil/console.css")
    assert (len(b"".join(response.streaming_content)), response.headers["Content-Length"]) == (
        200_000,
        "200000",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/static/../db.sqlite3",
        "/static/%2e%2e/db.sqlite3",
        "/static/gasutil/../../db.sqlite3",
        "/static/",
    ],
)
def test_nothing_else_is_served_as_a_static_file(
    path: str, collected: None, settings: Settings, db: None
) -> None:
    (Path(settings.STATIC_ROOT).parent / "db.sqlite3").write_text("secret")
    assert Client().get(path).status_code == 404


def test_a_wrong_host_is_rejected_with_them(collected: None, db: None) -> None:
    response = Client().get("/admin/login/", headers={"Host": "elsewhere.example.com"}, secure=True)
    assert (response.status_code, missing(response.headers)) == (400, [])


def test_an_unexpected_error_has_them(
    collected: None, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    monkeypatch.setattr("gasutil.pages.ConfirmEmail.get", lambda *given, **named: 1 / 0)
    response = client.get("/email/confirm/x/", secure=True)
    assert (response.status_code, missing(response.headers)) == (500, [])


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
@pytest.mark.parametrize("path", ["/", "/admin/login/", "/api/v1/login/", "/api/v1/requests/"])
def test_what_is_rejected_before_django_has_them(
    path: str, entry_point: Any, collected: None, db: None
) -> None:
    response = entry_point(path, [b"x" * 9], PLAIN_BODY_BYTES + 1, scheme="https")
    assert response.status in (401, 413)
    assert missing(response.headers) == []
    assert response.headers.get("cache-control") == (
        "no-store" if path.startswith("/api/") else None
    )
