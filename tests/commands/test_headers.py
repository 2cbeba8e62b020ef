"""Security headers and `Cache-Control` of real servers, with and without a proxy."""

import contextlib
import http.client
import json
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPMessage
from typing import Any

import pytest

from tests.support.deployed import CaddyDesk, DeployedDesk, NginxDesk
from tests.support.servers import LiveServer

pytestmark = pytest.mark.services
NAMES = ("X-Content-Type-Options", "Content-Security-Policy", "Strict-Transport-Security")
SITE = {"SITE_URL": "https://localhost"}
BODY = b"x" * 3 * 2**20  # more than a body without files may have


@pytest.fixture(scope="module", params=[LiveServer, CaddyDesk, NginxDesk])
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    desk: LiveServer = request.param(tmp_path_factory.mktemp("desk"), **SITE)
    desk.manage("collectstatic", "--noinput", "-v0")
    with desk:
        yield desk


def call(
    desk: LiveServer, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, HTTPMessage]:
    """Make a call as a proxy with https would; return the status and the headers."""
    sent = (
        {"Host": "localhost", "X-Forwarded-Proto": "https"}
        | headers
        | ({"Content-Length": str(len(body))} if body else {})
    )
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", desk.front_port, timeout=30)
    ) as connection:
        connection.putrequest(method, path, skip_host=True)
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders()
        with contextlib.suppress(OSError):  # the server has read enough
            connection.send(body)
        response = connection.getresponse()
        return response.status, response.headers


def expected(desk: LiveServer) -> set[str]:
    """Return the names of the headers that responses have.

    Without a proxy there is no https, and so no HSTS.
    """
    return set(NAMES if isinstance(desk, DeployedDesk) else NAMES[:2])


@pytest.mark.parametrize(
    ("status", "method", "path", "more"),
    [
        (200, "GET", "/static/gasutil/console.css", {}),
        (206, "GET", "/static/gasutil/console.css", {"Range": "bytes=0-9"}),
        (404, "GET", "/static/gasutil/nowhere.css", {}),
        (200, "GET", "/admin/login/", {}),
        (404, "GET", "/nowhere/", {}),
        (401, "GET", "/api/v1/requests/", {}),
        (200, "GET", "/health/live/", {}),
        (413, "POST", "/admin/login/", {"body": BODY}),
        (413, "POST", "/api/v1/login/", {"body": BODY}),
    ],
)
def test_every_response_has_them(
    status: int, method: str, path: str, more: dict[str, Any], desk: LiveServer
) -> None:
    result, answer = call(desk, method, path, **more)
    assert result == status
    assert {
        name: answer.get_all(name, [])
        for name in expected(desk)
        if len(answer.get_all(name, [])) != 1
    } == {}


@pytest.mark.parametrize("path", ["/admin/login/", "/api/v1/login/"])
def test_a_proxy_forwards_the_rejection_of_every_large_body(path: str, desk: LiveServer) -> None:
    """A server must not close the connection while the proxy still writes.

    That makes the proxy send a 502 or 503 of its own.
    """
    assert Counter(call(desk, "POST", path, body=BODY)[0] for _ in range(50)) == {413: 50}


@pytest.mark.parametrize(
    "path", ["/static/gasutil/console.css", "/admin/login/", "/api/v1/events/"]
)
def test_every_response_has_the_id_of_its_request(path: str, desk: LiveServer) -> None:
    sent, answers = "trace-0001", [call(desk, "GET", path)[1] for _ in range(2)]
    assert call(desk, "GET", path, **{"X-Request-Id": sent})[1].get_all("X-Request-Id") == [sent]
    found = [answer.get_all("X-Request-Id") for answer in answers]
    assert [len(ids or []) for ids in found] == [1, 1]
    assert found[0] != found[1]
    (wrong,) = call(desk, "GET", path, **{"X-Request-Id": "a b"})[1].get_all("X-Request-Id") or []
    assert wrong != "a b"
    assert len(wrong) >= 32


def test_a_stream_has_them(desk: LiveServer) -> None:
    status, answer = call(
        desk, "GET", "/api/v1/events/", Authorization=f"Bearer {desk.known['customer']['access']}"
    )
    assert (status, answer.get_all("Cache-Control")) == (200, ["no-store"])
    assert [name for name in expected(desk) if len(answer.get_all(name, [])) != 1] == []


def test_the_page_of_a_proxy_whose_application_is_down_has_them(desk: LiveServer) -> None:
    """The last test of each desk: it stops the application."""
    if not isinstance(desk, DeployedDesk):
        return
    web = desk.processes[0]
    web.terminate()
    web.wait(30)
    for path in ("/admin/", "/api/v1/requests/", "/static/gasutil/console.css"):
        status, answer = call(desk, "GET", path)
        assert (status, answer.get_all("Cache-Control"), answer["Retry-After"]) == (
            503,
            ["no-store"],
            "10",
        ), path
        assert [name for name in NAMES if len(answer.get_all(name, [])) != 1] == [], path
        assert len(answer.get_all("X-Request-Id", [])) == 1, path
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", desk.front_port)) as connection:
        connection.request(
            "GET", "/api/v1/requests/", headers={"Host": "localhost", "X-Request-Id": "trace-0002"}
        )
        response = connection.getresponse()
        problem = json.loads(response.read())
    assert (response.headers["X-Request-Id"], problem["instance"]) == ("trace-0002", "trace-0002")
