"""The deployed programs behind their proxies."""

import contextlib
import os
import shutil
import socket
import subprocess
from pathlib import Path

from project.settings import BASE_DIR
from tests.support import processes
from tests.support.databases import free_port
from tests.support.servers import TIMEOUT_SECONDS, DirectServer
from tests.support.waiting import wait_for

CADDYFILE = """{{
	admin off
	auto_https off
	grace_period 10s
	storage file_system {folder}
}}
http://localhost:{port} {{
{site}
"""


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
    def front_port(self) -> int:
        return self.proxy_port

    def start(self) -> None:
        commands = [
            [str(BASE_DIR / "deploy" / "web")],
            [str(BASE_DIR / "deploy" / "stream")],
            self.proxy(),
        ]
        for command in commands:
            self.processes.append(processes.start(command, self.environment))
        wait_for(self.is_ready)

    def is_ready(self) -> bool:
        return responds(self) == 200

    def stop(self) -> None:
        for process in reversed(self.processes):
            processes.stop(process)

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


def connect(desk: DirectServer, head: str, body: bytes = b"", *, token: str = "") -> socket.socket:
    """Send the head of a request, and what there is of its body."""
    connection = socket.create_connection(("127.0.0.1", desk.front_port), timeout=TIMEOUT_SECONDS)
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
