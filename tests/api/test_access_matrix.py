"""Who may make which call.

Every operation of the OpenAPI document, by each of the cast, against a table written by hand.
"""

import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.identity import logins
from gasutil.models import Attachment, ServiceRequest, User
from gasutil.workflow import accounts, attachments
from tests.api.conftest import TYPE
from tests.api.test_attachments import picture
from tests.api.test_register import ANSHU
from tests.api.test_requests_create import CONNECTION
from tests.conftest import PASSWORD, Api, make_user
from tests.files.documents import PDF

CAST = ["anonymous", "customer", "neighbour", "pending", "support"]

# What each of the cast is answered, with a body that is right, about a pending request of the
# customer's.
BY_HAND = """
    operation              anonymous  customer  neighbour  pending  support
    login                  200        200       200        200      200
    refresh_login          200        200       200        200      200
    logout                 204        204       204        204      204
    register               201        201       201        201      201
    get_profile            401        200       200        200      200
    replace_profile        401        200       200        200      200
    update_profile         401        200       200        200      200
    change_password        401        204       204        204      204
    confirm_email          200        200       200        200      200
    request_reset          202        202       202        202      202
    reset_password         204        204       204        204      204
    list_requests          401        200       200        403      200
    create_request         401        201       201        403      403
    get_request            401        200       404        403      200
    update_request         401        403       404        403      200
    cancel_request         401        200       404        403      200
    reopen_request         401        409       404        403      409
    comment_request        401        201       404        403      201
    record_request_milestone  401     403       404        403      201
    get_request_history    401        403       404        403      200
    list_request_updates   401        200       200        403      200
    create_request_update  401        403       403        403      201
    attach_file            401        201       404        403      201
    list_attachments       401        200       200        403      200
    get_attachment         401        200       404        403      200
    download_attachment    401        200       404        403      200
    preview_attachment     401        200       404        403      200
    delete_attachment      401        204       404        403      403
    get_dashboard          401        403       403        403      200
    list_logins            401        200       200        200      200
    delete_login           401        404       404        404      404
    list_request_types     200        200       200        200      200
    get_request_type       200        200       200        200      200
"""
ELSEWHERE = {"stream_events"}  # needs an ASGI server: tests/commands/test_stream.py
TABLE = {
    line.split()[0]: [int(status) for status in line.split()[1:]]
    for line in BY_HAND.strip().splitlines()[1:]
}


class Scene(NamedTuple):
    """What a body may need to know: who calls, and about which request."""

    caller: User | None
    leak: ServiceRequest

    @property
    def someone(self) -> User:
        """Return the caller, or somebody new for an anonymous call."""
        return self.caller or make_user(f"someone-{uuid.uuid4().hex[:8]}")


def _registration(scene: Scene) -> dict[str, str]:
    name = uuid.uuid4().hex[:12]
    return ANSHU | {"username": name, "email": f"{name}@example.com"}


def _reset(scene: Scene) -> dict[str, str]:
    user = make_user(f"forgetful-{uuid.uuid4().hex[:8]}")
    uid, token = accounts.links.reset_proof(user)
    return {
        "uid": uid,
        "token": token,
        "password": "Another-Flame-2027",
        "password2": "Another-Flame-2027",
    }


BODIES: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "login": lambda scene: {"username": scene.someone.username, "password": PASSWORD},
    "refresh_login": lambda scene: {"refresh": logins.start_login(scene.someone).refresh},
    "logout": lambda scene: {"refresh": logins.start_login(scene.someone).refresh},
    "register": _registration,
    "replace_profile": lambda scene: {"phone_number": "+919876543210"},
    "update_profile": lambda scene: {"phone_number": "+919876543210"},
    "change_password": lambda scene: {
        "old_password": PASSWORD,
        "password": "Another-Flame-2027",
        "password2": "Another-Flame-2027",
    },
    "confirm_email": lambda scene: {"token": accounts.links.email_token(scene.someone)},
    "request_reset": lambda scene: {"email": "customer@example.com"},
    "reset_password": _reset,
    "create_request": lambda scene: CONNECTION,
    "update_request": lambda scene: {"notes": "x"},
    "cancel_request": lambda scene: {"notes": "x"},
    "reopen_request": lambda scene: {"notes": "x"},
    "comment_request": lambda scene: {"notes": "x"},
    "record_request_milestone": lambda scene: {"milestone": "on_site"},
    "create_request_update": lambda scene: {"service_request": scene.leak.pk, "notes": "x"},
}


