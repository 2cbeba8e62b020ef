"""Every entry point returns errors in one format."""

import http.client
import json
import re
from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.api.bodies import CUSTOMER_EXAMPLE
from gasutil.api.framework.errors import of_status
from gasutil.api.framework.parser import StrictParser
from gasutil.models import Incident, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.api import Api
from tests.support.bodies import CONNECTION
from tests.support.people import PASSWORD
from tests.support.problems import (
    NO_TOKEN,
    NOT_FOUND,
    TYPE,
    ended,
    field_errors,
    invalid,
    not_allowed,
    refused,
)

JSON = "application/json"
EARLIER, LATER = "2001-01-01T00:00:00Z", "2101-01-01T00:00:00Z"
# Python 3.13 has another phrase; the API's is the same on every Python.
TITLES = {413: "Request Entity Too Large"}


def of_http(status: int, detail: str) -> dict[str, Any]:
    """Return the body of an error that has a standard HTTP name."""
    phrase = TITLES.get(status) or http.client.responses[status]
    return {
        "type": TYPE + phrase.lower().replace(" ", "-"),
        "title": phrase,
        "status": status,
        "detail": detail,
    }


def check(answer: Any, body: dict[str, Any], **headers: str) -> None:
    """Check that a response is exactly this problem, with these headers."""
    found = answer.json()
    instance = found.pop("instance", answer.headers["X-Request-Id"])  # `Api` has checked it
    assert (answer.status_code, found) == (body["status"], body)
    assert instance == answer.headers["X-Request-Id"]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {name: answer.headers.get(name.replace("_", "-")) for name in headers} == headers
    message = answer.content.decode()
    assert not any(
        word in message for word in ("Traceback", "SELECT", "File \\", "/site-packages", "gasutil.")
    )


BAD_JSON = of_http(400, "The body is not JSON.")
NO_PATH = of_http(404, "Nothing matches the given URI")
NO_SLASH = of_http(404, "No such path. Every path ends with a slash.")
NOT_JSON = of_http(415, "Send the body as application/json.")
TOO_LARGE = of_http(413, "A body can have at most 65536 bytes.")


@pytest.mark.parametrize(
    ("error", "status"),
    [(OperationalError("down"), 503), (RequestDataTooBig(), 413), (RuntimeError("ours"), 500)],
)
def test_only_what_is_not_json_is_reported_as_such(
    error: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """django-ninja turns every error that is raised while a body is read into a 400."""

    def fail(self: StrictParser, request: Any) -> Any:
        raise error

    monkeypatch.setattr(StrictParser, "parse_body", fail)
    assert Client().post("/api/v1/login/", "{}", content_type=JSON).status_code == status


# --- 400
# --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "body",
    [
        "{",
        "",
        " ",
        "{'username': 'x'}",
        '{"username": "x",}',
        '{"username": "x"} x',
        "username=x",
        "NaN",
        '{"username": NaN, "password": "x"}',
        '{"username": Infinity, "password": "x"}',
        b"\xff\xfe",
        b'{"username": "\xff", "password": "x"}',
        b'\x00{"username": "x", "password": "x"}',
        b'{"username": "\xed\xa0\x80", "password": "x"}',
        '{"username": "\ud800"}'.encode("utf-8", "surrogatepass"),
        "[" * 20_000,
        "[" * 20_000 + "]" * 20_000,
        '{"a":' * 10_000 + "1" + "}" * 10_000,
    ],
)
def test_a_body_that_is_not_json_is_400(body: str | bytes, anyone: Api, db: None) -> None:
    answer = anyone.client.generic("POST", "/api/v1/login/", body, content_type=JSON)
    if body == "":
        return check(answer, invalid(("body", "missing", "This field is required.")))
    return check(answer, BAD_JSON)


