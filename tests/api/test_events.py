"""Clients that disconnect while the stream opens. They take no place among the open streams."""

import asyncio
import threading
import time
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from pytest_django import Settings

from gasutil.access import STRANGER
from gasutil.api import events
from gasutil.errors import TooManyAttempts
from gasutil.events import tail
from gasutil.events.hub import RESPONSE_START_SECONDS, Hub, Subscriber
from gasutil.events.tail import Batch


class Quiet(Hub):
    """A hub without messages, which reads no database."""

    def __init__(self) -> None:
        super().__init__(lambda actor, rows, positions: [])

    def _follow(self) -> None:
        self.began.set()


class Halted:
    """A call that waits, once it is reached, until it is released."""

    def __init__(self, call: Any) -> None:
        self.call, self.reached, self.may_go_on = call, threading.Event(), threading.Event()

    def __call__(self, *given: Any) -> Any:
        self.reached.set()
        assert self.may_go_on.wait(10)
        return self.call(*given)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Quiet:
    result = Quiet()
    monkeypatch.setattr(events, "HUB", result)
    monkeypatch.setattr(tail, "epoch", lambda: 0)  # which of a PostgreSQL's logs a position is of
    monkeypatch.setattr(events, "missed", lambda actor, position: Batch([], position, position))
    return result


async def ask() -> Any:
    """Open the stream, with the events that were missed."""
    request: Any = ASGIRequest(
        {"type": "http", "method": "GET", "path": "/api/v1/events/", "headers": []}, None
    )
    request.auth, request.login = STRANGER, (None, time.time() + 300)
    return await events.stream_events(request, "", "", "7-7-0")


async def heard(answer: Any) -> list[bytes]:
    return [message async for message in answer]


async def hang_up_at(halted: Halted) -> None:
    """Open the stream, disconnect as soon as a call is reached, and wait for the rest to end."""
    asked = asyncio.create_task(ask())
    assert await asyncio.to_thread(halted.reached.wait, 10)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    halted.may_go_on.set()
    await asyncio.get_running_loop().shutdown_default_executor()


def test_a_client_that_disconnects_while_missed_events_are_read_is_removed(
    hub: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    halted = Halted(events.missed)
    monkeypatch.setattr(events, "missed", halted)
    asyncio.run(hang_up_at(halted))
    assert hub.subscribers == set()


def test_a_client_that_has_disconnected_before_is_not_added(
    hub: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    halted = Halted(hub.open)
    monkeypatch.setattr(hub, "open", halted)
    asyncio.run(hang_up_at(halted))
    assert hub.subscribers == set()


def test_a_client_whose_missed_events_cannot_be_read_is_removed(
    hub: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(events, "missed", fail)
    with pytest.raises(ConnectionError):
        asyncio.run(ask())
    assert hub.subscribers == set()


def test_the_place_of_a_lost_response_is_free_at_once(hub: Quiet, settings: Settings) -> None:
    settings.STREAMS_A_USER = 1
    lost = asyncio.run(ask())
    with pytest.raises(TooManyAttempts):
        asyncio.run(ask())
    for subscriber in hub.subscribers:
        subscriber.until -= RESPONSE_START_SECONDS
    asyncio.run(ask())
    assert asyncio.run(heard(lost)) == []


def test_the_place_of_any_response_is_free_when_its_token_expires(
    hub: Quiet,
) -> None:
    loop = asyncio.new_event_loop()
    spent, other = Subscriber(STRANGER, None, loop), Subscriber(STRANGER, None, loop)
    hub.open(spent)
    hub.extend(spent, time.time() - 1)
    hub.open(other)
    assert hub.subscribers == {other}
    loop.close()
