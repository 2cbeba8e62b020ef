"""Who may make which call: every operation of the OpenAPI document, by each role."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from gasutil.models import ServiceRequest, User
from tests.support.access_matrix import BODIES, CAST, TABLE, Scene, operations, part, place_of
from tests.support.api import Api
from tests.support.problems import TYPE

pytestmark = pytest.mark.sweep

ELSEWHERE = {"stream_events"}  # needs an ASGI server: tests/commands/test_stream.py


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """Store files in a temporary folder."""
    settings.MEDIA_ROOT = tmp_path


def test_it_has_a_row_for_every_operation(db: None) -> None:
    assert set(operations()) == {*TABLE, *ELSEWHERE}


def test_it_names_every_operation_once(db: None) -> None:
    paths = Api().get("openapi.json").json()["paths"]
    assert len(operations()) == sum(len(methods) for methods in paths.values())


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("name", TABLE)
def test_each_caller_gets_the_status_of_the_table(
    name: str, who: str, leak: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    method, path, document = operations()[name]
    caller = None if who == "anonymous" else request.getfixturevalue(who)
    place = place_of(path, leak)
    body = BODIES[name](Scene(caller, leak)) if name in BODIES else None
    answer = (
        Api(caller).send(place, **part())
        if name == "attach_file"
        else Api(caller)(method, place, body)
    )
    answer.close()
    assert answer.status_code == TABLE[name][CAST.index(who)], answer.content
    assert str(answer.status_code) in document["responses"]


NEEDS = {"intake_request": "You need permission to file requests for customers."}
OWN = (
    *("profile", "logout", "register", "login", "password", "reset", "confirm_email", "report"),
    *("second_factor", "recovery_codes"),  # of the own account
    "create_event_ticket",  # opens what the caller may read
)


WORK = [
    name
    for name, statuses in TABLE.items()
    if not name.startswith(("list_", "get_", "download_", "preview_"))
    and not any(word in name for word in OWN)
    and statuses[CAST.index("support")] != 403
]


@pytest.mark.parametrize("name", WORK)
def test_an_auditor_changes_nothing(name: str, auditor: User, leak: ServiceRequest) -> None:
    method, path, _document = operations()[name]
    place = place_of(path, leak)
    body = BODIES[name](Scene(auditor, leak)) if name in BODIES else None
    api = Api(auditor)
    response = api.send(place, **part()) if name == "attach_file" else api(method, place, body)
    assert response.status_code == 403
    assert response.json() == {
        "type": TYPE + "permission-required",
        "title": "Permission required",
        "status": 403,
        "detail": NEEDS.get(name, "Your account does not have the permission for this."),
    }
    assert ServiceRequest.objects.get().version == leak.version


JSON_WORK = [name for name in WORK if name != "attach_file"]  # it takes no JSON


@pytest.mark.parametrize("name", [*JSON_WORK, "create_webhook", "update_webhook"])
@pytest.mark.parametrize("body", [{"zz": 1}, {}, []])
def test_an_auditor_sees_no_error_of_a_body(
    name: str, body: Any, auditor: User, leak: ServiceRequest
) -> None:
    method, path, _document = operations()[name]
    response = Api(auditor)(method, place_of(path, leak), body)
    assert (response.status_code, response.json()["type"]) == (403, TYPE + "permission-required")


READS = [name for name in TABLE if name.startswith(("list_", "get_", "download_", "preview_"))]


@pytest.mark.parametrize("name", [name for name in READS if "log_" not in name])
def test_an_auditor_reads_everything(name: str, auditor: User, leak: ServiceRequest) -> None:
    method, path, _document = operations()[name]
    response = Api(auditor)(method, place_of(path, leak))
    response.close()
    assert response.status_code == 200, response.content


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (name, "permission-required" if "webhook" in name else "not-allowed")
        for name, statuses in TABLE.items()
        if name not in READS and statuses[CAST.index("support")] == 403
    ],
)
def test_an_auditor_does_nothing_that_agents_cannot_do(
    name: str, problem: str, auditor: User, leak: ServiceRequest
) -> None:
    method, path, _document = operations()[name]
    body = BODIES[name](Scene(auditor, leak)) if name in BODIES else None
    response = Api(auditor)(method, place_of(path, leak), body)
    assert (response.status_code, response.json()["type"]) == (403, TYPE + problem)


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("name", READS)
def test_every_get_has_a_head(
    name: str, who: str, leak: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    method, path, _document = operations()[name]
    caller = None if who == "anonymous" else request.getfixturevalue(who)
    place = place_of(path, leak)
    client = Api(caller)  # one login: it is listed
    get, head = (client(method, place, X_Request_Id="the-same-id") for method in (method, "HEAD"))
    assert (method, head.status_code, b"".join(head)) == ("GET", get.status_code, b"")
    assert {**head.headers, "Content-Length": ""} == {**get.headers, "Content-Length": ""}
    assert head.headers.get("Content-Length", "0") in ("0", get.headers.get("Content-Length"))
    get.close()


def test_the_document_names_the_calls_that_need_a_token(db: None) -> None:
    open_to_all = {
        name for name, (_, _, document) in operations().items() if not document.get("security")
    }
    assert open_to_all == {name for name, statuses in TABLE.items() if statuses[0] != 401}
