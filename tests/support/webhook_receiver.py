"""A real receiver of webhooks: an HTTP server in a thread, with configurable responses."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

Answering = Callable[["Handler"], None]


class Got(NamedTuple):
    """What arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    """Store what is posted, and respond as the receiver is set."""

    server: "Receiver"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(
            Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        )
        self.server.next_answer()(self)

    def do_GET(self) -> None:
        self.server.got.append(Got(self.path, {}, b"GET"))
        self.answer(200)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


class Receiver(ThreadingHTTPServer):
    """A server of another company. It returns its `answers` in order, and then always the last."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[Got] = []
        self.answers: list[Answering] = [says(200)]
        self.is_over = threading.Event()
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def next_answer(self) -> Answering:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log nothing: tests close connections on purpose."""

    def stop(self) -> None:
        self.is_over.set()
        self.shutdown()
        self.server_close()


def says(status: int, body: bytes = b"", **headers: str) -> Answering:
    return lambda handler: handler.answer(status, body, **headers)


def hangs(handler: Handler) -> None:
    """Do not respond until the test is over."""
    handler.server.is_over.wait(60)


def drips(handler: Handler) -> None:
    """Send headers byte by byte, without an end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.is_over.wait(0.1):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def drips_a_body(handler: Handler) -> None:
    """Send a success at once, and a body without an end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not handler.server.is_over.wait(0.1):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def pours(handler: Handler) -> None:
    """Send a body that is larger than any limit."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(10_000):
        handler.wfile.write(b"y" * 10_000)


def babbles(handler: Handler) -> None:
    """Send something that is not HTTP."""
    handler.wfile.write(b"220 mail.example.com ESMTP\r\n")


def hangs_up(handler: Handler) -> None:
    """Disconnect without a response."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def running(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Yield a receiver, and stop it in the end."""
    receiver = Receiver(tls)
    yield receiver
    receiver.stop()
