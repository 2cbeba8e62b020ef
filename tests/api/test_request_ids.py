"""Every response has the ID of its request, and so have its problem and the lines of the log."""

import json
import logging
from collections.abc import Callable

import pytest
from django.test import Client

from project import request_ids
from project.bodies import PLAIN_BODY_BYTES
from project.log_lines import UtcFormatter
from tests.support.asgi_wsgi_client import ENTRY_POINTS, Answer

SENT = "app-7.2_Trace.0001"
PATHS = ["/api/v1/request-types/", "/api/v1/requests/", "/api/v1/nowhere/", "/health/live/", "/"]


def get(path: str, **headers: str) -> tuple[str, bytes]:
    response = Client(raise_request_exception=False).get(path, headers=headers)
    return response.headers["X-Request-Id"], response.content


@pytest.mark.parametrize("path", PATHS)
def test_it_works(path: str, db: None) -> None:
    assert get(path, x_request_id=SENT)[0] == SENT
    first, second = get(path)[0], get(path)[0]
    assert request_ids.ACCEPTED_ID.fullmatch(first)
    assert first != second


@pytest.mark.parametrize(
    "text", ["", "1234567", "a" * 65, "a b c d e", "ä" * 8, "<script>", "x;y=z:12"]
)
def test_it_replaces_what_is_no_id(text: str, db: None) -> None:
    found = get("/api/v1/requests/", x_request_id=text)[0]
    assert found != text
    assert request_ids.ACCEPTED_ID.fullmatch(found)


def test_a_problem_has_it_as_its_instance(db: None) -> None:
    found, content = get("/api/v1/requests/", x_request_id=SENT)
    assert (found, json.loads(content)["instance"]) == (SENT, SENT)


@pytest.mark.parametrize("post", ENTRY_POINTS)
def test_what_is_rejected_before_django_has_it(post: Callable[..., Answer], db: None) -> None:
    pieces = [b"x" * (PLAIN_BODY_BYTES + 1)]
    answer = post("/api/v1/login/", pieces, len(pieces[0]), **{"X-Request-Id": SENT})
    assert (answer.status, answer.headers["x-request-id"]) == (413, SENT)
    assert json.loads(answer.body)["instance"] == SENT
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_a_line_of_the_log_has_it(capture: Callable[[], list[str]], db: None) -> None:
    get("/api/v1/login/", x_request_id="nothing-logged")
    Client().post(
        "/api/v1/login/",
        {"username": "x", "password": "y"},
        content_type="application/json",
        headers={"x-request-id": SENT},
    )
    logging.getLogger("gasutil.security").warning("later")
    lines = capture()
    assert [line.split()[0] for line in lines] == [SENT] * (len(lines) - 1) + ["-"]
    assert len(lines) > 1


@pytest.fixture
def capture() -> Callable[[], list[str]]:
    """Give the lines of the security log as the server writes them."""
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler, logger = Keeper(), logging.getLogger("gasutil.security")
    handler.setFormatter(UtcFormatter("{request_id} {message}", style="{"))
    logger.addHandler(handler)
    return lambda: (logger.removeHandler(handler), lines)[1]
