"""Streams of events, read in a thread."""

import json
import socket
import threading
import urllib.error
import urllib.request
from queue import Empty, Queue
from typing import Any

from tests.support.servers import LiveServer


class Listener:
    """One open stream, read in a thread."""

    def __init__(
        self, desk: LiveServer, who: str, last: str = "", *, path: str = "events/", **headers: str
    ) -> None:
        headers |= {"Last_Event_ID": last} if last else {}
        self.answer = urllib.request.urlopen(desk.request("GET", path, who, **headers), timeout=60)
        self.messages: Queue[dict[str, str]] = Queue()
        self.last = last
        self.is_over = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        self.reset = self.wait_for("retry").get("event") == "reset"

    def _read(self) -> None:
        message: dict[str, str] = {}
        try:
            for line in self.answer:
                text = line.decode().rstrip("\n")
                if text.startswith(":"):
                    continue
                if text:
                    name, _, value = text.partition(": ")
                    message[name] = value
                elif message:
                    self.last = message.get("id", self.last)
                    self.messages.put(message)
                    message = {}
        except (OSError, ValueError):
            pass
        self.is_over.set()

    def wait_for(self, name: str, seconds: float = 10) -> dict[str, str]:
        message = self.messages.get(timeout=seconds)
        assert name in message, message
        return message

    def data(self, seconds: float = 10) -> Any:
        return json.loads(self.wait_for("data", seconds)["data"])

    def is_silent(self, seconds: float = 1.0) -> bool:
        try:
            self.messages.get(timeout=seconds)
        except Empty:
            return True
        return False

    def close(self) -> None:
        """Disconnect, as a client that is gone."""
        self.answer.fp.raw._sock.shutdown(socket.SHUT_RDWR)
        assert self.is_over.wait(5)
        self.answer.close()
