"""Bodies that are too large, sent to real servers, ASGI and WSGI.

They are rejected before they are stored on a disk.
"""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.documents import pdf_of_size
from tests.support.servers import LiveServer

pytestmark = pytest.mark.services
MIB = 2**20


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for temporary files of the server."""
    return tmp_path_factory.mktemp("temporary")


class WsgiServer(LiveServer):
    """The server that `deploy/` recommends for all but the streams."""

    application = ("wsgi", "project.wsgi:application")


@pytest.fixture(scope="module", params=[LiveServer, WsgiServer])
def desk(
    request: pytest.FixtureRequest, temporary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """One server for all tests: none leaves anything behind."""
    result: LiveServer = request.param(tmp_path_factory.mktemp("desk"), TMPDIR=str(temporary))
    result.start()
    yield result
    result.stop()


def post(
    desk: LiveServer, path: str, body: Iterator[bytes], length: int | None, token: str = ""
) -> tuple[int, str]:
    """Send a body piece by piece.

    Return the status and the type of the response, which may arrive before the end.
    """
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=20)
    connection.putrequest("POST", path)
    if token:
        connection.putheader("Authorization", f"Bearer {token}")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader(
        *(("Transfer-Encoding", "chunked") if length is None else ("Content-Length", str(length)))
    )
    connection.endheaders()
    try:
        for piece in body:
            connection.send(b"%x\r\n%s\r\n" % (len(piece), piece) if length is None else piece)
        connection.send(b"0\r\n\r\n" if length is None else b"")
    except OSError:  # the server has heard enough
        pass
    answer = connection.getresponse()
    result = answer.status, json.loads(answer.read()).get("type")
    connection.close()
    return result


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere/",
        "/admin/login/",
        "/api/v1/requests/",
        "/api/v1/requests/1/attachments/",
        "/api/v1/login/",
    ],
)
def test_the_declared_length_is_used(path: str, desk: LiveServer) -> None:
    codes = {
        "/api/v1/requests/": "send-without-files",
        "/api/v1/requests/1/attachments/": "too-large",
    }
    expected = f"urn:gasutil:problem:{codes.get(path, 'request-entity-too-large')}"
    assert post(desk, path, iter([b"x"]), 300 * MIB) == (413, expected)


def test_without_a_length_the_bytes_are_counted(desk: LiveServer, temporary: Path) -> None:
    assert post(desk, "/nowhere/", (b"x" * MIB for _ in range(8)), None)[0] == 413
    assert stored_bytes(temporary) == 0


def test_a_form_without_a_token_is_not_stored(desk: LiveServer, temporary: Path) -> None:
    assert post(desk, "/admin/login/", (b"x" * MIB for _ in range(120)), 120 * MIB)[0] == 413
    assert stored_bytes(temporary) == 0


def stored_bytes(temporary: Path) -> int:
    return sum(path.stat().st_size for path in temporary.rglob("*") if path.is_file())


@pytest.mark.parametrize("token", ["", "nonsense", "refresh"])
def test_files_without_an_access_token_are_not_read(
    token: str, desk: LiveServer, temporary: Path
) -> None:
    token = desk.known["customer"]["refresh"] if token == "refresh" else token
    path = f"/api/v1/requests/{desk.known['pk']}/attachments/"
    assert post(desk, path, iter([b"x"]), 5 * MIB, token) == (
        401,
        "urn:gasutil:problem:not-authenticated",
    )
    assert stored_bytes(temporary) == 0


def test_files_without_a_length_are_read_up_to_their_limit(
    desk: LiveServer, temporary: Path
) -> None:
    path, token = (
        f"/api/v1/requests/{desk.known['pk']}/attachments/",
        desk.known["customer"]["access"],
    )
    head, tail = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n',
        b"\r\n--x--\r\n",
    )
    document = pdf_of_size(8 * MIB)
    pieces = [document[start : start + MIB] for start in range(0, len(document), MIB)]
    assert post(desk, path, iter([head, *pieces, tail]), None, token)[0] == 201
    assert post(desk, path, (b"x" * MIB for _ in range(13)), None, token) == (
        413,
        "urn:gasutil:problem:too-large",
    )
    assert stored_bytes(temporary) == 0


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_files_without_token_and_length_are_not_read(
    token: str, desk: LiveServer, temporary: Path
) -> None:
    path = f"/api/v1/requests/{desk.known['pk']}/attachments/"
    assert post(desk, path, (b"x" * MIB for _ in range(8)), None, token)[0] == 413
    assert stored_bytes(temporary) == 0
