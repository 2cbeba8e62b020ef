"""`GET events/`: the log as Server-Sent Events.

The stream ends when the access token that opened it expires.
"""

import asyncio
import random
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

import orjson
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router
from ninja.params.functions import Header, Query
from ninja.security import HttpBearer

from gasutil import access
from gasutil.access import CUSTOMERS_AND_STAFF, TOKEN_ROLES, Actor
from gasutil.api.framework.inputs import repetitions, unknown_parameters
from gasutil.api.framework.problem_docs import problem_responses
from gasutil.api.framework.problem_schemas import Problem
from gasutil.api.representations import UPDATE
from gasutil.errors import (
    ApprovalRequired,
    Busy,
    EnrolmentRequired,
    InsufficientScope,
    Invalid,
    NotAllowed,
    NotAuthenticated,
    TooManyAttempts,
)
from gasutil.events.hub import CLOSE, Disconnected, Hub, Subscriber
from gasutil.events.tail import Batch, Position, missed
from gasutil.identity import (
    event_tickets,
    logins,
    machine_keys,
    second_factor,
    sessions,
    tokens,
    tracking,
)
from gasutil.identity.tokens import TokenType
from gasutil.models import Channel, MachineScope
from gasutil.updates import events_of

T = TypeVar("T")
HEARTBEAT_SECONDS = 15.0
# Before a client reconnects; random, so that a thousand clients don't reconnect at once.
RETRY_MILLISECONDS = (2000, 8000)
STREAM_HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "Content-Encoding": "identity",
}  # no proxy may buffer the stream

EXAMPLE = {
    "id": 2,
    "event": "request.status_changed",
    "service_request": 1,
    "reference": "SR-7KQ-2M4-TDX",
    "update": UPDATE.example,
}
STREAM_RESPONSE = {
    "schema": {"type": "string"},
    "example": (
        "id: 8d1f.1204.2\nevent: request.status_changed\ndata:"
        f" {orjson.dumps(EXAMPLE).decode()}\n\n"
    ),
}
PROBLEMS = problem_responses(
    {
        error.code
        for error in (
            NotAuthenticated,
            NotAllowed,
            ApprovalRequired,
            EnrolmentRequired,
            InsufficientScope,
            Invalid,
            TooManyAttempts,
            Busy,
        )
    }
)


async def aside(call: Callable[..., T], *given: Any) -> T:
    """Call a function that needs the database in a separate thread.

    The thread's connection is closed afterwards, because a stream is open for a long time.
    """

    def run() -> T:
        try:
            return call(*given)
        finally:
            connection.close()

    return await sync_to_async(run, thread_sensitive=False)()


