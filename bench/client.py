"""A client that reuses its connection, so that the time of a call is almost only the server's."""

import http.client
import json
import time
from typing import Any, NamedTuple


class Ask(NamedTuple):
    """A request to a server: `expected` is the status of a correct response."""

    method: str
    path: str
    token: str
    body: dict[str, Any] | None = None
    expected: int = 200


class Client:
    """A connection to one server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def time(self, ask: Ask) -> float:
        """Return the duration of a call in milliseconds."""
        return self._send(ask)[0]

    def json(self, ask: Ask) -> Any:
        """Return the JSON of a call's response."""
        return json.loads(self._send(ask)[1])

    def _send(self, ask: Ask) -> tuple[float, bytes]:
        content = None if ask.body is None else json.dumps(ask.body).encode()
        headers = {"Authorization": f"Bearer {ask.token}"} | (
            {} if content is None else {"Content-Type": "application/json"}
        )
        start = time.perf_counter_ns()
        self.connection.request(ask.method, ask.path, content, headers)
        response = self.connection.getresponse()
        answer = response.read()
        taken = (time.perf_counter_ns() - start) / 1e6
        if response.status != ask.expected:
            raise SystemExit(
                f"{ask.method} {ask.path} was answered {response.status}, not"
                f" {ask.expected}:\n{answer.decode()[:2000]}"
            )
        return taken, answer
