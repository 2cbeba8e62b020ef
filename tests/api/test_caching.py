"""`Cache-Control` of the API.

No response is stored, except the catalogue and the OpenAPI document.
"""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from gasutil.models import ServiceRequest, User
from tests.support.access_matrix import BODIES, CAST, TABLE, Scene, operations, part, photo
from tests.support.api import Api
from tests.support.asgi_wsgi_client import connected

pytestmark = pytest.mark.sweep

CACHEABLE = ("list_request_types", "get_request_type")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
NO_ID = 10**9


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """Store files in a temporary folder."""
    settings.MEDIA_ROOT = tmp_path


def rule(response: Any) -> str:
    """Return the response's directives; close it."""
    with connected():
        response.close()
    return str(response.headers.get("Cache-Control", ""))


def path_of(name: str, leak: ServiceRequest, *, exists: bool = True) -> str:
    path = operations()[name][1]
    about = (photo(leak).pk if path.startswith("attachments/") else leak.pk) if exists else NO_ID
    return path.replace("{id}", str(about)).replace(
        "{code}", "new_connection" if exists else "nowhere"
    )


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("name", TABLE)
def test_every_operation_forbids_storing(
    name: str, who: str, leak: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    caller = None if who == "anonymous" else request.getfixturevalue(who)
    path, method = path_of(name, leak), operations()[name][0]
    body = BODIES[name](Scene(caller, leak)) if name in BODIES else None
    response = (
        Api(caller).send(path, **part())
        if name == "attach_file"
        else Api(caller)(method, path, body)
    )
    if name in CACHEABLE:
        assert rule(response) == "no-cache"
    else:
        assert "no-store" in rule(response), response.status_code


@pytest.mark.parametrize("name", [*TABLE, "stream_events"])
def test_every_error_forbids_storing(name: str, leak: ServiceRequest, support: User) -> None:
    path, absent = path_of(name, leak), path_of(name, leak, exists=False)
    calls = [
        (method, path, body, headers)
        for method in METHODS
        for body, headers in [(None, {}), ("{", {"If-Match": '"x"'})]
    ]
    calls += [
        (operations()[name][0], f"{path}?nonsense=1", None, {}),
        (operations()[name][0], absent, None, {}),
    ]
    calls += [
        (operations()[name][0], path.rstrip("/"), None, {}),
        (operations()[name][0], path, b"x" * 70_000, {}),
    ]
    for method, target, body, headers in calls:
        for caller in (None, support):
            response = Api(caller)(method, target, body, **headers)
            is_catalogue = name in CACHEABLE and response.status_code < 400
            assert rule(response) == "no-cache" if is_catalogue else "no-store" in rule(response), (
                method,
                target,
                response.status_code,
            )


@pytest.mark.parametrize("path", ["openapi.json", "docs"])
def test_the_document_is_checked_before_it_is_used_again(path: str, anyone: Api, db: None) -> None:
    first = anyone.get(path)
    again = anyone.get(path, If_None_Match=first.headers["ETag"])
    assert (first.status_code, rule(first)) == (200, "no-cache")
    assert (again.status_code, rule(again)) == (304, "no-cache")


def test_a_file_is_not_stored(leak: ServiceRequest, customer: User) -> None:
    response = Api(customer).get(path_of("download_attachment", leak))
    assert (response.status_code, "no-store" in rule(response)) == (200, True)


@pytest.mark.parametrize(
    "path", ["", "nowhere/", "nowhere", "requests", "requests/x/", "%00/", "events/nowhere/"]
)
def test_a_path_that_does_not_exist_is_not_stored(path: str, anyone: Api, db: None) -> None:
    response = anyone.get(path)
    assert (response.status_code, rule(response)) == (404, "no-store")