@pytest.mark.parametrize(
    "body", ["null", "7", '"x"', "[]", "true", "1e400", "1" * 4000, '[{"username": "x"}]']
)
def test_json_that_is_no_object_is_rejected(body: str, anyone: Api, db: None) -> None:
    answer = anyone.post("login/", body)
    assert answer.status_code in (400, 422)
    assert answer.json()["type"] in (TYPE + "bad-request", TYPE + "invalid")
    assert answer.headers["Content-Type"] == "application/problem+json"


# --- 401
# --------------------------------------------------------------------------------------------------
def test_no_token_is_401(anyone: Api, db: None) -> None:
    check(anyone.get("requests/"), NO_TOKEN, WWW_Authenticate="Bearer")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic Y3VzdG9tZXI6eA==", "Token x", "bearer", "Bearer\tx"]
)
def test_no_bearer_is_401(header: str, anyone: Api, db: None) -> None:
    answer = anyone.get("requests/", Authorization=header)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["type"] == TYPE + "not-authenticated"


def test_a_bad_token_is_401(anyone: Api, db: None) -> None:
    check(
        anyone.get("requests/", Authorization="Bearer x"),
        ended("The token is not valid or has expired."),
        WWW_Authenticate="Bearer",
    )


def test_without_a_token_no_error_of_the_body_is_shown(anyone: Api, db: None) -> None:
    check(anyone.post("requests/", {"x": 1}), NO_TOKEN)


# --- 403, 404, 405
# ------------------------------------------------------------------------------------------------
def test_what_the_role_may_never_do_is_403(api: Any, customer: User, leak: ServiceRequest) -> None:
    check(
        api(customer).patch(f"requests/{leak.pk}/", {"notes": "x"}),
        not_allowed("Only support can do this."),
    )


def test_what_is_not_theirs_is_404(api: Any, neighbour: User, leak: ServiceRequest) -> None:
    check(api(neighbour).get(f"requests/{leak.pk}/"), NOT_FOUND)


@pytest.mark.parametrize(
    "path",
    [
        "nowhere/",
        "requests/x/",
        "requests/1/nothing/",
        "requests/-1/",
        "requests/1.5/",
        "requests//",
        "REQUESTS/",
    ],
)
def test_an_unknown_path_is_404(path: str, anyone: Api, db: None) -> None:
    check(anyone.get(path), NO_PATH)
    check(anyone.post(path, {}), NO_PATH)


@pytest.mark.parametrize("path", ["requests", "requests/1", "login", "nowhere", "profile/password"])
def test_a_missing_slash_is_404_with_a_hint(path: str, anyone: Api, db: None) -> None:
    check(anyone.get(path), NO_SLASH)
    check(anyone.post(path, {}), NO_SLASH)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "login/", "POST"),
        ("DELETE", "profile/", "GET, PATCH, PUT"),
        ("DELETE", "requests/", "GET, POST"),
        ("PUT", "requests/1/", "GET, PATCH"),
        ("DELETE", "requests/1/", "GET, PATCH"),
        ("GET", "requests/1/cancel/", "POST"),
        ("POST", "request-types/", "GET"),
        ("PATCH", "request-updates/", "GET, POST"),
    ],
)
def test_another_method_is_405_and_names_the_allowed_ones(
    method: str, path: str, allowed: str, anyone: Api, db: None
) -> None:
    answer = anyone(method, path)
    check(answer, of_http(405, "Specified method is invalid for this resource"))
    assert sorted(answer.headers["Allow"].split(", ")) == allowed.split(", ")


# --- 409, 412
# --------------------------------------------------------------------------------------------------
def test_what_the_state_forbids_is_409(api: Any, support: User, connection: ServiceRequest) -> None:
    requests.cancel(connection.pk, actor=Actor(support))
    message = f"{connection.reference} is cancelled and can't become resolved. Allowed: none."
    check(
        api(support).patch(f"requests/{connection.pk}/", {"status": "resolved"}),
        refused(message, []),
    )


