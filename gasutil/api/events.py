"""`GET events/`: the log as Server-Sent Events, for as long as the access token that opened it is good."""

import asyncio
import random
import time
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import orjson
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router
from ninja.params.functions import Header, Query
from ninja.security import HttpBearer

from gasutil import access
from gasutil.access import CUSTOMERS_AND_STAFF, Actor
from gasutil.api.errors import Problem
from gasutil.api.inputs import unknown_parameters
from gasutil.api.shapes import UPDATE
from gasutil.errors import Busy, Invalid
from gasutil.events.hub import ENOUGH, Hub, Left, Subscriber
from gasutil.events.tail import Batch, Position, missed
from gasutil.identity import logins, tokens
from gasutil.identity.tokens import TokenType
from gasutil.messages import data_of
from gasutil.models import Channel, User

T = TypeVar("T")
HEARTBEAT = 15.0  # seconds
RETRY = (2000, 8000)  # milliseconds until a client comes back, so that a thousand don't come at once
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Content-Encoding": "identity"}  # nothing on the way may hold it back

EXAMPLE = {"id": 2, "event": "request.status_changed", "service_request": 1, "reference": "SR-7KQ-2M4-TDX", "update": UPDATE.example}
TOLD = {
    "schema": {"type": "string"},
    "example": f"id: 8d1f.1204.2\nevent: request.status_changed\ndata: {orjson.dumps(EXAMPLE).decode()}\n\n",
}


async def aside(call: Callable[..., T], *given: Any) -> T:
    """Call what needs the database in a thread of its own, which keeps no connection: a stream lives long."""

    def run() -> T:
        try:
            return call(*given)
        finally:
            connection.close()

    return await sync_to_async(run, thread_sensitive=False)()


class StreamBearer(HttpBearer):
    """Find who opens a stream, and leave with the request which login it is and until when."""

    is_async = True

    def __call__(self, request: HttpRequest) -> Any:
        """Return who calls, once awaited: by a token or, for the console's own pages, by the session."""
        return super().__call__(request) or self.by_session(request)

    async def by_session(self, request: HttpRequest) -> Actor | None:
        """Return who is logged in to the console, if somebody is."""
        user = await aside(_of_session, request)
        request.login = None, time.time() + settings.JWT_ACCESS_SECONDS  # type: ignore[attr-defined]
        return Actor(user, Channel.CONSOLE) if user and Actor(user).is_staff else None

    async def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Return who calls; raise `NotAuthenticated` or `NotAllowed`."""
        actor = Actor(await aside(logins.whose, token))
        access.require(actor, CUSTOMERS_AND_STAFF)
        claims = tokens.read(token, TokenType.ACCESS)
        request.login = uuid.UUID(claims["sid"]), float(claims["exp"])  # type: ignore[attr-defined]
        return actor


def _of_session(request: HttpRequest) -> User | None:
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active else None


def render(row: Any, position: Position) -> bytes:
    """Return the message of a row, which brings its request's reference (`tail.told`)."""
    return f"id: {position}\nevent: {row.event}\ndata: ".encode() + data_of(row, row.reference) + b"\n\n"


HUB = Hub(render)


class Stream:
    """What one client gets: what it has missed, then what comes."""

    def __init__(self, subscriber: Subscriber, backlog: list[bytes], skip: set[bytes], expires: float) -> None:
        self.subscriber, self.backlog, self.skip, self.expires = subscriber, backlog, skip, expires

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield messages until the token is spent, the login is over, or the client reads too slowly."""
        try:
            HUB.keep(self.subscriber, self.expires)
        except Left:  # this has taken too long, and whoever asked comes back
            return
        for message in self.backlog:
            yield message
        while True:
            left = self.expires - time.time()
            if left <= 0:
                yield b"event: reauth\ndata: {}\n\n"
                return
            try:
                message = await asyncio.wait_for(self.subscriber.queue.get(), min(HEARTBEAT, left))
            except TimeoutError:
                if time.time() < self.expires:
                    yield b": heartbeat\n\n"
                continue
            if message == ENOUGH:
                return
            if _data(message) not in self.skip:
                yield message

    def close(self) -> None:
        """Leave the hub; the response does this whenever and however it ends."""
        HUB.close(self.subscriber)


def _data(message: bytes) -> bytes:
    """Return what a message says, without the position that it says it at."""
    return message.partition(b"\ndata: ")[2]


def begin(subscriber: Subscriber, last: str) -> tuple[list[bytes], set[bytes]]:
    """Join the hub, then read what was missed: in this order nothing falls between the two."""
    HUB.open(subscriber)
    hello = f"retry: {random.randint(*RETRY)}\n".encode()  # noqa: S311  # jitter, no secret
    if not last:
        return [hello + f"id: {HUB.position}\n\n".encode()], set()
    position = Position.read(last)
    batch: Batch | None = missed(subscriber.actor, position) if position else None
    if batch is None:
        return [hello + f"id: {HUB.position}\nevent: reset\ndata: {{}}\n\n".encode()], set()
    messages = [message for _, message in HUB.messages(batch)]
    return [hello + b"\n", *messages], {_data(message) for message in messages}


async def stream_events(
    request: HttpRequest,
    last_event_id: str = Query("", max_length=100, description="Where to go on, for clients that can't send the header."),
    last_seen: str = Header("", alias="Last-Event-ID", max_length=100, description="The `id` of the last event received."),
) -> Any:
    """Stream what happens to the requests that the caller may see, as Server-Sent Events.

    Each `data` has an `id`, by which a client that has reconnected knows what it has seen. `event: reset` says that too
    much was missed: fetch anew what you show. `event: reauth` says that the access token is spent: refresh it and come back.
    """
    unknown = unknown_parameters(request, ("last_event_id",))
    if unknown:
        raise Invalid(unknown)
    if not isinstance(request, ASGIRequest):  # this server can't hold connections open; another behind the same address can
        raise Busy
    sid, expires = request.login  # type: ignore[attr-defined]
    subscriber = Subscriber(request.auth, sid, asyncio.get_running_loop())  # type: ignore[attr-defined]
    try:
        backlog, skip = await aside(begin, subscriber, last_seen or last_event_id)
    except BaseException:  # whoever hangs up meanwhile cancels this, and the thread that begins does not know of it
        HUB.close(subscriber)
        raise
    return StreamingHttpResponse(Stream(subscriber, backlog, skip, expires), content_type="text/event-stream", headers=HEADERS)


def events_router() -> Router:
    """Return the one route of the stream."""
    router = Router(tags=["Events"])
    router.add_api_operation(
        "",
        ["GET"],
        stream_events,
        auth=StreamBearer(),
        response=dict.fromkeys((401, 403, 422, 429, 503), Problem),
        operation_id="stream_events",
        summary="Stream events",
        openapi_extra={"responses": {200: {"description": "Events.", "content": {"text/event-stream": TOLD}}}},
    )
    return router
