"""The deployed programs behind their proxies."""

import contextlib
import os
import shutil
import socket
from pathlib import Path

from project.settings import BASE_DIR
from tests.support.processes import free_port
from tests.support.servers import TIMEOUT_SECONDS, LiveServer

CADDYFILE = """{{
	admin off
	auto_https off
	grace_period 10s
	storage file_system {folder}
}}
http://localhost:{port} {{
{site}
"""


class DeployedDesk(LiveServer):
    """The programs of `deploy/` behind a proxy."""

    def __init__(self, folder: Path, **settings: str) -> None:
        super().__init__(folder, **settings)
        self.add_proxy(folder)

    def add_proxy(self, folder: Path) -> None:
        """Take ports for the proxy and the stream server, and a folder for their files."""
        self.stream_port, self.proxy_port, self.folder = free_port(), free_port(), folder
        self.environment = {
            "STREAM_PORT": str(self.stream_port),
            "TRUSTED_PROXIES": "127.0.0.1",
            "WEB_WORKERS": "1",
            **self.environment,
        }

    @property
    def front_port(self) -> int:
        """Return the port of the proxy."""
        return self.proxy_port

    def start(self) -> None:
        """Start the web process, the stream server and the proxy, in this order."""
        self.run([str(BASE_DIR / "deploy" / "web")])
        self.run([str(BASE_DIR / "deploy" / "stream")])
        self.run(self.proxy(), is_ready=self.is_ready)

    def is_ready(self) -> bool:
        """Return whether the desk responds through the proxy."""
        return responds(self) == 200

    def proxy(self) -> list[str]:
        """Return the command that starts the proxy."""
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


def connect(desk: LiveServer, head: str, body: bytes = b"", *, token: str = "") -> socket.socket:
    """Send the head of a request, and a part of its body."""
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


def responds(desk: LiveServer, path: str = "/api/v1/request-types/") -> int:
    """Make a call on a new connection; return its status."""
    try:
        return read_status(connect(desk, f"GET {path} HTTP/1.1\r\nConnection: close"))
    except OSError:
        return 0
