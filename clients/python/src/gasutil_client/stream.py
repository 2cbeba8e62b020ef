"""The live stream, read without end.

It reconnects after any interruption, and yields each event once.
"""

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx

from gasutil_client.bookmarks import Bookmarks, MemoryBookmarks
from gasutil_client.errors import Away, Refused
from gasutil_client.generated.models import Problem, RequestUpdate
from gasutil_client.session import Session, refusal
from gasutil_client.sse import Message, Parser

PATH = "/api/v1/events/"
# Without a heartbeat, which comes every 15 seconds, the connection counts as dead.
HEARTBEAT_TIMEOUT_SECONDS = 40.0
RETRY_SECONDS = 2.0  # before a reconnection, until the server sends another value
MAX_RETRY_SECONDS = 60.0  # between two tries
TOO_MANY, BROKEN = HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR


@dataclass(frozen=True)
class Event:
    """A change of a service request; `event` is its name, and later releases may add names."""

    id: int
    event: str
    service_request: int
    reference: str
    update: RequestUpdate

    @classmethod
    def read(cls, text: str) -> "Event":
        """Return the event of a message's data."""
        data: dict[str, Any] = json.loads(text)
        result = {name: data[name] for name in ("id", "event", "service_request", "reference")}
        return cls(**result, update=RequestUpdate.from_dict(data["update"]))


@dataclass(frozen=True)
class Reset:
    """Too many events were missed to send them: fetch the shown data again."""


@dataclass(frozen=True)
class Connected:
    """The stream is open, and nothing is missed from here on."""


@dataclass(frozen=True)
class Lost:
    """The stream was interrupted, for a reason, and reconnects by itself after some seconds."""

    reason: str
    pause: float


Notice = Event | Reset | Connected | Lost


class Stream:
    """The events of the requests that a user may see.

    `for event in stream` yields `Event` and `Reset`; `follow()` also yields `Connected` and `Lost`.
    An event counts as read when the app asks for the next one, so that an app that crashes on an
    event gets it again.
    """

    def __init__(
        self,
        session: Session,
        bookmarks: Bookmarks | None = None,
        *,
        silence: float = HEARTBEAT_TIMEOUT_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.session = session
        self.bookmarks: Bookmarks = bookmarks or MemoryBookmarks()
        self.bookmark = self.bookmarks.load()
        self.timeout = httpx.Timeout(10, read=silence)
        self.sleep = sleep
        self.retry = RETRY_SECONDS

    def __iter__(self) -> Iterator[Event | Reset]:
        for notice in self.follow():
            if isinstance(notice, Event | Reset):
                yield notice

    def follow(self) -> Iterator[Notice]:
        """Yield notices, without end.

        Raise `LoginEnded` if the user has to log in, and `Refused` if the server rejects the call.
        """
        failures = 0
        while True:
            wait = 0.0
            try:
                for notice in self._connection():
                    failures = 0
                    yield notice
                continue  # the token expired, and there is a new one
            except (Away, httpx.TransportError) as error:
                reason = str(error) or type(error).__name__
            except Refused as error:
                if error.status != TOO_MANY and error.status < BROKEN:
                    raise
                reason, wait = str(error), error.retry_after or 0.0
            jitter = random.uniform(1, 1.25)  # noqa: S311  # no secret
            pause = max(wait, min(self.retry * 2**failures, MAX_RETRY_SECONDS)) * jitter
            failures += 1
            yield Lost(reason, pause)
            self.sleep(pause)

    def _connection(self) -> Iterator[Notice]:
        """Yield the notices of one connection until the token expires.

        Raise `Away` when it ends in any other way.
        """
        access = self.session.access()
        parser, is_open = Parser(self.bookmark.position), False
        with self._opened() as answer:
            for chunk in answer.iter_bytes():
                messages = list(parser.feed(chunk))
                self.retry = self.retry if parser.retry is None else parser.retry / 1000
                if not is_open:
                    is_open = True
                    yield Connected()
                for message in messages:
                    if message.event == "reauth":
                        self.session.renew(access)
                        return
                    yield from self._take(message)
                if parser.id != self.bookmark.position:
                    self._keep(parser.id)
        raise Away("The server has ended the stream.")

    @contextmanager
    def _opened(self) -> Iterator[httpx.Response]:
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if self.bookmark.position:
            headers["Last-Event-ID"] = self.bookmark.position
        with self.session.http.stream("GET", PATH, headers=headers, timeout=self.timeout) as answer:
            if answer.status_code != HTTPStatus.OK:
                raise refusal(
                    answer.status_code, _problem(answer), answer.headers.get("Retry-After")
                )
            yield answer

    def _take(self, message: Message) -> Iterator[Event | Reset]:
        """Yield the event of a message unless it was yielded before, and record it as read."""
        if message.event == "reset":
            yield Reset()
        else:
            event = Event.read(message.data)
            if event.id not in self.bookmark.seen:
                yield event
                self.bookmark.see(event.id)
        self._keep(message.id)

    def _keep(self, position: str) -> None:
        self.bookmark.position = position
        self.bookmarks.save(self.bookmark)


def _problem(answer: httpx.Response) -> Problem | None:
    try:
        return Problem.from_dict(json.loads(answer.read()))
    except (ValueError, KeyError, TypeError):
        return None
