"""A client that reuses its connection, so that the time of a call is almost only the server's."""

import http.client
import json
import time
from typing import Any, NamedTuple

IDLE_SECONDS = 10


class Ask(NamedTuple):
    """A request to a server: `expected` is the status of a correct response."""

    method: str
    path: str
    token: str
    body: dict[str, Any] | None = None
    expected: int = 200
    cookie: str = ""
    """Of the console, instead of a token."""

    @property
    def content(self) -> bytes | None:
        """Return the body as JSON."""
        return None if self.body is None else json.dumps(self.body).encode()

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers."""
        by = {"Cookie": self.cookie} if self.cookie else {"Authorization": f"Bearer {self.token}"}
        return by | ({} if self.body is None else {"Content-Type": "application/json"})

    @property
    def raw(self) -> bytes:
        """Return the request as it is sent over a connection that stays open."""
        content = self.content or b""
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {len(content)}"] if self.body is not None else []
        return "\r\n".join([*lines, "", ""]).encode() + content


class Client:
    """A connection to one server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.used_at = 0.0

    def time(self, ask: Ask) -> float:
        """Return the duration of a call in milliseconds."""
        return self._send(ask)[0]

    def json(self, ask: Ask) -> Any:
        """Return the JSON of a call's response."""
        return json.loads(self._send(ask)[1])

    def _send(self, ask: Ask) -> tuple[float, bytes]:
        content, headers = ask.content, ask.headers
        self._renew()
        start = time.perf_counter_ns()
        self.connection.request(ask.method, ask.path, content, headers)
        response = self.connection.getresponse()
        received = response.read()
        taken = (time.perf_counter_ns() - start) / 1e6
        if response.status != ask.expected:
            raise SystemExit(
                f"{ask.method} {ask.path} returned {response.status}, not"
                f" {ask.expected}:\n{received.decode()[:2000]}"
            )
        self.used_at = time.monotonic()
        return taken, received

    def _renew(self) -> None:
        """Connect again if the server may have closed the connection in the meantime."""
        if time.monotonic() - self.used_at > IDLE_SECONDS:
            self.connection.close()
            self.connection.connect()
