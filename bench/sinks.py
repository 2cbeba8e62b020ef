"""A mail server and a receiver of webhooks that accept everything, and record when."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from bench.servers import free_port

POLL_SECONDS = 0.1


class Arrivals:
    """The times at which something arrived."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def add(self) -> None:
        """Record an arrival."""
        self.times.append(time.monotonic())

    def wait(self, number: int, seconds: float) -> None:
        """Wait until this many have arrived, or until the timeout."""
        until = time.monotonic() + seconds
        while len(self.times) < number and time.monotonic() < until:
            time.sleep(POLL_SECONDS)

    @property
    def rate(self) -> float:
        """Return the number of arrivals per second, from the first to the last."""
        if len(self.times) < 2:
            return 0
        return (len(self.times) - 1) / (self.times[-1] - self.times[0])


@contextmanager
def mail_server() -> Iterator[tuple[Arrivals, int]]:
    """Run a mail server; yield its arrivals and its port."""
    arrivals = Arrivals()

    class Handler:
        async def handle_DATA(self, *args: Any) -> str:  # noqa: N802
            arrivals.add()
            return "250 OK"

    controller = Controller(Handler(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield arrivals, controller.port
    finally:
        controller.stop()


@contextmanager
def webhook_receiver() -> Iterator[tuple[Arrivals, int]]:
    """Run a receiver of webhooks; yield its arrivals and its port."""
    arrivals = Arrivals()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            arrivals.add()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    _start(server.serve_forever)
    try:
        yield arrivals, server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def _start(target: Callable[[], None]) -> None:
    threading.Thread(target=target, daemon=True).start()