def test_a_stale_version_is_412(api: Any, support: User, connection: ServiceRequest) -> None:
    message = f"{connection.reference} has changed. Its current version is 1."
    body = {
        "type": TYPE + "stale-version",
        "title": "Stale version",
        "status": 412,
        "detail": message,
    }
    check(api(support).patch(f"requests/{connection.pk}/", {"notes": "x"}, If_Match='"7"'), body)


# --- 413, 415
# --------------------------------------------------------------------------------------------------
def test_a_body_that_is_too_large_is_413(api: Any, customer: User) -> None:
    check(api(customer).post("requests/", CONNECTION | {"description": "a" * 65_536}), TOO_LARGE)


def test_a_body_that_is_too_large_is_413_before_authentication(anyone: Api, db: None) -> None:
    check(anyone.post("requests/", b" " * 65_537), TOO_LARGE)
    check(anyone.post("nowhere/", b" " * 65_537), TOO_LARGE)


def test_a_body_that_is_as_large_as_allowed_is_read(anyone: Api, db: None) -> None:
    body = json.dumps({"username": "x", "password": "x"})
    assert anyone.post("login/", body + " " * (65_536 - len(body))).status_code == 401


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "",
        "text/json",
        "application/jsonx",
        "x",
    ],
)
def test_a_body_of_another_kind_is_415(content_type: str, anyone: Api, db: None) -> None:
    check(
        anyone.client.generic(
            "POST",
            "/api/v1/login/",
            '{"username": "x", "password": "x"}',
            content_type=content_type,
        ),
        NOT_JSON,
    )


def test_another_error_comes_before_415(
    anyone: Api, api: Any, customer: User, leak: ServiceRequest
) -> None:
    def post(path: str, sender: Api) -> int:
        return sender.client.post(
            f"/api/v1/{path}", {"notes": "x"}, headers=sender.headers
        ).status_code

    assert [
        post("nope/", anyone),
        post(f"requests/{leak.pk}/", api(customer)),
        post(f"requests/{leak.pk}/cancel/", anyone),
    ] == [
        404,
        405,
        401,
    ]
    assert post(f"requests/{leak.pk}/cancel/", api(customer)) == 415


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
    ],
)
def test_the_content_type_of_json_can_be_written_in_any_way(
    content_type: str, anyone: Api, db: None
) -> None:
    answer = anyone.client.generic(
        "POST", "/api/v1/login/", '{"username": "x", "password": "x"}', content_type=content_type
    )
    assert answer.status_code == 401


# --- 422
# --------------------------------------------------------------------------------------------------
def test_an_invalid_body_is_422_with_every_error(anyone: Api, db: None) -> None:
    result = invalid(
        ("username", "string_type", "Enter text."),
        ("password", "missing", "This field is required."),
    )
    check(anyone.post("login/", {"username": 7}), result)


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "a\ud83d"])
@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("POST", "requests/", "description"),
        ("POST", "requests/", "address"),
        ("POST", "requests/", "request_type"),
        ("PATCH", "profile/", "first_name"),
        ("PATCH", "profile/", "email"),
        ("PATCH", "profile/", "phone_number"),
        ("POST", "register/", "username"),
        ("POST", "register/", "password"),
        ("POST", "login/", "username"),
        ("POST", "login/", "password"),
        ("POST", "login/refresh/", "refresh"),
        ("POST", "profile/email/confirm/", "token"),
        ("POST", "password-reset/", "email"),
        ("POST", "password-reset/confirm/", "uid"),
    ],
)
def test_text_that_no_database_can_store_is_rejected(
    method: str, path: str, field: str, text: str, api: Any, customer: User
) -> None:
    answer = api(customer)(method, path, CONNECTION | {field: text})
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "details",
    [
        {"x": "\x00"},
        {"\x00": "x"},
        {"x": "\ud800"},
        {"x": [[[{"y": "\x00"}]]]},
        {"x": 10**400},
        {"x": 1e308},
    ],
)
def test_details_that_no_database_can_store_are_rejected(
    details: dict[str, Any], api: Any, customer: User
) -> None:
    assert api(customer).post("requests/", CONNECTION | {"details": details}).status_code in (
        400,
        422,
    )


