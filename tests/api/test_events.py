"""Clients that hang up in the midst of being let in to the stream.

The thread that lets such a client in does not know, and the client takes no place.
"""

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
    """A hub that has nothing to tell, and asks no database."""

    def __init__(self) -> None:
        super().__init__(lambda actor, rows, positions: [])

    def _follow(self) -> None:
        self.began.set()


class Halted:
    """A call that goes no further, once it is reached, until it may."""

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
    """Ask for the stream, and for what was missed."""
    request: Any = ASGIRequest(
        {"type": "http", "method": "GET", "path": "/api/v1/events/", "headers": []}, None
    )
    request.auth, request.login = STRANGER, (None, time.time() + 300)
    return await events.stream_events(request, "", "", "7-7-0")


async def heard(answer: Any) -> list[bytes]:
    return [message async for message in answer]


async def hang_up_at(halted: Halted) -> None:
    """Ask, hang up as soon as something is reached, and let what was begun come to its end."""
    asked = asyncio.create_task(ask())
    assert await asyncio.to_thread(halted.reached.wait, 10)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    halted.may_go_on.set()
    await asyncio.get_running_loop().shutdown_default_executor()


def test_he_is_forgotten_who_hangs_up_while_it_is_read_what_he_missed(
    hub: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    halted = Halted(events.missed)
    monkeypatch.setattr(events, "missed", halted)
    asyncio.run(hang_up_at(halted))
    assert hub.subscribers == set()


def test_he_is_not_let_in_who_has_hung_up_before(
    hub: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    halted = Halted(hub.open)
    monkeypatch.setattr(hub, "open", halted)
    asyncio.run(hang_up_at(halted))
    assert hub.subscribers == set()


def test_he_is_forgotten_whose_past_could_not_be_read(
    hub: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(events, "missed", fail)
    with pytest.raises(ConnectionError):
        asyncio.run(ask())
    assert hub.subscribers == set()


def test_his_place_is_free_in_a_moment_whose_response_is_lost_before_it_begins(
    hub: Quiet, settings: Settings
) -> None:
    settings.STREAMS_A_USER = 1
    lost = asyncio.run(ask())
    with pytest.raises(TooManyAttempts):
        asyncio.run(ask())
    for subscriber in hub.subscribers:
        subscriber.until -= RESPONSE_START_SECONDS
    asyncio.run(ask())
    assert asyncio.run(heard(lost)) == []


def test_his_place_is_free_when_his_token_is_spent_whatever_became_of_his_response(
    hub: Quiet,
) -> None:
    loop = asyncio.new_event_loop()
    spent, other = Subscriber(STRANGER, None, loop), Subscriber(STRANGER, None, loop)
    hub.open(spent)
    hub.keep(spent, time.time() - 1)
    hub.open(other)
    assert hub.subscribers == {other}
    loop.close()
