"""Clients that send half a request or do not read their response, on real servers.

The server still serves others.
"""

import contextlib
import io
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test.client import BOUNDARY, encode_multipart
from PIL import Image

from tests.support.deployed import (
    CaddyDesk,
    NginxDesk,
    connect,
    read_status,
    responds,
)
from tests.support.documents import pdf_of_size
from tests.support.servers import TIMEOUT_SECONDS, LiveServer

pytestmark = pytest.mark.services
LEAK = {
    "request_type": "gas_leak_inspection",
    "description": "Suspected gas leak near kitchen stove",
}
SLOW_CONNECTIONS = 30  # of slow connections


@pytest.fixture(scope="module", params=[LiveServer, CaddyDesk, NginxDesk])
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    result: LiveServer = request.param(tmp_path_factory.mktemp("desk"), JWT_ACCESS_SECONDS="3600")
    result.start()
    yield result
    result.stop()


def files_a_leak(desk: LiveServer) -> int:
    body = json.dumps(LEAK).encode()
    head = (
        "POST /api/v1/requests/ HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length:"
        f" {len(body)}\r\nConnection: close"
    )
    return read_status(connect(desk, head, body, token=desk.known["customer"]["access"]))


def half_json(desk: LiveServer) -> socket.socket:
    head = "POST /api/v1/login/ HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100"
    return connect(desk, head, b'{"username": "')


def half_json_with_token(desk: LiveServer) -> socket.socket:
    head = (
        "POST /api/v1/requests/ HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100"
    )
    return connect(desk, head, b'{"request_type": "', token=desk.known["customer"]["access"])


def half_form(desk: LiveServer) -> socket.socket:
    head = (
        "POST /api/v1/requests/ HTTP/1.1\r\nContent-Type: multipart/form-data;"
        f" boundary={BOUNDARY}\r\nContent-Length: 5000000"
    )
    return connect(desk, head, f"--{BOUNDARY}\r\n".encode(), token=desk.known["customer"]["access"])


def half_chunks(desk: LiveServer) -> socket.socket:
    return connect(
        desk, "POST /admin/login/ HTTP/1.1\r\nTransfer-Encoding: chunked", b"5\r\nabcde\r\n"
    )


def body_of_a_get(desk: LiveServer) -> socket.socket:
    return connect(desk, "GET /admin/login/ HTTP/1.1\r\nContent-Length: 100", b"half")


def half_head(desk: LiveServer) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", desk.front_port), timeout=TIMEOUT_SECONDS)
    connection.sendall(b"GET /api/v1/request-types/ HTTP/1.1\r\nHost: loc")
    return connection


SLOW: list[Callable[[LiveServer], socket.socket]] = [
    half_json,
    half_json_with_token,
    half_form,
    half_chunks,
    body_of_a_get,
    half_head,
]


@pytest.mark.parametrize("slow", SLOW)
def test_half_a_request_blocks_no_one(
    slow: Callable[[LiveServer], socket.socket], desk: LiveServer
) -> None:
    with contextlib.ExitStack() as opened:
        for _ in range(SLOW_CONNECTIONS):
            opened.enter_context(slow(desk))
        assert (responds(desk), files_a_leak(desk), responds(desk, "/admin/login/")) == (
            200,
            201,
            200,
        )


def test_a_download_that_is_not_read_blocks_no_one(desk: LiveServer) -> None:
    path = upload(desk, pdf_of_size(9_900_000, os.urandom(9_900_000)))
    with contextlib.ExitStack() as opened:
        for _ in range(SLOW_CONNECTIONS):
            connection = opened.enter_context(
                connect(desk, f"GET {path} HTTP/1.1", token=desk.known["customer"]["access"])
            )
            assert connection.recv(12) == b"HTTP/1.1 200"
        assert (responds(desk), files_a_leak(desk), responds(desk, "/admin/login/")) == (
            200,
            201,
            200,
        )


def upload(desk: LiveServer, content: bytes) -> str:
    """Attach a document to the customer's request; return the path of its download."""
    file = io.BytesIO(content)
    file.name = "bill.pdf"
    body = encode_multipart(BOUNDARY, {"file": file})
    path = f"/api/v1/requests/{desk.known['pk']}/attachments/"
    head = (
        f"POST {path} HTTP/1.1\r\nContent-Type: multipart/form-data;"
        f" boundary={BOUNDARY}\r\nContent-Length: {len(body)}"
    )
    with connect(
        desk, head + "\r\nConnection: close", body, token=desk.known["customer"]["access"]
    ) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 201"), answer
    attachment = json.loads(answer.partition(b"\r\n\r\n")[2])
    return f"/api/v1/attachments/{attachment['id']}/download/"


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[LiveServer]:
    """A server with short limits."""
    limits = {
        "BODY_SECONDS": "3",
        "TRANSFER_WINDOW_SECONDS": "3",
        "SLOW_CLIENTS_PER_ADDRESS": "4",
        "JWT_ACCESS_SECONDS": "3600",
    }
    with LiveServer(tmp_path, **limits) as server:
        yield server


@pytest.mark.parametrize("slow", SLOW[:-1])
def test_half_a_body_ends_in_an_error(
    slow: Callable[[LiveServer], socket.socket], quick: LiveServer
) -> None:
    with slow(quick) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 408"), answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 408


def test_a_slow_photo_arrives(quick: LiveServer) -> None:
    """It takes longer than a body without files may.

    The address has more slow connections than it may.
    """
    photo = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(photo, "PNG")
    photo.seek(0)
    photo.name = "meter.png"
    body = encode_multipart(BOUNDARY, {**LEAK, "attachments": photo})
    head = (
        "POST /api/v1/requests/ HTTP/1.1\r\nContent-Type: multipart/form-data;"
        f" boundary={BOUNDARY}\r\nContent-Length: {len(body)}"
    )
    with contextlib.ExitStack() as opened:
        for _ in range(8):
            opened.enter_context(half_form(quick))
        connection = connect(quick, head, token=quick.known["customer"]["access"])
        for start in range(0, len(body), 4096):
            connection.sendall(body[start : start + 4096])
            time.sleep(0.7)  # a slow client
        assert read_status(connection) == 201


def test_a_download_that_is_not_read_is_ended(quick: LiveServer) -> None:
    size = 9_900_000
    path = upload(quick, pdf_of_size(size, os.urandom(size)))
    with connect(
        quick, f"GET {path} HTTP/1.1", token=quick.known["customer"]["access"]
    ) as connection:
        time.sleep(12)  # three times the window, and some
        assert len(b"".join(iter(lambda: connection.recv(65536), b""))) < size