@pytest.mark.parametrize("number", [2**31, 2**63, 2**64, 10**100, -(2**63) - 1, 1e308, 0.5])
def test_numbers_that_no_database_can_store_are_rejected(
    number: float, api: Any, support: User, connection: ServiceRequest
) -> None:
    assert api(support).patch(
        f"requests/{connection.pk}/", {"assigned_to": number}
    ).status_code in (400, 422)
    assert api(support).post(
        "request-updates/", {"service_request": number, "notes": "x"}
    ).status_code in (400, 404, 422)


@pytest.mark.parametrize(
    "query",
    [
        "%FF",
        "q=%FF",
        "q=%ED%A0%80",
        "%00=x",
        "status=%00",
        "cursor=%FF",
        "q=%F0%9F%94%A5",
        "&&&",
        "=",
        "q=1&q=2",
    ],
)
def test_a_query_of_any_bytes_gets_a_response(query: str, api: Any, support: User) -> None:
    answer = api(support).get(f"requests/?{query}")
    assert answer.status_code in (200, 422)


# --- 429, 500, 503
# --------------------------------------------------------------------------------------------------
def test_too_many_attempts_are_429(customer: User, anyone: Api, settings: Settings) -> None:
    settings.LOGIN_LIMIT_PAIR = 1
    anyone.post("login/", {"username": "customer", "password": "wrong"})
    answer = anyone.post("login/", {"username": "customer", "password": PASSWORD})
    wait = answer.headers["Retry-After"]
    body = {"type": TYPE + "too-many-attempts", "title": "Too many attempts", "status": 429}
    check(answer, body | {"detail": f"Too many attempts. Try again in {wait} seconds."})
    assert 1 <= int(wait) <= 300


