"""Browser apps on other origins."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client
from environs import ValidationError
from pytest_django import Settings

from gasutil.models import User
from project.bodies import PLAIN_BODY_BYTES
from project.settings import exact_origin
from tests.support.api import Api, token_of
from tests.support.asgi_wsgi_client import ENTRY_POINTS, Answer

APP, OTHER = "https://app.example.com", "https://evil.example.com"
ALLOWED = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID,"
    " Accept-Language, X-Request-Id"
)
EXPOSED = "ETag, Location, Retry-After, Idempotency-Replayed, Content-Disposition, X-Request-Id"


@pytest.fixture(autouse=True)
def origins(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP, "capacitor://localhost"]


def cors(headers: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of CORS."""
    return {
        name.lower().removeprefix("access-control-"): value
        for name, value in headers.items()
        if name.lower().startswith("access-control-")
    }


def preflight(path: str, origin: str, method: str = "POST") -> Any:
    headers = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type,idempotency-key",
    }
    return Client().options(path, headers=headers)


@pytest.mark.parametrize("origin", [APP, "capacitor://localhost"])
@pytest.mark.parametrize(
    "path", ["requests/", "requests/1/", "events/", "events/ticket/", "login/", "nowhere/"]
)
def test_it_works(path: str, origin: str, db: None) -> None:
    answer = preflight(f"/api/v1/{path}", origin)
    assert answer.status_code in (200, 204)
    assert cors(answer.headers) == {
        "allow-origin": origin,
        "allow-headers": ALLOWED,
        "allow-methods": "GET, POST, PUT, PATCH, DELETE",
        "expose-headers": EXPOSED,
        "max-age": "600",
    }
    assert "origin" in answer.headers["Vary"]


def test_a_call_is_readable(customer: User) -> None:
    answer = Api(customer).get("requests/", Origin=APP)
    assert cors(answer.headers) == {"allow-origin": APP, "expose-headers": EXPOSED}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "requests/", 401),
        ("GET", "nowhere/", 404),
        ("DELETE", "request-types/", 405),
        ("POST", "login/", 422),
        ("GET", "events/", 401),
    ],
)
def test_an_error_is_readable(method: str, path: str, status: int, anyone: Api, db: None) -> None:
    body = {} if method == "POST" else None
    answer = anyone(method, path, body, Origin=APP)
    assert (answer.status_code, cors(answer.headers)["allow-origin"]) == (status, APP)


@pytest.mark.parametrize("post", ENTRY_POINTS)
@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/v1/login/", 413), ("/api/v1/requests/1/attachments/", 401)],
)
def test_what_is_rejected_before_django_is_readable(
    path: str, status: int, post: Callable[..., Answer], db: None
) -> None:
    piece = b"x" * (PLAIN_BODY_BYTES + 1)
    answer = post(path, [piece], len(piece), Origin=APP)
    assert (answer.status, cors(answer.headers)) == (
        status,
        {"allow-origin": APP, "expose-headers": EXPOSED},
    )


@pytest.mark.parametrize("post", ENTRY_POINTS)
def test_a_body_without_a_length_that_is_too_large_is_readable(
    post: Callable[..., Answer], db: None
) -> None:
    answer = post("/api/v1/login/", [b"x" * (PLAIN_BODY_BYTES + 1)], None, Origin=APP)
    assert (answer.status, cors(answer.headers)["allow-origin"]) == (413, APP)


@pytest.mark.parametrize(
    "origin",
    [
        OTHER,
        "null",
        "http://app.example.com",
        f"{APP}.evil.example.com",
        f"{APP}:8443",
        "https://sub.app.example.com",
        "*",
    ],
)
def test_another_origin_gets_nothing(origin: str, customer: User) -> None:
    assert cors(preflight("/api/v1/requests/", origin).headers) == {}
    assert cors(Api(customer).get("requests/", Origin=origin).headers) == {}


def test_without_origins_there_is_none(settings: Settings, anyone: Api, db: None) -> None:
    settings.CORS_ALLOWED_ORIGINS = []
    assert cors(preflight("/api/v1/requests/", APP).headers) == {}
    assert cors(anyone.get("request-types/", Origin=APP).headers) == {}


@pytest.mark.parametrize("path", ["/admin/login/", "/health/", "/", "/language/"])
def test_it_applies_to_the_api_only(path: str, db: None) -> None:
    assert cors(Client().get(path, headers={"origin": APP}).headers) == {}
    assert cors(preflight(path, APP).headers) == {}


def test_a_cookie_is_never_allowed(customer: User) -> None:
    headers = {"origin": APP, "authorization": f"Bearer {token_of(customer)}"}
    answer = Client().get("/api/v1/profile/", headers=headers)
    assert "allow-credentials" not in cors(answer.headers)


@pytest.mark.parametrize(
    "text", [APP, "http://localhost:5173", "capacitor://localhost", "ionic://localhost"]
)
def test_an_origin_is_accepted(text: str) -> None:
    assert exact_origin(text) == text


@pytest.mark.parametrize(
    "text",
    ["*", "app.example.com", f"{APP}/", f"{APP}/app", "https://*.example.com", "https://", "null"],
)
def test_anything_else_stops_the_server(text: str) -> None:
    with pytest.raises(ValidationError, match="no origin"):
        exact_origin(text)
