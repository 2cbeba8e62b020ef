"""The rules for every declared call, also for those that are added later."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.models import IdempotencyKey, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from gasutil.workflow.external_references import set_reference
from tests.support.access_matrix import BODIES, CAST, TABLE, Scene, operations, place_of
from tests.support.api import Api
from tests.support.documents import PDF
from tests.support.problems import TYPE, field_errors

# The contract's exceptions, and calls that are made without an account.
NO_KEYS = {
    "login",
    "refresh_login",
    "logout",
    "register",
    "change_password",
    "confirm_email",
    "request_reset",
    "reset_password",
    "create_event_ticket",
    "claim_request",
}
# They take keys as well: tests/api/test_second_factor.py and test_privacy.py.
OF_THE_ACCOUNT = {
    "start_second_factor",
    "confirm_second_factor",
    "renew_recovery_codes",
    "remove_second_factor",
    "erase_profile",
}
OTHER: dict[str, dict[str, Any]] = {
    "create_request": {"description": "Another house"},
    "intake_request": {"description": "Another house"},
    "update_profile": {"phone_number": "+919876543211"},
    "add_incident_reports": {"reports": [1_000_000]},
    "create_webhook": {"name": "Else"},
    "update_webhook": {"name": "Else"},
}  # what makes the body of a call another one, where notes do not
VALUES = {
    "status": "pending",
    "priority": "high",
    "expand": "customer",
    "overdue": "true",
    "created_after": "2026-01-01",
    "created_before": "2026-01-01",
    "updated_after": "2026-01-01",
    "since": "2026-01-01",
    "from": "2026-01-01",
    "to": "2026-01-02",
    "format": "json",
    "occurred_at": "2026-01-01",
    "phone_number": "%2B917890123456",
    "external": "erp:1",
}  # of parameters for which 1 is none
# Who makes a call that works only after a change of the request by support, and that change.
FIRST: dict[str, tuple[str, Callable[[ServiceRequest, Actor], Any]]] = {
    "reopen_request": (
        "customer",
        lambda leak, actor: requests.resolve(leak.pk, actor=actor, notes="Repaired."),
    ),
    "remove_request_reference": (
        "support",
        lambda leak, actor: set_reference(leak.pk, actor=actor, system="dispatch", id="WO-4711"),
    ),
}
WITHOUT_VERSION = {"create_request"}
# What was read of an incident is compared by its tag: tests/api/test_incidents.py.
TAGGED = {"update_incident", "add_incident_reports", "write_incident_update", "close_incident"}
CLAIM = "claim_request"  # its own token says of which request: tests/api/test_tracking.py
ABOUT_REQUESTS = ("requests/", "request-updates/", "attachments/")
WITH_KEYS = [name for name in TABLE if name not in NO_KEYS | OF_THE_ACCOUNT]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """Store files in a temporary folder."""
    settings.MEDIA_ROOT = tmp_path


class Caller:
    """A user who can make a call, and a request for which it works."""

    def __init__(self, name: str, leak: ServiceRequest, request: pytest.FixtureRequest) -> None:
        statuses = dict(zip(CAST, TABLE[name], strict=True))
        if name in FIRST:
            who, prepare = FIRST[name]
            prepare(leak, Actor(request.getfixturevalue("support")))
            statuses[who] = 200
        callers = (who for who in ("customer", "support") if statuses[who] < 300)
        user = request.getfixturevalue(next(callers, "manager"))
        self.name, self.api = name, Api(user)
        self.method, path, self.document = operations()[name]
        self.path = place_of(path, leak)
        self.body = BODIES[name](Scene(user, leak)) if name in BODIES else None

    def __call__(
        self, *, boundary: str = "one", other: bool = False, body: Any = None, **headers: str
    ) -> Any:
        """Make the call."""
        if self.name == "attach_file":
            name = "other.pdf" if other else "bill.pdf"
            file = {"file": SimpleUploadedFile(name, PDF, "application/pdf")}
            return self.api.client.post(
                f"/api/v1/{self.path}",
                encode_multipart(boundary, file),
                f"multipart/form-data; boundary={boundary}",
                headers=self.api.headers
                | {name.replace("_", "-"): value for name, value in headers.items()},
            )
        sent = body or (self.body or {}) | (
            OTHER.get(self.name, {"notes": "Else."}) if other else {}
        )
        return self.api(self.method, self.path, sent or None, **headers)


def parameters(name: str) -> dict[str, Any]:
    return {
        parameter["name"]: parameter for parameter in operations()[name][2].get("parameters", ())
    }


@pytest.mark.parametrize("name", TABLE)
def test_it_takes_a_key_if_it_is_a_post_or_a_patch(name: str, db: None) -> None:
    takes = operations()[name][0] in ("POST", "PATCH") and name not in NO_KEYS
    assert ("Idempotency-Key" in parameters(name)) is takes


def with_keys(name: str) -> bool:
    method = operations()[name][0]
    return method in ("POST", "PATCH") and name not in NO_KEYS


def takes_a_body(name: str) -> bool:
    return "requestBody" in operations()[name][2]


@pytest.mark.parametrize("name", WITH_KEYS)
def test_a_repetition_returns_the_first_response(
    name: str, leak: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    if not with_keys(name):
        return
    call, key = Caller(name, leak, request), uuid.uuid4().hex
    first = call(Idempotency_Key=key)
    rows = RequestUpdate.objects.count()
    again = call(Idempotency_Key=key, boundary="two")
    assert first.status_code < 300, first.content
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (
        None,
        "true",
    )
    assert {"Location", "ETag", "Content-Type"} & set(first.headers) == {
        "Location",
        "ETag",
        "Content-Type",
    } & set(again.headers)
    assert RequestUpdate.objects.count() == rows


@pytest.mark.parametrize("name", WITH_KEYS)
def test_another_body_is_a_conflict(
    name: str, leak: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    if not with_keys(name) or not takes_a_body(name):
        return
    call, key = Caller(name, leak, request), uuid.uuid4().hex
    call(Idempotency_Key=key)
    if name == "report_emergency":  # another body is another report
        other = call(Idempotency_Key=key, body={"address": "Another house"})
        assert (other.status_code, "Idempotency-Replayed" in other.headers) == (201, False)
        return
    other = call(Idempotency_Key=key, other=True)
    assert (other.status_code, other.json()["type"]) == (409, TYPE + "idempotency-conflict")


@pytest.mark.parametrize("name", WITH_KEYS)
def test_an_error_is_not_stored(
    name: str, leak: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    if not with_keys(name):
        return
    call, key = Caller(name, leak, request), uuid.uuid4().hex
    if "If-Match" in parameters(name):
        assert call(Idempotency_Key=key, If_Match='"99"').status_code == 412
    assert not IdempotencyKey.objects.exists()
    assert call(Idempotency_Key=key).status_code < 300


@pytest.mark.parametrize("name", TABLE)
def test_a_change_of_a_request_takes_a_version(
    name: str, leak: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    method, path, _document = operations()[name]
    changes = method != "GET" and path.startswith(ABOUT_REQUESTS) and name not in WITHOUT_VERSION
    assert ("If-Match" in parameters(name)) is (changes or name in TAGGED)
    if not changes or name == CLAIM:
        return
    call = Caller(name, leak, request)
    rows = RequestUpdate.objects.count()
    stale = call(If_Match='"99"')
    assert (stale.status_code, stale.json()["type"]) == (412, TYPE + "stale-version")
    assert RequestUpdate.objects.count() == rows
    leak.refresh_from_db()
    assert call(If_Match=f'"{leak.version}-1a2b"').status_code < 300


def test_what_an_error_has_stored_stays(
    leak: ServiceRequest, support: User, customer: User
) -> None:
    """A message to an emergency that is closed is stored, although the response is an error."""
    requests.cancel(leak.pk, actor=Actor(support), notes="A prank.")
    answer = Api(customer).post(
        f"requests/{leak.pk}/comments/", {"notes": "It still smells"}, Idempotency_Key="k"
    )
    assert (answer.status_code, answer.json()["type"]) == (409, TYPE + "closed")
    assert RequestUpdate.objects.filter(notes="It still smells").count() == 1
    assert not IdempotencyKey.objects.exists()


def test_a_key_belongs_to_its_caller_method_and_path(
    leak: ServiceRequest, connection: ServiceRequest, support: User, customer: User
) -> None:
    for user, path in [
        (customer, f"requests/{leak.pk}/comments/"),
        (customer, f"requests/{connection.pk}/comments/"),
        (support, f"requests/{leak.pk}/comments/"),
    ]:
        answer = Api(user).post(path, {"notes": "Hello"}, Idempotency_Key="the same")
        assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (201, False)
    assert RequestUpdate.objects.filter(notes="Hello").count() == 3


@pytest.mark.parametrize("name", TABLE)
def test_a_parameter_of_one_value_is_taken_once(
    name: str, leak: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    queries = {
        parameter["name"]: parameter["schema"]
        for parameter in operations()[name][2].get("parameters", ())
        if parameter["in"] == "query"
    }
    call = Caller(name, leak, request)
    for query, schema in queries.items():
        value = VALUES.get(query) or schema.get("default") or "1"
        answer = call.api(call.method, f"{call.path}?{query}={value}&{query}={value}")
        if schema.get("type") == "array":
            assert answer.status_code == 200, query
        else:
            assert (query, "repeated") in field_errors(answer)


OBJECTS = [name for name in TABLE if name.startswith("get_")]
NOT_AN_OBJECT = {
    *("get_request_history", "get_dashboard", "get_request_proof"),
    *("get_second_factor", "get_report"),
    *("get_log_checkpoint", "get_log_key", "get_log_tile"),
}


@pytest.mark.parametrize("name", [*OBJECTS, "list_request_types"])
def test_an_object_that_has_not_changed_is_not_sent_again(
    name: str, leak: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    if name in NOT_AN_OBJECT or operations()[name][0] != "GET":
        return
    call = Caller(name, leak, request)
    first = call()
    tag = first.headers["ETag"]
    again, other = call(If_None_Match=tag), call(If_None_Match='"other"')
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize("header", ["If_Match", "If_Unmodified_Since"])
def test_a_read_ignores_conditions_for_changes(
    header: str, leak: ServiceRequest, support: User
) -> None:
    date = "Fri, 01 Jan 2021 00:00:00 GMT"
    value = date if header == "If_Unmodified_Since" else '"other"'
    for path in (f"requests/{leak.pk}/", "profile/", "request-types/"):
        assert Api(support).get(path, **{header: value}).status_code == 200


@pytest.mark.parametrize("name", TABLE)
def test_the_document_has_the_headers_of_each_response(name: str, db: None) -> None:
    responses = operations()[name][2]["responses"]
    is_conditional = name == "list_request_types" or (
        name in OBJECTS and name not in NOT_AN_OBJECT and operations()[name][0] == "GET"
    )
    assert ("304" in responses) is ("If-None-Match" in parameters(name)) is is_conditional
    if is_conditional:
        assert {"ETag"} <= set(responses["200"]["headers"]) & set(responses["304"]["headers"])
    assert all("X-Request-Id" in response["headers"] for response in responses.values())


def test_a_tag_changes_with_everything_that_is_shown(
    leak: ServiceRequest, support: User, customer: User
) -> None:
    """It depends also on the reader, the time and other requests."""
    path = f"requests/{leak.pk}/"
    tags = [Api(user).get(path).headers["ETag"] for user in (customer, support)]
    ServiceRequest.objects.filter(pk=leak.pk).update(due_at="2020-01-01T00:00:00Z")
    tags.append(Api(support).get(path).headers["ETag"])
    assert len(set(tags)) == 3
    assert Api(support).get(path, If_None_Match=tags[1]).status_code == 200
    assert Api(support).patch(path, {"priority": "emergency"}, If_Match=tags[1]).status_code == 200


def test_the_tag_of_the_catalogue_varies_with_the_language(anyone: Api, db: None) -> None:
    vary = anyone.get("request-types/").headers["Vary"]
    assert {"Accept-Language", "Authorization"} <= set(vary.split(", "))