class StreamBearer(HttpBearer):
    """Authenticate a stream, and store the login and its expiry on the request."""

    is_async = True

    def __call__(self, request: HttpRequest) -> Any:
        """Return the actor, once awaited.

        They are authenticated by access token, by ticket or, for the console's own pages, by
        session.
        """
        if result := super().__call__(request):
            return result
        is_ticket = "ticket" in request.GET
        return self.by_ticket(request) if is_ticket else self.by_session(request)

    async def by_ticket(self, request: HttpRequest) -> Actor:
        """Return the actor of a ticket; raise `NotAuthenticated` or `NotAllowed`."""
        return await aside(self.open_ticket, request)

    def open_ticket(self, request: HttpRequest) -> Actor:
        """Use a ticket, and store what it opens on the request."""
        address = request.META.get("REMOTE_ADDR", "")
        opened = event_tickets.use_ticket(request.GET["ticket"], address)
        request.login = opened.login_id, opened.ends_at.timestamp()  # type: ignore[attr-defined]
        request.machine = opened.machine_key, address  # type: ignore[attr-defined]
        request.tracked = opened.tracked  # type: ignore[attr-defined]
        channel = Channel.INTEGRATION if opened.machine else Channel.API
        request_id = opened.tracked and opened.tracked.request_id
        actor = Actor(opened.user, channel, machine=opened.machine, request_id=request_id)
        access.require_scope(actor, MachineScope.EVENTS_READ)
        access.require(actor, TOKEN_ROLES)
        return actor

    async def by_session(self, request: HttpRequest) -> Actor | None:
        """Return the actor who is logged in to the console, or None."""
        user = await aside(sessions.user_of, request)
        request.login = None, time.time() + settings.JWT_ACCESS_SECONDS  # type: ignore[attr-defined]
        request.session_key = request.session.session_key or ""  # type: ignore[attr-defined]
        return Actor(user, Channel.CONSOLE) if user and Actor(user).is_staff else None

    async def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Return the actor of the token; raise `NotAuthenticated` or `NotAllowed`."""
        if machine_keys.is_key(token):
            return await aside(self.machine, request, token)
        if tracking.is_tracking_token(token):
            return await aside(self.reporter, request, token)
        actor = Actor(await aside(logins.user_for_token, token))
        access.require(actor, CUSTOMERS_AND_STAFF)
        await aside(second_factor.require_enrolment, actor.person)
        claims = tokens.read_token(token, TokenType.ACCESS)
        request.login = uuid.UUID(claims["sid"]), float(claims["exp"])  # type: ignore[attr-defined]
        return actor

    def machine(self, request: HttpRequest, token: str) -> Actor:
        """Return the machine account of a key, and store the key and its expiry on the request."""
        address = request.META.get("REMOTE_ADDR", "")
        key = machine_keys.read_key(token, address)
        actor = Actor(None, Channel.INTEGRATION, machine=key.account)
        access.require_scope(actor, MachineScope.EVENTS_READ)
        request.login = None, machine_keys.expiry(key).timestamp()  # type: ignore[attr-defined]
        request.machine = key.pk, address  # type: ignore[attr-defined]
        return actor

    def reporter(self, request: HttpRequest, token: str) -> Actor:
        """Return the reporter of a tracking token, and store its claims on the request."""
        user, claims = tracking.read_tracking_token(token)
        request.login = None, float(claims.expires_at)  # type: ignore[attr-defined]
        request.tracked = claims  # type: ignore[attr-defined]
        return Actor(user, request_id=claims.request_id)


def render(actor: Actor, rows: Sequence[Any], positions: Sequence[Position]) -> list[bytes]:
    """Return the messages for rows, which have their references (`tail.with_references`)."""
    events = events_of(actor, rows, [row.reference for row in rows])
    return [
        f"id: {position}\nevent: {row.event}\ndata: ".encode() + data + b"\n\n"
        for row, position, data in zip(rows, positions, events, strict=True)
    ]


HUB = Hub(render)


def create_event_ticket(request: HttpRequest, address_of_caller: str) -> event_tickets.NewTicket:
    """Create a ticket that opens one stream, for clients that can't send `Authorization` to it."""
    token = request.headers["Authorization"].partition(" ")[2].strip()
    return event_tickets.create_ticket(token, address_of_caller)