def test_an_unexpected_error_is_500_and_reveals_nothing(
    api: Any, customer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("SELECT secret FROM gasutil")

    monkeypatch.setattr(User.objects, "get", fail)
    answer = api(customer).get("profile/")
    check(answer, of_http(500, "Something went wrong on our side. It has been logged."))
    assert "GET /api/v1/profile/ failed" in [record.getMessage() for record in caplog.records]


def test_a_database_that_is_down_or_locked_is_503(
    api: Any, customer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection to 10.0.0.7 refused")

    monkeypatch.setattr(User.objects, "get", fail)
    answer = api(customer).get("profile/")
    check(
        answer,
        {
            "type": TYPE + "busy",
            "title": "Busy",
            "status": 503,
            "detail": "The server is busy. Try again in a moment.",
        },
    )
    assert answer.headers["Retry-After"] == "2"
    assert "GET /api/v1/profile/: the database is unavailable: connection to 10.0.0.7 refused" in [
        record.getMessage() for record in caplog.records
    ]


# --- Elsewhere
# --------------------------------------------------------------------------------------------------
def test_outside_the_api_errors_are_pages(client: Any, db: None) -> None:
    answer = client.get("/nowhere/")
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (404, "text/html")


def test_the_document_shows_the_shape_of_every_error(anyone: Api, db: None) -> None:
    paths = anyone.get("openapi.json").json()["paths"]
    shapes = {
        json.dumps({kind: media["schema"] for kind, media in answer["content"].items()})
        for methods in paths.values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if int(status) >= 400
    }
    assert shapes == {
        json.dumps({"application/problem+json": {"$ref": "#/components/schemas/Problem"}})
    }


# --- All errors at once, and only to those who may make the call
# ---------------------------------------------------
@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        (
            "POST",
            "profile/password/",
            {"old_password": "x", "password": "short"},
            {"password2", "password"},
        ),
        (
            "POST",
            "password-reset/confirm/",
            {"uid": "MQ", "token": "x", "password": "short"},
            {"password2", "password"},
        ),
        (
            "POST",
            "password-reset/confirm/",
            {"uid": "MQ", "token": "x", "password": "short", "password2": "o"},
            {"token", "password2", "password"},
        ),
        (
            "PATCH",
            "requests/{pk}/",
            {"assigned_to": 999_999, "is_internal": True, "zz": 1},
            {"zz", "assigned_to", "notes"},
        ),
        (
            "POST",
            "request-updates/",
            {"status": "resolved", "is_internal": True},
            {"service_request", "notes"},
        ),
        (
            "POST",
            "requests/{pk}/milestones/",
            {"milestone": "lunch", "occurred_at": LATER, "zz": 1},
            {"milestone", "occurred_at", "zz"},
        ),
        (
            "POST",
            "requests/{pk}/milestones/",
            {"milestone": "lunch", "occurred_at": LATER},
            {"milestone", "occurred_at"},
        ),
        (
            "POST",
            "requests/{pk}/milestones/",
            {"milestone": "on_site", "occurred_at": EARLIER, "zz": 1},
            {"occurred_at", "notes", "zz"},
        ),
        (
            "POST",
            "requests/{pk}/reclassify/",
            {"request_type": "lunch", "notes": 5},
            {"request_type", "notes"},
        ),
        (
            "POST",
            "requests/{pk}/reclassify/",
            {"request_type": "lunch", "occurred_at": LATER},
            {"request_type", "occurred_at"},
        ),
        (
            "POST",
            "requests/{pk}/comments/",
            {"notes": " ", "occurred_at": LATER, "zz": 1},
            {"notes", "occurred_at", "zz"},
        ),
        (
            "POST",
            "requests/{pk}/cancel/",
            {"occurred_at": LATER, "notes": 5},
            {"occurred_at", "notes"},
        ),
        (
            "PUT",
            "requests/{pk}/references/dispatch/",
            {"id": " ", "occurred_at": LATER},
            {"id", "occurred_at"},
        ),
        (
            "POST",
            "incidents/",
            {"title": "x" * 201, "reports": [999_999], "zz": 1},
            {"title", "reports", "zz"},
        ),
        (
            "POST",
            "incidents/{incident}/reports/",
            {"reports": [999_999], "occurred_at": LATER, "zz": 1},
            {"reports", "occurred_at", "zz"},
        ),
        (
            "POST",
            "incidents/{incident}/reports/",
            {"reports": [999_999], "occurred_at": LATER},
            {"reports", "occurred_at"},
        ),
        (
            "POST",
            "incidents/{incident}/updates/",
            {"notes": " ", "occurred_at": LATER, "zz": 1},
            {"notes", "occurred_at", "zz"},
        ),
        (
            "POST",
            "webhooks/",
            {"name": 5, "url": "http://10.0.0.1/x", "events": []},
            {"name", "url", "events"},
        ),
        (
            "POST",
            "webhooks/",
            {"name": "", "url": "http://10.0.0.1/x", "events": []},
            {"name", "url", "events"},
        ),
        ("GET", "requests/?request_type=lunch&status=lunch", None, {"request_type", "status"}),
        (
            "GET",
            "requests/?request_type=lunch&created_after=lunch&zz=1",
            None,
            {"request_type", "created_after", "zz"},
        ),
    ],
)
def test_all_errors_are_reported_at_once(
    method: str,
    path: str,
    body: dict[str, Any],
    expected: set[str],
    api: Any,
    manager: User,
    leak: ServiceRequest,
) -> None:
    incident = Incident.objects.create(title="Smell in Park Street")
    answer = api(manager)(method, path.format(pk=leak.pk, incident=incident.pk), body)
    assert (answer.status_code, {error["field"] for error in answer.json()["errors"]}) == (
        422,
        expected,
    )


def test_a_claim_lists_all_errors(api: Any, customer: User) -> None:
    answer = api(customer).post("requests/claim/", {"tracking_token": "gst_1", "zz": 1})
    assert sorted(field_errors(answer)) == [
        ("tracking_token", "invalid_token"),
        ("zz", "extra_forbidden"),
    ]