def part() -> dict[str, SimpleUploadedFile]:
    """Return a file as a part of a form."""
    return {"file": SimpleUploadedFile("bill.pdf", PDF, "application/pdf")}


def photo(leak: ServiceRequest) -> Attachment:
    """Return an image that the owner has attached."""
    return attachments.attach(
        leak.pk,
        actor=Actor(leak.customer),
        file=SimpleUploadedFile("meter.jpg", picture(), "image/jpeg"),
    )


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """Keep files where they are forgotten."""
    settings.MEDIA_ROOT = tmp_path


@cache
def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return the method, the path and the document of every operation there is, by its name."""
    paths = Api().get("openapi.json").json()["paths"]
    return {
        operation["operationId"]: (method.upper(), path.removeprefix("/api/v1/"), operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def test_it_has_a_row_for_every_operation(db: None) -> None:
    assert set(operations()) == {*TABLE, *ELSEWHERE}


def test_it_names_every_operation_once(db: None) -> None:
    paths = Api().get("openapi.json").json()["paths"]
    assert len(operations()) == sum(len(methods) for methods in paths.values())


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("name", TABLE)
def test_it_answers_each_as_the_table_says(
    name: str, who: str, leak: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    method, path, document = operations()[name]
    caller = None if who == "anonymous" else request.getfixturevalue(who)
    about = photo(leak).pk if path.startswith("attachments/") else leak.pk
    place = path.replace("{id}", str(about)).replace("{code}", "new_connection")
    body = BODIES[name](Scene(caller, leak)) if name in BODIES else None
    answer = (
        Api(caller).send(place, **part())
        if name == "attach_file"
        else Api(caller)(method, place, body)
    )
    answer.close()
    assert answer.status_code == TABLE[name][CAST.index(who)], answer.content
    assert str(answer.status_code) in document["responses"]


OWN = ("profile", "logout", "register", "login", "password", "reset", "confirm_email")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, statuses in TABLE.items()
        if not name.startswith(("list_", "get_", "download_", "preview_"))
        and not any(word in name for word in OWN)
        and statuses[CAST.index("support")] != 403
    ],
)
def test_a_representative_without_the_permission_of_a_role_changes_nothing(
    name: str, support: User, leak: ServiceRequest
) -> None:
    support.groups.clear()
    method, path, _document = operations()[name]
    place = path.replace("{id}", str(leak.pk))
    body = BODIES[name](Scene(support, leak)) if name in BODIES else None
    api = Api(support)
    response = api.send(place, **part()) if name == "attach_file" else api(method, place, body)
    assert response.status_code == 403
    assert response.json() == {
        "type": TYPE + "permission-required",
        "title": "Permission required",
        "status": 403,
        "detail": "Your account can read this, but not change it.",
    }
    assert ServiceRequest.objects.get().version == leak.version


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize(
    "name", [name for name in TABLE if name.startswith(("list_", "get_", "download_", "preview_"))]
)
def test_whatever_has_get_has_head(
    name: str, who: str, leak: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    method, path, _document = operations()[name]
    caller = None if who == "anonymous" else request.getfixturevalue(who)
    place = path.replace(
        "{id}", str(photo(leak).pk if path.startswith("attachments/") else leak.pk)
    ).replace("{code}", "new_connection")
    client = Api(caller)  # one login: it is listed
    get, head = (client(method, place) for method in (method, "HEAD"))
    assert (method, head.status_code, b"".join(head)) == ("GET", get.status_code, b"")
    assert {**head.headers, "Content-Length": ""} == {**get.headers, "Content-Length": ""}
    assert head.headers.get("Content-Length", "0") in ("0", get.headers.get("Content-Length"))
    get.close()


def test_it_says_in_the_document_which_calls_ask_for_a_token(db: None) -> None:
    open_to_all = {
        name for name, (_, _, document) in operations().items() if not document.get("security")
    }
    assert open_to_all == {name for name, statuses in TABLE.items() if statuses[0] != 401}