class Stream:
    """The messages for one client: first those it missed, then the new ones."""

    def __init__(
        self, subscriber: Subscriber, backlog: list[bytes], skip: set[bytes], expires: float
    ) -> None:
        self.subscriber, self.backlog, self.skip, self.expires = subscriber, backlog, skip, expires

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield messages until the token expires, the login ends, or the client is too slow."""
        try:
            HUB.extend(self.subscriber, self.expires)
        except Disconnected:  # this took too long; the client reconnects
            return
        for message in self.backlog:
            yield message
        while True:
            left = self.expires - time.time()
            if left <= 0:
                yield b"event: reauth\ndata: {}\n\n"
                return
            try:
                message = await asyncio.wait_for(
                    self.subscriber.queue.get(), min(HEARTBEAT_SECONDS, left)
                )
            except TimeoutError:
                if time.time() < self.expires:
                    yield b": heartbeat\n\n"
                continue
            if message == CLOSE:
                return
            if _id(message) not in self.skip:
                yield message

    def close(self) -> None:
        """Leave the hub; the response always calls this when it ends."""
        HUB.close(self.subscriber)


def _id(message: bytes) -> bytes:
    """Return the ID in the data of a message, which comes first."""
    return message.partition(b"\ndata: ")[2].partition(b",")[0]


def begin_stream(subscriber: Subscriber, last: str) -> tuple[list[bytes], set[bytes]]:
    """Join the hub, then read the missed messages: in this order none is lost in between."""
    HUB.open(subscriber)
    hello = f"retry: {random.randint(*RETRY_MILLISECONDS)}\n".encode()  # noqa: S311  # jitter, no secret
    if not last:
        return [hello + f"id: {HUB.position}\n\n".encode()], set()
    position = Position.read(last)
    batch: Batch | None = missed(subscriber.actor, position) if position else None
    if batch is None:
        return [hello + f"id: {HUB.position}\nevent: reset\ndata: {{}}\n\n".encode()], set()
    messages = [message for _, message in HUB.messages(subscriber.actor, batch)]
    return [hello + b"\n", *messages], {_id(message) for message in messages}


async def stream_events(
    request: HttpRequest,
    last_event_id: str = Query(
        "",
        max_length=100,
        description=(
            "The position to resume from, for clients that can't send the `Last-Event-ID` header."
        ),
    ),
    ticket: str = Query(
        "",
        max_length=100,
        description=(
            "A ticket of `POST events/ticket/`, for clients that can't send the `Authorization`"
            " header. It can be used once."
        ),
    ),
    last_seen: str = Header(
        "",
        alias="Last-Event-ID",
        max_length=100,
        description="The `id` of the last event received.",
    ),
) -> Any:
    """Stream the events of the requests that the caller can see, as Server-Sent Events.

    Each `data` has an `id`, by which a client that reconnects detects duplicates. `event: reset`
    means that
    events were missed: fetch the requests again. `event: reauth` means that the access token has
    expired: refresh it and reconnect.
    """
    known = ("last_event_id", "ticket")
    errors = unknown_parameters(request, known) + repetitions(request, known)
    if errors:
        raise Invalid(errors)
    if not isinstance(
        request, ASGIRequest
    ):  # WSGI can't hold connections open; the stream server at the same address can
        raise Busy
    if request.method == "HEAD":
        return HttpResponse(content_type="text/event-stream", headers=STREAM_HEADERS)
    sid, expires = request.login  # type: ignore[attr-defined]
    key = getattr(request, "session_key", "")
    machine_key, address = getattr(request, "machine", (None, ""))
    subscriber = Subscriber(
        request.auth,  # type: ignore[attr-defined]
        sid,
        asyncio.get_running_loop(),
        session_key=key,
        machine_key=machine_key,
        address=address,
        tracked=getattr(request, "tracked", None),
    )
    try:
        backlog, skip = await aside(begin_stream, subscriber, last_seen or last_event_id)
    except (
        BaseException
    ):  # a client that disconnects cancels this, and the thread in `begin_stream` does not notice
        HUB.close(subscriber)
        raise
    return StreamingHttpResponse(
        Stream(subscriber, backlog, skip, expires),
        content_type="text/event-stream",
        headers=STREAM_HEADERS,
    )


def events_router() -> Router:
    """Return the router with the route of the stream."""
    router = Router(tags=["Events"])
    router.add_api_operation(
        "",
        ["GET", "HEAD"],
        stream_events,
        auth=StreamBearer(),
        response=dict.fromkeys(PROBLEMS, Problem),
        operation_id="stream_events",
        summary="Stream events",
        openapi_extra={
            "security": [
                {"Bearer": []},
                {"MachineKey": [MachineScope.EVENTS_READ.value]},
                {"Ticket": []},
            ],
            "responses": PROBLEMS
            | {200: {"description": "Events.", "content": {"text/event-stream": STREAM_RESPONSE}}},
        },
    )
    return router