def test_a_missing_permission_comes_before_other_errors(api: Any, support: User) -> None:
    answer = api(support).patch("profile/", {"first_name": "Another", "phone_number": "12"})
    assert (answer.status_code, "first_name" in answer.json()["detail"]) == (403, True)


@pytest.mark.parametrize("body", [{"description": "Another"}, {"status": "nonsense"}, []])
@pytest.mark.parametrize("call", ["PATCH ", "POST milestones/"])
def test_without_permission_no_error_of_the_body_is_shown(
    call: str, body: Any, api: Any, customer: User, neighbour: User, leak: ServiceRequest
) -> None:
    method, path = call.split(" ")
    result = [
        api(user)(method, f"requests/{leak.pk}/{path}", body).status_code
        for user in (customer, neighbour)
    ]
    assert result == [403, 404]


@pytest.mark.parametrize("path", ["cancel/", "reopen/", "comments/"])
def test_only_an_owner_sees_the_errors_of_the_body(
    path: str, api: Any, customer: User, neighbour: User, support: User, leak: ServiceRequest
) -> None:
    result = [
        api(user).post(f"requests/{leak.pk}/{path}", {"zz": 1}).status_code
        for user in (customer, neighbour, support)
    ]
    assert result == [422, 404, 422]


def test_the_error_of_json_that_is_no_object_is_plain(anyone: Api, db: None) -> None:
    [error] = anyone.post("login/", []).json()["errors"]
    text = "Send a JSON object."
    assert error == {"field": "body", "code": "model_type", "message": text, "params": {}}


@pytest.mark.parametrize("name", ["first_name", "last_name", "address", "username", "email"])
def test_no_text_of_an_account_contains_nul(
    name: str, anyone: Api, api: Any, customer: User
) -> None:
    answer = anyone.post("register/", CUSTOMER_EXAMPLE | {name: f"a\0{CUSTOMER_EXAMPLE[name]}"})
    assert [error["field"] for error in answer.json()["errors"]] == [name]
    if name != "username":
        assert api(customer).patch("profile/", {name: "a\0b"}).status_code == 422


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_that_cannot_be_read_is_400(
    content_type: str, api: Any, customer: User, leak: ServiceRequest
) -> None:
    for path in ("requests/", f"requests/{leak.pk}/attachments/"):
        answer = Client().generic(
            "POST",
            f"/api/v1/{path}",
            b"--x",
            content_type=content_type,
            headers=api(customer).headers,
        )
        assert answer.status_code == 400


# --- Parameters that no call has
# ----------------------------------------------------------------------------------
def test_every_call_rejects_unknown_parameters(
    api: Any, support: User, leak: ServiceRequest
) -> None:
    """Try every call that reads, and one of each method that changes something.

    The stream is left out, as it needs a real server.
    """
    paths = api(None).get("openapi.json").json()["paths"]
    calls: list[tuple[str, str, Any]] = [
        ("GET", path, None) for path, operations in paths.items() if "get" in operations
    ]
    calls.remove(("GET", "/api/v1/events/", None))
    assert len(calls) > 10
    calls += [
        ("PATCH", "requests/{id}/", {"notes": "x"}),
        ("PUT", "profile/", {}),
        ("POST", "requests/{id}/cancel/", {}),
        ("DELETE", "attachments/{id}/", None),
    ]
    for method, path, body in calls:
        place = re.sub(r"{\w+}", str(leak.pk), path.removeprefix("/api/v1/"))
        answer = api(support)(method, f"{place}?satus=open", body)
        check(answer, invalid(("satus", "extra_forbidden", "Unknown parameter.")))
    leak.refresh_from_db()
    assert (leak.status, leak.version) == ("pending", 1)


def test_a_type_is_the_same_on_every_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "phrase", "Content Too Large"
    )  # the message of Python 3.13
    assert (
        json.loads(of_status(413).content)["type"] == "urn:gasutil:problem:request-entity-too-large"
    )
