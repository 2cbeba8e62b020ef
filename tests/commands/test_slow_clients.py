"""Clients that send half a request or do not read their response, on real servers.

Others are served meanwhile.
"""

import contextlib
import io
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test.client import BOUNDARY, encode_multipart
from PIL import Image

from project.settings import BASE_DIR
from tests.commands.test_stream import PATIENCE, LiveServer
from tests.databases import free_port
from tests.files.documents import pdf_of_size

pytestmark = pytest.mark.services
LEAK = {
    "request_type": "gas_leak_inspection",
    "description": "Suspected gas leak near kitchen stove",
}
NUMBER = 30  # of slow connections
CADDYFILE = """{{
	admin off
	auto_https off
	grace_period 10s
	storage file_system {folder}
}}
http://localhost:{port} {{
{site}
"""


class DirectServer(LiveServer):
    """What `make run` starts."""

    @property
    def door(self) -> int:
        """Return the port that clients call."""
        return self.port


class DeployedDesk(DirectServer):
    """The programs of `deploy/` behind a proxy."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.stream_port, self.proxy_port, self.folder = free_port(), free_port(), folder
        more = {
            "STREAM_PORT": str(self.stream_port),
            "TRUSTED_PROXIES": "127.0.0.1",
            "WEB_WORKERS": "1",
        }
        super().__init__(folder, **more | settings)
        self.processes: list[subprocess.Popen[bytes]] = []

    @property
    def door(self) -> int:
        return self.proxy_port

    def start(self) -> None:
        commands = [
            [str(BASE_DIR / "deploy" / "web")],
            [str(BASE_DIR / "deploy" / "stream")],
            self.proxy(),
        ]
        for command in commands:
            self.processes.append(
                subprocess.Popen(
                    command, cwd=BASE_DIR, env=self.environment, start_new_session=True
                )
            )
        end = time.monotonic() + PATIENCE
        while not self.is_ready():
            assert time.monotonic() < end
            time.sleep(0.1)

    def is_ready(self) -> bool:
        return responds(self) == 200

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
            process.wait(PATIENCE * 2)

    def proxy(self) -> list[str]:
        raise NotImplementedError


class CaddyDesk(DeployedDesk):
    """Behind Caddy, with the Caddyfile of `deploy/`."""

    caddyfile = CADDYFILE

    def proxy(self) -> list[str]:
        site = (BASE_DIR / "deploy" / "Caddyfile").read_text().partition("{$SITE_URL} {\n")[2]
        site = site.replace("web:8000", f"127.0.0.1:{self.port}").replace(
            "stream:8001", f"127.0.0.1:{self.stream_port}"
        )
        (self.folder / "Caddyfile").write_text(
            self.caddyfile.format(folder=self.folder, port=self.proxy_port, site=site)
        )
        return [
            "caddy",
            "run",
            "--config",
            str(self.folder / "Caddyfile"),
            "--adapter",
            "caddyfile",
        ]


class NginxDesk(DeployedDesk):
    """Behind nginx, with the example of `deploy/`."""

    def proxy(self) -> list[str]:
        site = (BASE_DIR / "deploy" / "nginx.conf").read_text()
        site = site.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}").replace(
            "127.0.0.1:8001", f"127.0.0.1:{self.stream_port}"
        )
        site = site.replace("listen 443 ssl;", f"listen 127.0.0.1:{self.proxy_port};").replace(
            "desk.example.com", "localhost"
        )
        site = "\n".join(line for line in site.splitlines() if "ssl_certificate" not in line)
        paths = "\n".join(
            f"{name}_temp_path {self.folder / name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        text = (
            f"worker_processes 1;\ndaemon off;\npid {self.folder / 'nginx.pid'};\nerror_log stderr"
            " error;\n"
        )
        text += f"events {{}}\nhttp {{\naccess_log off;\n{paths}\n{site}\n}}\n"
        (self.folder / "nginx.conf").write_text(text)
        user = ["-g", "user root;"] if os.getuid() == 0 else []
        return [
            shutil.which("nginx") or "/usr/sbin/nginx",
            "-c",
            str(self.folder / "nginx.conf"),
            "-e",
            "stderr",
            *user,
        ]


@pytest.fixture(scope="module", params=[DirectServer, CaddyDesk, NginxDesk])
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DirectServer]:
    found: DirectServer = request.param(tmp_path_factory.mktemp("desk"), JWT_ACCESS_SECONDS="3600")
    found.start()
    yield found
    found.stop()


def connect(desk: DirectServer, head: str, body: bytes = b"", *, token: str = "") -> socket.socket:
    """Send the head of a request, and what there is of its body."""
    connection = socket.create_connection(("127.0.0.1", desk.door), timeout=PATIENCE)
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    with contextlib.suppress(OSError):  # the server has read enough
        connection.sendall(f"{head}\r\nHost: localhost\r\n{authorization}\r\n".encode() + body)
    return connection


def read_status(connection: socket.socket) -> int:
    """Return the status of the response; 0 if the connection ends without one."""
    with connection, contextlib.suppress(OSError):
        start = b""
        while b"\r\n" not in start and (piece := connection.recv(4096)):
            start += piece
        return int(start.split(b" ")[1]) if start else 0
    return 0


def responds(desk: DirectServer, path: str = "/api/v1/request-types/") -> int:
    """Make a call of somebody else; return its status."""
    try:
        return read_status(connect(desk, f"GET {path} HTTP/1.1\r\nConnection: close"))
    except OSError:
        return 0


def files_a_leak(desk: DirectServer) -> int:
    body = json.dumps(LEAK).encode()
    head = (
        "POST /api/v1/requests/ HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length:"
        f" {len(body)}\r\nConnection: close"
    )
    return read_status(connect(desk, head, body, token=desk.known["customer"]["access"]))


def half_json(desk: DirectServer) -> socket.socket:
    head = "POST /api/v1/login/ HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100"
    return connect(desk, head, b'{"username": "')


def half_json_with_token(desk: DirectServer) -> socket.socket:
    head = (
        "POST /api/v1/requests/ HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100"
    )
    return connect(desk, head, b'{"request_type": "', token=desk.known["customer"]["access"])


def half_form(desk: DirectServer) -> socket.socket:
    head = (
        "POST /api/v1/requests/ HTTP/1.1\r\nContent-Type: multipart/form-data;"
        f" boundary={BOUNDARY}\r\nContent-Length: 5000000"
    )
    return connect(desk, head, f"--{BOUNDARY}\r\n".encode(), token=desk.known["customer"]["access"])


def half_chunks(desk: DirectServer) -> socket.socket:
    return connect(
        desk, "POST /admin/login/ HTTP/1.1\r\nTransfer-Encoding: chunked", b"5\r\nabcde\r\n"
    )


def body_of_a_get(desk: DirectServer) -> socket.socket:
    return connect(desk, "GET /admin/login/ HTTP/1.1\r\nContent-Length: 100", b"half")


def half_head(desk: DirectServer) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", desk.door), timeout=PATIENCE)
    connection.sendall(b"GET /api/v1/request-types/ HTTP/1.1\r\nHost: loc")
    return connection


SLOW: list[Callable[[DirectServer], socket.socket]] = [
    half_json,
    half_json_with_token,
    half_form,
    half_chunks,
    body_of_a_get,
    half_head,
]


@pytest.mark.parametrize("slow", SLOW)
def test_half_a_request_keeps_nobody_waiting(
    slow: Callable[[DirectServer], socket.socket], desk: DirectServer
) -> None:
    with contextlib.ExitStack() as opened:
        for _ in range(NUMBER):
            opened.enter_context(slow(desk))
        assert (responds(desk), files_a_leak(desk), responds(desk, "/admin/login/")) == (
            200,
            201,
            200,
        )


def test_a_download_that_is_not_read_keeps_nobody_waiting(desk: DirectServer) -> None:
    path = upload(desk, pdf_of_size(9_900_000, os.urandom(9_900_000)))
    with contextlib.ExitStack() as opened:
        for _ in range(NUMBER):
            connection = opened.enter_context(
                connect(desk, f"GET {path} HTTP/1.1", token=desk.known["customer"]["access"])
            )
            assert connection.recv(12) == b"HTTP/1.1 200"
        assert (responds(desk), files_a_leak(desk), responds(desk, "/admin/login/")) == (
            200,
            201,
            200,
        )


def upload(desk: DirectServer, content: bytes) -> str:
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
def quick(tmp_path: Path) -> Iterator[DirectServer]:
    """A server with short limits."""
    limits = {
        "BODY_SECONDS": "3",
        "TRANSFER_WINDOW_SECONDS": "3",
        "SLOW_CLIENTS_PER_ADDRESS": "4",
        "JWT_ACCESS_SECONDS": "3600",
    }
    found = DirectServer(tmp_path, **limits)
    found.start()
    yield found
    found.stop()


@pytest.mark.parametrize("slow", SLOW[:-1])
def test_half_a_body_ends_in_an_error(
    slow: Callable[[DirectServer], socket.socket], quick: DirectServer
) -> None:
    with slow(quick) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 408"), answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 408


def test_a_slow_photo_arrives(quick: DirectServer) -> None:
    """It takes longer than a body without files may.

    It does so among more slow connections than an address may have.
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
            time.sleep(0.7)
        assert read_status(connection) == 201


def test_a_download_that_is_not_read_is_ended(quick: DirectServer) -> None:
    size = 9_900_000
    path = upload(quick, pdf_of_size(size, os.urandom(size)))
    with connect(
        quick, f"GET {path} HTTP/1.1", token=quick.known["customer"]["access"]
    ) as connection:
        time.sleep(12)  # three times the window, and some
        assert len(b"".join(iter(lambda: connection.recv(65536), b""))) < size
